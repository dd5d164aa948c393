// SPDX-License-Identifier: Apache-2.0
import {
  binding,
  connectFailure,
  ConnectionState,
  type Dial,
  type DialledConnection,
  type Engine,
  ErrorCode,
  type HpSocketError,
  type NativeConnectRequest,
  timeLeft,
  vetoed,
  whenResolved,
} from '@hp/core-native';

/** How long a blocking connect may take where no time is set. */
const LONGEST_BLOCK_MS = 0x7fff_ffff;

function toRequest(dial: Dial, peers: readonly string[], timeoutMs: number): NativeConnectRequest {
  const { filterHost: hostName, port, localAddress, localPort, planned } = dial;
  return { peers, port, localAddress, localPort, timeoutMs, hostName, options: planned.options };
}

/** Dials without waiting; every outcome arrives as an event. */
export function dialAsync(engine: Engine, connection: DialledConnection, dial: Dial): void {
  whenResolved(engine, connection, dial, (peers, timeoutMs) => {
    engine.connect(connection, toRequest(dial, peers, timeoutMs));
  });
}

/** Dials and waits. Throws where that fails, and no event tells of it then. */
export function dialBlocking(engine: Engine, connection: DialledConnection, dial: Dial): void {
  const { host } = dial;
  const fail = (errno: ErrorCode, syscall: string): HpSocketError => {
    engine.forget(connection);
    return connectFailure(dial, errno, syscall);
  };
  const begun = performance.now();
  const found =
    binding.isAddress(host) === 0
      ? binding.resolve(host)
      : { error: ErrorCode.Ok, call: '', addresses: [host] };
  if (found.error !== ErrorCode.Ok) throw fail(found.error, found.call);
  const timeoutMs = timeLeft(dial.timeoutMs, begun) || LONGEST_BLOCK_MS;
  const connected = binding.connectBlocking(engine.native, toRequest(dial, found.addresses, timeoutMs));
  if (connected.error !== ErrorCode.Ok) throw fail(connected.error, connected.call);
  engine.adopt(connection, connected.handle, dial.filterHost);
  if (connection.state !== ConnectionState.Open) throw vetoed('onConnect', engine.refusalCode());
}
