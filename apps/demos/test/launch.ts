// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { once } from '@hp/testkit';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type ConnectionOptions, connect, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { demoCertificates } from '../src/secure/demo-certificates.js';
import { DemoProcess, type Launch } from '../src/smoke/demo-process.js';

const script = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

/** Starts a demo as built. */
export const launch: Launch = (...args) => new DemoProcess(process.execPath, [script, ...args]);

/** Starts a server demo on a free port of loopback. */
export function launchServer(name: string, ...args: readonly string[]): DemoProcess {
  return launch(name, 'server', '-b', '127.0.0.1', '-p', '0', ...args);
}

export const hasNetcat: boolean = spawnSync('nc', ['-h']).error === undefined;

/** Connects with netcat, which ends when its input has ended. */
export function netcat(port: string): DemoProcess {
  return new DemoProcess('nc', ['-N', '127.0.0.1', port]);
}

/** A server of node:net on loopback that hands each connection to `serve`. */
export function plainServer(serve: (socket: Socket) => void): Promise<AsyncDisposable & { port: string }> {
  return started(createServer(), 'connection', serve);
}

/** The same over TLS, with the certificate of the demos. */
export async function secureServer(
  serve: (socket: Socket) => void,
): Promise<AsyncDisposable & { port: string }> {
  const { server } = await demoCertificates();
  const identity = { cert: readFileSync(server.cert), key: readFileSync(server.key) };
  return started(createTlsServer(identity), 'secureConnection', serve);
}

/** Connects over TLS, and trusts the authority of the demos; not yet done. */
export async function dialSecure(port: string, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const { authority } = await demoCertificates();
  const peer = connect({ host: '127.0.0.1', port: Number(port), ca: readFileSync(authority), ...options });
  return peer.setNoDelay(true).on('error', () => undefined);
}

/** The certificate and key of a client of the demos. */
export async function clientIdentity(): Promise<{ readonly cert: Buffer; readonly key: Buffer }> {
  const { client } = await demoCertificates();
  return { cert: readFileSync(client.cert), key: readFileSync(client.key) };
}

async function started(
  server: Server,
  event: 'connection' | 'secureConnection',
  serve: (socket: Socket) => void,
): Promise<AsyncDisposable & { port: string }> {
  const sockets: Set<Socket> = new Set();
  server.on(event, (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: String((server.address() as AddressInfo).port),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/** A server of node:dgram on loopback that hands each datagram to `serve`, with the way to answer it. */
export async function plainDatagramServer(
  serve: (datagram: Buffer, answer: (datagram: Buffer) => void) => void,
): Promise<AsyncDisposable & { port: string }> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1024 * 1024 });
  socket.on('message', (datagram, { address, port }) => {
    serve(datagram, (reply) => socket.send(reply, port, address));
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: String(socket.address().port),
    [Symbol.asyncDispose]: async () => {
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

/** A UDP port that nobody has any more. */
export async function freeDatagramPort(): Promise<string> {
  await using server = await plainDatagramServer(() => undefined);
  return server.port;
}

/** A port that nobody listens on any more. */
export async function freePort(): Promise<string> {
  await using server = await plainServer(() => undefined);
  return server.port;
}
