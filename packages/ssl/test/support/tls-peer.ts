// SPDX-License-Identifier: Apache-2.0
// The other party of a component under test, by node:tls.
import type { Socket } from 'node:net';
import { connect, type ConnectionOptions, createServer, type TlsOptions, type TLSSocket } from 'node:tls';
import { dialPeer, netListener, NetPeer, once } from '@hp/testkit';
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
  await once(secure, 'secureConnect');
  return new TlsPeer(secure, reads);
}

/** Does the server's part of the handshake on a connection of which nothing has been read. */
export async function serveOver(
  socket: Socket,
  { reads, greeting = '', ...options }: TlsOptions & PeerOptions = {},
): Promise<TlsPeer> {
  const server = createServer(
    { ...authority().issue(), ...options },
    (secure) => void secure.write(greeting),
  );
  const refused = new Promise<never>((_, reject) => void server.once('tlsClientError', reject));
  const secured = once(server, 'secureConnection');
  server.emit('connection', socket);
  const [secure] = (await Promise.race([secured, refused])) as [TLSSocket];
  return new TlsPeer(secure, reads);
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
