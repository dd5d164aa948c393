// SPDX-License-Identifier: Apache-2.0
import { request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { once } from '@hp/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ConsoleClient } from '../src/console/console-client.js';
import { Console } from '../src/console/console.js';
import { MAX_REQUEST_BYTES } from '../src/console/protocol.js';

const page = new Console(40);
let url: URL;
beforeAll(async () => {
  url = new URL(await page.open(0));
});
afterAll(() => page[Symbol.asyncDispose]());

interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: url.hostname, port: url.port, path, method, headers, agent: false },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      },
    );
    asked.on('error', reject).end();
  });
}

/** The status with which a WebSocket is refused. */
async function refusal(path: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(`ws://${url.host}${path}`, { headers });
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
  socket.terminate();
  return response.statusCode;
}

/** The code with which the socket of a page is closed after it has sent `data`. */
async function closeCode(data: string | Buffer): Promise<number> {
  using client = await ConsoleClient.connect(url.href);
  client.socket.send(data);
  const [code] = (await once(client.socket, 'close')) as [number];
  return code;
}

describe('the page', () => {
  it('is served to who has the token, and may talk with this server alone', async () => {
    const { status, headers, body } = await get(url.pathname + url.search);
    expect(status).toBe(200);
    expect(body).toContain('<title>HP-Socket console</title>');
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'none'") as unknown,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    expect(headers['content-security-policy']).toContain(`connect-src ws://${url.host};`);
  });

  it.each(['/', '/?token=', '/?token=x', '/index.html'])('is not shown at %s', async (path) => {
    const { status, body } = await get(path);
    expect([status, body]).toEqual([403, expect.stringContaining('with its token')]);
  });

  it('is not shown under a name that points here', async () => {
    for (const host of ['evil.example', `evil.example:${url.port}`, `localhost:${url.port}`, '127.0.0.1']) {
      expect((await get(url.pathname + url.search, { host })).status).toBe(403);
    }
  });

  it.each(['/nothing', '/../package.json', '/%2e%2e/cli.js', '/assets/../../cli.js', '//'])(
    'has no %s',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );

  it('takes nothing but GET', async () => {
    expect((await get(url.pathname + url.search, {}, 'POST')).status).toBe(405);
  });

  it('is on loopback alone', async () => {
    const others = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    for (const { address } of others.filter(({ family, internal }) => family === 'IPv4' && !internal)) {
      const stranger = connect(Number(url.port), address);
      await expect(once(stranger, 'connect')).rejects.toThrow('ECONNREFUSED');
    }
  });

  it('fails with a reason where its port is taken', async () => {
    await using second = new Console();
    await expect(second.open(Number(url.port))).rejects.toThrow(/the console cannot be served: .*EADDRINUSE/);
  });
});

describe('its socket', () => {
  it.each([
    ['without a token', '/socket', {}],
    ['with another token', '/socket?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', {}],
    ['at another path', '/', {}],
    ['of another page', undefined, { origin: 'http://evil.example' }],
    ['of a page of another port', undefined, { origin: 'http://127.0.0.1:1' }],
    ['of a page on https', undefined, { origin: 'https://here' }],
    ['of nobody', undefined, { origin: '' }],
    ['of a name that points here', undefined, { host: 'evil.example' }],
  ] as const)('is refused %s', async (_, path, headers) => {
    const wanted = path ?? `/socket${url.search}`;
    expect(await refusal(wanted, { origin: url.origin, ...headers })).toBe(403);
  });

  it('is there for the page', async () => {
    using client = await ConsoleClient.connect(url.href);
    expect(await client.shown(({ components }) => components)).toEqual([]);
  });

  it.each([
    ['no JSON', 'hello', 1007],
    ['no object', '[]', 1007],
    ['no number', '{"type":"stop","component":1}', 1007],
    ['a wrong number', '{"type":"stop","component":1,"request":"1"}', 1007],
    ['bytes', Buffer.from('{}'), 1003],
    ['too much', ' '.repeat(MAX_REQUEST_BYTES + 1), 1009],
  ])('is closed where it brings %s', async (_, data, code) => {
    expect(await closeCode(data)).toBe(code);
  });

  it('answers what is wrong, and goes on', async () => {
    using client = await ConsoleClient.connect(url.href);
    await expect(client.ask({ type: 'stop', component: 99 })).rejects.toThrow('there is no component 99');
    await expect(client.ask({ type: 'nonsense' } as never)).rejects.toThrow('type must be one of');
    await client.ask({ type: 'watch', component: 0, offset: 0, limit: 0 });
  });

  it('of one page is not touched by what another one does wrong', async () => {
    using client = await ConsoleClient.connect(url.href);
    const server = await client.create('TcpServer');
    for (const data of ['hello', '{"request":1,"type":"remove"}', ' '.repeat(MAX_REQUEST_BYTES + 1)]) {
      using other = await ConsoleClient.connect(url.href);
      other.socket.send(data);
      await client.shown(() => true);
    }
    const view = await client.shown(({ components }) => components.find(({ id }) => id === server));
    expect(view.state).toBe('started');
    await client.ask({ type: 'stop', component: server });
    await client.ask({ type: 'remove', component: server });
  });
});
