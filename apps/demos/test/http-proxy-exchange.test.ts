// SPDX-License-Identifier: Apache-2.0
import { dialPeer, eventually, modes, within } from '@hp/testkit';
import { describe, expect, it } from 'vitest';
import {
  ask,
  hears,
  hearsAll,
  message,
  proxiedHost,
  type ProxiedHost,
  requestTo,
  webServer,
} from './http-proxy.js';

const VIA = 'Via: 1.1 hp-demos';
const ok = (body: string, ...fields: string[]): string =>
  message(['HTTP/1.1 200 OK', `Content-Length: ${body.length}`, ...fields], body);
const proxied = (body: string): string =>
  message(['HTTP/1.1 200 OK', `Content-Length: ${body.length}`, VIA], body);

/** The client's request line, as the host sees it. */
const asked = (line: string): RegExp => new RegExp(`${line} HTTP/1\\.1\r\n[^]*\r\n\r\n`);

describe.each(modes)('http-proxy ($name)', ({ workerThreadCount }) => {
  const start = (): Promise<ProxiedHost> =>
    proxiedHost({ server: { workerThreadCount }, agent: { workerThreadCount } });

  it('passes a request and its response on', async () => {
    await using proxy = await start();
    const client = await ask(proxy, requestTo(proxy, 'GET /a', ['X: y', 'Proxy-Connection: keep-alive']));
    const host = await proxy.host.accepted();
    expect(await hears(host, /\r\n\r\n$/)).toBe(
      message(['GET /a HTTP/1.1', `Host: ${proxy.authority}`, 'X: y', VIA]),
    );
    await host.send(ok('hello', 'Connection: keep-alive', 'Keep-Alive: timeout=5'));
    expect(await hears(client, /hello/)).toBe(proxied('hello'));
    await eventually(
      () => proxy.log.length === 5,
      () => proxy.log.join('\n'),
    );
    expect(proxy.log.map((line) => /on\w+|request|response/.exec(line)?.[0])).toEqual([
      'onPrepareListen',
      'onAccept',
      'request',
      'onConnect',
      'response',
    ]);
    expect(proxy.log.at(-1)).toMatch(/ 200, 5 bytes in \d+ ms$/);
  });

  it('answers requests that are sent at once in order, however they are cut, and uses a connection again', async () => {
    await using proxy = await start();
    const requests = ['/1', '/2', '/3'].map((path) => requestTo(proxy, `GET ${path}`)).join('\r\n');
    const client = await ask(proxy, '');
    for (const byte of Buffer.from(requests)) await client.send(Buffer.from([byte]));
    const host = await proxy.host.accepted();
    for (const path of ['/1', '/2', '/3']) {
      await hears(host, asked(`GET ${path}`));
      expect(String(host.received)).not.toMatch(asked(`GET /${Number(path.slice(1)) + 1}`));
      for (const byte of Buffer.from(ok(path))) await host.send(Buffer.from([byte]));
    }
    expect(await hears(client, /\/3$/)).toBe(['/1', '/2', '/3'].map(proxied).join(''));
  });

  it('goes from host to host on one connection of the client', async () => {
    await using first = await start();
    await using second = await start();
    const client = await ask(first, requestTo(first, 'GET /1'));
    const one = await first.host.accepted();
    await one.send(ok('one'));
    await hears(client, /one/);
    await client.send(requestTo(second, 'GET /2'));
    const two = await second.host.accepted();
    await hears(two, asked('GET /2'));
    await two.send(ok('two'));
    await hears(client, /two/);
    await within(one.ended, 5000, 'The end of the first connection');
    expect(first.connections()).toEqual([1, 1]);
  });

  it.each([
    ['Content-Length: 10', '0123456789'],
    ['Transfer-Encoding: chunked', '4\r\n0123\r\n6;x="y"\r\n456789\r\n0\r\nTrailer: z\r\n\r\n'],
  ])('passes a body with %s on', async (field, body) => {
    await using proxy = await start();
    const client = await ask(proxy, requestTo(proxy, 'POST /a', [field], body) + requestTo(proxy, 'GET /b'));
    const host = await proxy.host.accepted();
    const text = await hears(host, /89(\r\n0\r\n\r\n)?$/);
    expect(text).toContain(field);
    expect(text.split('\r\n\r\n').slice(1).join('\r\n\r\n')).toBe(
      field.startsWith('C') ? body : '4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n',
    );
    await host.send(message(['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'], '3\r\nabc\r\n'));
    await hears(client, /3\r\nabc\r\n$/);
    await host.send('2\r\nde\r\n0\r\n\r\n');
    await hears(host, asked('GET /b'));
    await host.send(ok('after'));
    expect(await hears(client, /after$/)).toBe(
      message(['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', VIA], '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n') +
        proxied('after'),
    );
  });

  it('gives a response that ends with its connection an end of its own', async () => {
    await using proxy = await start();
    const client = await ask(proxy, requestTo(proxy, 'GET /'));
    const host = await proxy.host.accepted();
    host.end(Buffer.from(message(['HTTP/1.0 200 OK'], 'until the end')));
    expect(await hears(client, /\r\n0\r\n\r\n$/)).toBe(
      message(['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', VIA], 'd\r\nuntil the end\r\n0\r\n\r\n'),
    );
    await client.send(requestTo(proxy, 'GET /again'));
    await (await proxy.host.accepted()).send(ok('again'));
    await hears(client, /again$/);
  });

  it('serves a client of HTTP/1.0 without chunks, and closes', async () => {
    await using proxy = await start();
    const client = await ask(
      proxy,
      message([`GET http://${proxy.authority}/ HTTP/1.0`, 'Connection: keep-alive']),
    );
    const host = await proxy.host.accepted();
    await host.send(message(['HTTP/1.1 103 Early Hints', 'Link: x']));
    await host.send(message(['HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'], '3\r\nabc\r\n0\r\n\r\n'));
    expect(await hearsAll(client)).toBe(message(['HTTP/1.1 200 OK', 'Connection: close', VIA], 'abc'));
  });

  it('knows which responses have no body', async () => {
    await using proxy = await start();
    const client = await ask(
      proxy,
      requestTo(proxy, 'HEAD /1') +
        requestTo(proxy, 'GET /2') +
        requestTo(proxy, 'GET /3') +
        requestTo(proxy, 'GET /4'),
    );
    const host = await proxy.host.accepted();
    await host.send(message(['HTTP/1.1 200 OK', 'Content-Length: 5']));
    await hears(host, asked('GET /2'));
    await host.send(message(['HTTP/1.1 204 No Content']));
    await hears(host, asked('GET /3'));
    await host.send(message(['HTTP/1.1 304 Not Modified', 'Content-Length: 5']));
    await hears(host, asked('GET /4'));
    await host.send(ok('four'));
    expect(await hears(client, /four$/)).toBe(
      message(['HTTP/1.1 200 OK', 'Content-Length: 5', VIA]) +
        message(['HTTP/1.1 204 No Content', VIA]) +
        message(['HTTP/1.1 304 Not Modified', 'Content-Length: 5', VIA]) +
        proxied('four'),
    );
  });

  it('passes 100 Continue on before the body', async () => {
    await using proxy = await start();
    const fields = ['Expect: 100-continue', 'Content-Length: 4'];
    const client = await ask(proxy, requestTo(proxy, 'PUT /', fields));
    const host = await proxy.host.accepted();
    expect(await hears(host, asked('PUT /'))).toContain('Expect: 100-continue');
    await host.send(message(['HTTP/1.1 100 Continue']));
    await hears(client, /^HTTP\/1\.1 100 Continue\r\n/);
    await client.send('body');
    await hears(host, /body$/);
    await host.send(ok('done'));
    expect(await hears(client, /done$/)).toBe(message(['HTTP/1.1 100 Continue', VIA]) + proxied('done'));
  });

  it('ends the connection of a client that is answered before it has sent everything', async () => {
    await using proxy = await start();
    const fields = ['Expect: 100-continue', 'Content-Length: 1000000'];
    const client = await ask(proxy, requestTo(proxy, 'PUT /', fields));
    const host = await proxy.host.accepted();
    await host.send(message(['HTTP/1.1 413 Content Too Large', 'Content-Length: 0']));
    expect(await hearsAll(client)).toContain('\r\nConnection: close\r\n');
    await client.send(Buffer.alloc(1_000_000));
    await client.send(requestTo(proxy, 'GET /smuggled'));
    client.end();
    expect(await client.closed).toBeUndefined();
    expect(await hearsAll(host)).not.toContain('smuggled');
  });

  it('changes to another protocol, and not when nobody has asked for it', async () => {
    await using proxy = await start();
    const upgrade = ['Connection: x, Upgrade', 'Upgrade: echo/1'];
    const client = await ask(proxy, requestTo(proxy, 'GET /', upgrade) + 'early');
    const host = await proxy.host.accepted();
    expect(await hears(host, asked('GET /'))).toContain('\r\nConnection: Upgrade\r\nUpgrade: echo/1\r\n');
    const switching = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: echo/1', 'Connection: Upgrade'];
    await host.send(message(switching, 'first'));
    await hears(host, /early$/);
    await hears(client, /^HTTP\/1\.1 101 .*\r\nConnection: Upgrade\r\nUpgrade: echo\/1\r\n[^]*first$/);
    await client.send('GET ping');
    await hears(host, /GET ping$/);
    host.end();
    await hearsAll(client);

    const other = await ask(proxy, requestTo(proxy, 'GET /'));
    await (await proxy.host.accepted()).send(message(switching));
    expect(await hearsAll(other)).toMatch(/^HTTP\/1\.1 502 /);
  });

  it('closes the connection to the host when the client goes', async () => {
    await using proxy = await start();
    const client = await ask(proxy, requestTo(proxy, 'GET /'));
    const host = await proxy.host.accepted();
    await hears(host, asked('GET /'));
    client.reset();
    await host.ended;
    await proxy.isEmpty();
    expect(proxy.log.at(-1)).toMatch(/#1 +onClose +Receive failed with 104/);
  });

  it('reads no further ahead of the requests than its inbox holds, and goes on later', async () => {
    await using proxy = await start();
    let answered = 0;
    await using web = await webServer(({ url }, response) => {
      answered++;
      response.end(`<${String(url)}>`);
    });
    const paths = Array.from({ length: 2000 }, (_, index) => `/${index}`);
    const ahead = paths.map((path) => requestTo(proxy, `GET http://127.0.0.1:${web.port}${path}`));
    const client = await ask(proxy, requestTo(proxy, 'GET /first'));
    const host = await proxy.host.accepted();
    const sent = client.send(ahead.join(''));
    await eventually(() => proxy.server.isPauseReceive(1) === true, 'The pause');
    expect(proxy.server.stats().bytesReceived).toBeLessThan(135_000);
    await host.send(ok('first'));
    await sent;
    await eventually(
      () => answered === paths.length,
      () => `${answered} responses`,
      25_000,
    );
    await hears(client, /<\/1999>/);
    expect(String(client.received).match(/(?<=<)[^>]+/g)).toEqual(paths);
  });

  it('begins no other request for a client that does not take its responses', async () => {
    await using proxy = await start();
    const body = 'x'.repeat(60_000);
    let answered = 0;
    await using web = await webServer((_, response) => {
      answered++;
      response.end(body);
    });
    const client = await dialPeer(proxy.port, { reads: false });
    const count = 500;
    // Each on a connection of its own, for it may not be repeated.
    const request = requestTo(proxy, `POST http://127.0.0.1:${web.port}/`, ['Content-Length: 0']);
    const sent = client.send(request.repeat(count));
    await eventually(() => proxy.server.isCongested(1), 'The congestion');
    let [seen, since] = [answered, performance.now()];
    const isQuiet = (): boolean => {
      if (seen !== answered) [seen, since] = [answered, performance.now()];
      return performance.now() - since > 300;
    };
    await eventually(isQuiet, 'The end of requests');
    const pending = proxy.server.getPendingDataLength(1);
    const answeredThen = answered;
    client.resume();
    await sent;
    await client.receivedBytes(count * body.length, 20_000);
    expect(pending).toBeLessThan(2 * 1024 * 1024);
    expect(answeredThen).toBeLessThan(count);
  });
});
