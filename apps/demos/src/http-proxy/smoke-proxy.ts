// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage, request, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { demoCertificates } from '../secure/demo-certificates.js';
import type { Launch } from '../smoke/demo-process.js';

const LOOPBACK = '127.0.0.1';
const BODY_BYTES = 1_000_000;

/** A proxy in a process of its own, between Node's client and servers: bytes are echoed over HTTP and sent over HTTPS. */
export async function smokeProxy(launch: Launch): Promise<void> {
  const { server, authority } = await demoCertificates();
  const body = randomBytes(BODY_BYTES);
  const identity = { cert: readFileSync(server.cert), key: readFileSync(server.key) };
  await using plain = await listening(createServer(echo));
  await using secure = await listening(createSecureServer(identity, (_, response) => response.end(body)));
  await using proxy = launch('http-proxy', '-p', '0');
  const proxyPort = Number(await proxy.port());

  const echoed = await post(proxyPort, `http://${LOOPBACK}:${plain.port}/echo`, body);
  assert.ok(echoed.equals(body), 'what was echoed over HTTP is not what was sent');
  const fetched = await fetchThroughTunnel(proxyPort, secure.port, readFileSync(authority));
  assert.ok(fetched.equals(body), 'what came over HTTPS is not what was sent');

  await proxy.shows(/response +200, 1,000,000 bytes/);
  await proxy.quits();
}

const echo: RequestListener = (asked, response) => void asked.pipe(response);

async function post(proxyPort: number, url: string, body: Buffer): Promise<Buffer> {
  const asking = request({ host: LOOPBACK, port: proxyPort, method: 'POST', path: url, agent: false });
  asking.end(body);
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return buffer(answer);
}

async function fetchThroughTunnel(proxyPort: number, port: number, ca: Buffer): Promise<Buffer> {
  const authority = `${LOOPBACK}:${port}`;
  const asking = request({ host: LOOPBACK, port: proxyPort, method: 'CONNECT', path: authority });
  asking.end();
  const [, socket] = (await once(asking, 'connect')) as [IncomingMessage, Socket];
  const secured = connect({ socket, ca, host: LOOPBACK });
  const fetching = get({ createConnection: () => secured });
  const [answer] = (await once(fetching, 'response')) as [IncomingMessage];
  const body = await buffer(answer);
  secured.destroy();
  return body;
}

async function listening(server: Server): Promise<AsyncDisposable & { readonly port: number }> {
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
