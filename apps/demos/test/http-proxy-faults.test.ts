// SPDX-License-Identifier: Apache-2.0
import { closedPort, eventually, silentListener } from '@hp/testkit';
import { describe, expect, it } from 'vitest';
import { ask, hears, hearsAll, message, proxiedHost, requestTo } from './http-proxy.js';

const refused = (status: number, text = ''): RegExp =>
  new RegExp(`^HTTP/1\\.1 ${status} [^]*\\r\\nConnection: close\\r\\n\\r\\n${status} .*${text}.*\\n$`);
const HEAD = 'GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: x\r\n';

describe('http-proxy refuses', () => {
  it.each([
    ['no request at all', 'hello\r\n\r\n', 400],
    ['lines that end with LF alone', 'GET http://127.0.0.1:1/ HTTP/1.1\nHost: x\n\n', 400],
    ['a target that is no address', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['two framings at once', `${HEAD}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ['several lengths', `${HEAD}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`, 400],
    ['a space before the colon', `${HEAD}Content-Length : 3\r\n\r\nabc`, 400],
    ['a coding that it does not know', `${HEAD}Transfer-Encoding: gzip, chunked\r\n\r\n`, 501],
    ['another version', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
    ['a request line without an end', `GET http://127.0.0.1:1/${'a'.repeat(9000)}`, 414],
    ['a head without an end', `${HEAD}${`X: ${'a'.repeat(1000)}\r\n`.repeat(33)}`, 431],
    ['a head that is too long', `${HEAD}${`X: ${'a'.repeat(1000)}\r\n`.repeat(33)}\r\n`, 431],
    ['a tunnel with a body', 'CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc', 400],
  ])('%s', async (_, request, status) => {
    await using proxy = await proxiedHost();
    const client = await ask(proxy, request);
    expect(await hearsAll(client)).toMatch(refused(status));
    client.end();
    expect(await client.closed).toBeUndefined();
    expect(proxy.log.join('\n')).toMatch(new RegExp(`#1 +refused +${status}: `));
  });

  it.each([
    '5 \r\nabcde\r\n',
    '0x5\r\nabcde\r\n',
    '-5\r\n',
    '\r\n',
    '5\nabcde\r\n',
    '50\nabcde\r\n',
    '5\r\nabcdef\r\n',
    '5;\x01\r\n',
  ])('chunks like %j, and tells the host of no end', async (chunk) => {
    await using proxy = await proxiedHost();
    const client = await ask(proxy, requestTo(proxy, 'POST /', ['Transfer-Encoding: chunked']));
    const host = await proxy.host.accepted();
    await hears(host, /\r\n\r\n$/);
    await client.send(`3\r\nabc\r\n${chunk}0\r\n\r\n`);
    expect(await hearsAll(client)).toMatch(refused(400));
    await host.ended;
    expect(String(host.received)).not.toMatch(/0\r\n\r\n$/);
  });

  it('a request to itself', async () => {
    await using proxy = await proxiedHost();
    const own = `127.0.0.1:${proxy.port}`;
    for (const line of [`GET http://${own}/`, `GET http://localhost:${proxy.port}/`, `CONNECT ${own}`]) {
      const client = await ask(proxy, message([`${line} HTTP/1.1`, 'Host: x']));
      expect(await hearsAll(client)).toMatch(refused(508, 'the proxy itself'));
    }
  });

  it('a request to itself by another of its addresses', async () => {
    await using proxy = await proxiedHost({}, '0.0.0.0');
    const client = await ask(proxy, message([`GET http://127.0.0.9:${proxy.port}/ HTTP/1.1`, 'Host: x']));
    expect(await hearsAll(client)).toMatch(refused(508));
  });

  it('clients from an address that is turned away', async () => {
    await using proxy = await proxiedHost({ rejected: '127.0.0.1' });
    const client = await ask(proxy, '');
    expect(await hearsAll(client)).toBe('');
  });
});

describe('http-proxy answers', () => {
  it('502 where nobody listens, and where there is no such host', async () => {
    await using proxy = await proxiedHost();
    const port = await closedPort();
    for (const line of [`GET http://127.0.0.1:${port}/`, `CONNECT 127.0.0.1:${port}`]) {
      const client = await ask(proxy, message([`${line} HTTP/1.1`, 'Host: x']));
      expect(await hearsAll(client)).toMatch(
        refused(502, 'cannot be connected: nobody listens at the address'),
      );
    }
    const client = await ask(proxy, requestTo(proxy, 'GET http://no.such.host.invalid/'));
    expect(await hearsAll(client)).toMatch(refused(502, 'cannot be connected'));
  });

  it('502 where the host closes or resets before it has answered', async () => {
    await using proxy = await proxiedHost();
    for (const leave of ['end', 'reset'] as const) {
      const client = await ask(proxy, requestTo(proxy, 'GET /'));
      const host = await proxy.host.accepted();
      await hears(host, /\r\n\r\n$/);
      host[leave]();
      expect(await hearsAll(client)).toMatch(refused(502, 'has closed before the end of its response'));
    }
  });

  it.each([
    ['SSH-2.0-x\r\n'],
    ['HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
    [message(['HTTP/1.1 200 OK', 'Content-Length: 1', 'Transfer-Encoding: chunked'])],
    [`HTTP/1.1 200 OK\r\n${`X: ${'a'.repeat(1000)}\r\n`.repeat(70)}`],
  ])('502 to %j', async (response) => {
    await using proxy = await proxiedHost();
    const client = await ask(proxy, requestTo(proxy, 'GET /'));
    const host = await proxy.host.accepted();
    host.end(Buffer.from(response));
    expect(await hearsAll(client)).toMatch(refused(502));
  });

  it('504 where the host is silent, and the client has waited for longer', async () => {
    await using proxy = await proxiedHost({ timeoutMs: 200 });
    const client = await ask(proxy, requestTo(proxy, 'GET /'));
    expect(await hearsAll(client)).toMatch(refused(504, 'has been silent for too long'));
  });

  it('504 where the host does not take the connection', async () => {
    await using silent = await silentListener();
    await using proxy = await proxiedHost({ timeoutMs: 200 });
    const client = await ask(proxy, requestTo(proxy, `GET http://${silent.host}:${silent.port}/`));
    expect(await hearsAll(client)).toMatch(refused(504, 'cannot be connected'));
  });
});

describe('http-proxy and a connection that breaks', () => {
  it.each([
    ['Content-Length: 10', 'HTTP/1.1'],
    ['Transfer-Encoding: chunked', 'HTTP/1.1'],
    ['Transfer-Encoding: chunked', 'HTTP/1.0'],
  ])('resets the client in the middle of a response with %s for %s', async (field, version) => {
    await using proxy = await proxiedHost();
    const next = requestTo(proxy, 'GET /next');
    const request = message([`GET http://${proxy.authority}/ ${version}`, 'Host: x']);
    const client = await ask(proxy, request + next);
    const host = await proxy.host.accepted();
    await host.send(message(['HTTP/1.1 200 OK', field], '4\r\nabcd\r\n'));
    await hears(client, /abcd/);
    host.end();
    expect(await client.closed).toBe('ECONNRESET');
    expect(proxy.log.join('\n')).toMatch(/#1 +refused +502: .* has closed before the end of its response/);
    expect(proxy.log.join('\n')).not.toContain('/next');
  });

  it('asks again where a connection that was used before is over', async () => {
    await using proxy = await proxiedHost();
    const client = await ask(proxy, requestTo(proxy, 'GET /1'));
    const first = await proxy.host.accepted();
    await first.send(message(['HTTP/1.1 200 OK', 'Content-Length: 1'], '1'));
    await hears(client, /1$/);
    await client.send(requestTo(proxy, 'GET /2'));
    await hears(first, /GET \/2 /);
    first.reset();
    const second = await proxy.host.accepted();
    await hears(second, /^GET \/2 /);
    await second.send(message(['HTTP/1.1 200 OK', 'Content-Length: 1'], '2'));
    await hears(client, /2$/);
    // What may not be done twice gets a connection of its own.
    await client.send(requestTo(proxy, 'POST /3', ['Content-Length: 0']));
    const third = await proxy.host.accepted();
    await hears(third, /^POST \/3 /);
    third.reset();
    expect(await hearsAll(client)).toMatch(/HTTP\/1\.1 502 /);
  });

  it('takes nothing from a host that it has not asked for', async () => {
    await using proxy = await proxiedHost();
    const answer = message(['HTTP/1.1 200 OK', 'Content-Length: 1'], '1');
    const client = await ask(proxy, requestTo(proxy, 'GET /1'));
    const first = await proxy.host.accepted();
    await first.send(answer + answer.replace('200', '666'));
    await first.ended;
    await client.send(requestTo(proxy, 'GET /2'));
    const second = await proxy.host.accepted();
    await second.send(answer);
    await hears(client, /^(?:HTTP\/1\.1 200 [^]*1){2}$/);
    await second.send(answer.replace('200', '666'));
    await second.ended;
    await eventually(() => proxy.connections()[1] === 0, 'The end of the connection to the host');
    expect(String(client.received)).not.toContain('666');
  });
});
