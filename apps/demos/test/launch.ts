// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { once } from '@hp/testkit';
import { createSocket } from 'node:dgram';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
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
export async function plainServer(
  serve: (socket: Socket) => void,
): Promise<AsyncDisposable & { port: string }> {
  const sockets: Set<Socket> = new Set();
  const server: Server = createServer((socket) => {
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
