// SPDX-License-Identifier: Apache-2.0
// The other party of a component under test, by node:tls.
import type { Socket } from 'node:net';
import { connect, type ConnectionOptions, createServer, type TlsOptions, type TLSSocket } from 'node:tls';
import { dialPeer, netListener, NetPeer } from '@hp/testkit';
import { authority } from './certificates.js';

/** One end of a TLS connection made with node:tls. */
export class TlsPeer extends NetPeer {
  declare readonly socket: TLSSocket;
}

export interface PeerOptions {
  /** `false`: the peer reads nothing until `resume`. */
  readonly reads?: boolean;
  /** What it sends at the first moment it may. */
  readonly greeting?: string;
}

/** Does the client's part of the handshake on a connection of which nothing has been read. */
export async function dialOver(
  socket: Socket,
  { reads, greeting = '', ...options }: ConnectionOptions & PeerOptions = {},
): Promise<TlsPeer> {
  const secure = connect({ socket, ca: authority().cert, host: '127.0.0.1', ...options });
  // Kept until the handshake is done, and then sent together with its end.
  if (greeting !== '') secure.write(greeting);
  return new Promise((resolve, reject) => {
    secure.once('error', reject);
    // At once: the end of the stream may come in the same turn.
    secure.once('secureConnect', () => {
      resolve(new TlsPeer(secure, reads));
    });
  });
}

/** Does the server's part of the handshake on a connection of which nothing has been read. */
export async function serveOver(
  socket: Socket,
  { reads, greeting = '', ...options }: TlsOptions & PeerOptions = {},
): Promise<TlsPeer> {
  const server = createServer({ ...authority().issue(), ...options });
  return new Promise((resolve, reject) => {
    server.once('tlsClientError', reject);
    // At once: the end of the stream may come in the same turn.
    server.once('secureConnection', (secure) => {
      secure.write(greeting);
      resolve(new TlsPeer(secure, reads));
    });
    server.emit('connection', socket);
  });
}

/** Connects to a port of loopback, and does the handshake. */
export async function dialTls(port: number, options: ConnectionOptions & PeerOptions = {}): Promise<TlsPeer> {
  const { socket } = await dialPeer(port, { reads: false });
  return dialOver(socket, options);
}

/** Listens on loopback and hands out connections once the handshake is done; closed by `await using`. */
export interface TlsListener extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** The next connection, as `serveOver` makes it. */
  accepted(): Promise<TlsPeer>;
}

export async function tlsListener(options: TlsOptions & PeerOptions = {}): Promise<TlsListener> {
  const listener = await netListener({ reads: false });
  return {
    host: listener.host,
    port: listener.port,
    async accepted() {
      return serveOver((await listener.accepted()).socket, options);
    },
    async [Symbol.asyncDispose]() {
      await listener[Symbol.asyncDispose]();
    },
  };
}
