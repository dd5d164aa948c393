// SPDX-License-Identifier: Apache-2.0
import {
  binding,
  connectFailure,
  ConnectionState,
  type DatagramPeer,
  type Dial,
  type DialledConnection,
  type Engine,
  ErrorCode,
  HpSocketError,
  SocketError,
  SocketOperation,
  vetoed,
  whenResolved,
} from '@hp/core-native';
import { anyLike, bind, open } from './sockets.js';

/** A socket that is ready for its one connection. */
export interface ReadySocket {
  readonly handle: number;
  readonly peer: DatagramPeer;
}

/** Makes the socket for one address; throws an HpSocketError that names the step that failed. */
export type MakeReady = (engine: Engine, peer: string, dial: Dial) => ReadySocket;

/** Dials without waiting; every outcome arrives as an event. */
export function dialAsync(
  engine: Engine,
  connection: DialledConnection,
  dial: Dial,
  makeReady: MakeReady,
): void {
  whenResolved(engine, connection, dial, (peers) => {
    try {
      const { handle, peer } = firstReady(engine, peers, dial, makeReady);
      engine.datagrams.adopt(connection, handle, peer, true);
    } catch (error) {
      if (!HpSocketError.isInstance(error)) throw error;
      engine.closeReasons.set(connection.id, error.message);
      engine.endUndialled(connection, SocketOperation.Connect, error.errno ?? ErrorCode.InvalidState);
    }
  });
}

/** Dials at once. Throws where that fails, and no event tells of it then. */
export function dialBlocking(
  engine: Engine,
  connection: DialledConnection,
  dial: Dial,
  makeReady: MakeReady,
): void {
  try {
    const { handle, peer } = firstReady(engine, addressesOf(dial), dial, makeReady);
    engine.datagrams.adopt(connection, handle, peer, false);
  } catch (error) {
    engine.forget(connection);
    throw error;
  }
  if (connection.state !== ConnectionState.Open) throw vetoed('onConnect', engine.refusalCode());
}

function addressesOf(dial: Dial): readonly string[] {
  if (binding.isAddress(dial.host) !== 0) return [dial.host];
  const found = binding.resolve(dial.host);
  if (found.error !== ErrorCode.Ok) throw connectFailure(dial, found.error, found.call);
  return found.addresses;
}

/** The socket for the first address that has one. */
function firstReady(engine: Engine, peers: readonly string[], dial: Dial, makeReady: MakeReady): ReadySocket {
  let failure: unknown = connectFailure(dial, ErrorCode.AddressNotAvailable, 'getaddrinfo');
  for (const peer of peers) {
    try {
      return makeReady(engine, peer, dial);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Opens a socket for `peer` and does the rest with it; a socket that fails is closed. */
export function withSocket<T>(engine: Engine, peer: string, dial: Dial, use: (handle: number) => T): T {
  const { host: address, port, localAddress } = dial;
  // The system takes such a socket, and refuses all that is sent with it.
  if (port === 0) throw connectFailure(dial, ErrorCode.InvalidArgument, 'connect');
  if (localAddress !== '' && binding.isAddress(localAddress) !== binding.isAddress(peer)) {
    throw new HpSocketError(
      SocketError.SocketBind,
      `${peer} cannot be reached from ${localAddress}: one is an IPv4 address, the other is not.`,
      { errno: ErrorCode.AddressFamily, syscall: 'bind', address, port },
    );
  }
  const handle = open(engine, { address: peer, port }, dial.planned.options);
  try {
    return use(handle);
  } catch (error) {
    binding.closeSocket(engine.native, handle);
    throw error;
  }
}

/** The socket of a client: connected, so that nobody else's datagrams are received. */
export const connectTo: MakeReady = (engine, address, dial) =>
  withSocket(engine, address, dial, (handle) => {
    const { port, localAddress, localPort } = dial;
    if (localAddress !== '' || localPort !== 0) {
      bind(handle, { address: localAddress || anyLike(address), port: localPort });
    }
    const connected = binding.connectDatagram(handle, address, port);
    if (connected.error !== ErrorCode.Ok) throw connectFailure(dial, connected.error, connected.call);
    return { handle, peer: { address, port, isCast: false } };
  });
