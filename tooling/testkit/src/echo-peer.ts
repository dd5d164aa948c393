// SPDX-License-Identifier: Apache-2.0
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from './once.js';

/** An echo server of node:net on loopback, closed by `await using`. */
export interface EchoPeer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** The connections that are open now. */
  readonly sockets: ReadonlySet<Socket>;
}

export async function echoPeer(): Promise<EchoPeer> {
  const host = '127.0.0.1';
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A reset by the side under test is that test's business.
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');

  return {
    host,
    port: (server.address() as AddressInfo).port,
    sockets,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
