// SPDX-License-Identifier: Apache-2.0
import {
  binding,
  ConnectionState,
  type DialledConnection,
  describeError,
  type Engine,
  ErrorCode,
  errorName,
  HpSocketError,
  type NativeConnectRequest,
  type PlannedSocket,
  SocketError,
  SocketOperation,
} from '@hp/core-native';
import { resolveHost } from './addresses.js';

/** Where to and from a connection is dialled. */
export interface Dial {
  readonly host: string;
  readonly port: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly timeoutMs: number;
  readonly planned: PlannedSocket;
}

/** How long a blocking connect may take where no time is set. */
const LONGEST_BLOCK_MS = 0x7fff_ffff;

function toRequest(dial: Dial, peers: readonly string[]): NativeConnectRequest {
  const { host: hostName, port, localAddress, localPort, timeoutMs, planned } = dial;
  return { peers, port, localAddress, localPort, timeoutMs, hostName, options: planned.options };
}

/** What is left of a time that began at `begun`: at least a millisecond; 0 of no limit. */
function timeLeft(timeoutMs: number, begun: number): number {
  return timeoutMs === 0 ? 0 : Math.max(1, Math.ceil(begun + timeoutMs - performance.now()));
}

/** Dials without waiting; every outcome arrives as an event. */
export function dialAsync(engine: Engine, connection: DialledConnection, dial: Dial): void {
  if (binding.isAddress(dial.host) !== 0) {
    engine.connect(connection, toRequest(dial, [dial.host]));
    return;
  }
  const { timeoutMs } = dial;
  const begun = performance.now();
  const fail = (errorCode: ErrorCode, reason: string): void => {
    if (connection.state !== ConnectionState.Connecting) return;
    engine.closeReasons.set(connection.id, reason);
    engine.endUndialled(connection, SocketOperation.Connect, errorCode);
  };
  const late = `host '${dial.host}' was not resolved in time`;
  const timer = timeoutMs === 0 ? undefined : setTimeout(fail, timeoutMs, ErrorCode.TimedOut, late).unref();
  resolveHost(dial.host, dial.localAddress).then(
    (peers) => {
      clearTimeout(timer);
      if (connection.state !== ConnectionState.Connecting) return;
      engine.connect(connection, toRequest({ ...dial, timeoutMs: timeLeft(timeoutMs, begun) }, peers));
    },
    (error: unknown) => {
      clearTimeout(timer);
      fail(
        ErrorCode.AddressNotAvailable,
        `host '${dial.host}' could not be resolved: ${(error as Error).message}`,
      );
    },
  );
}

/** Dials and waits. Throws where that fails, and no event tells of it then. */
export function dialBlocking(engine: Engine, connection: DialledConnection, dial: Dial): void {
  const { host, port } = dial;
  const fail = (errno: ErrorCode, syscall: string): HpSocketError => {
    engine.forget(connection);
    return new HpSocketError(
      SocketError.ConnectServer,
      `${host}:${String(port)} could not be connected: ${describeError(errno)} (${errorName(errno)}).`,
      { errno, syscall, address: host, port },
    );
  };
  const begun = performance.now();
  const found =
    binding.isAddress(host) === 0
      ? binding.resolve(host)
      : { error: ErrorCode.Ok, call: '', addresses: [host] };
  if (found.error !== ErrorCode.Ok) throw fail(found.error, found.call);
  const timeoutMs = timeLeft(dial.timeoutMs, begun) || LONGEST_BLOCK_MS;
  const request = toRequest({ ...dial, timeoutMs }, found.addresses);
  const connected = binding.connectBlocking(engine.native, request);
  if (connected.error !== ErrorCode.Ok) throw fail(connected.error, connected.call);
  engine.adopt(connection, connected.handle);
  if (connection.state !== ConnectionState.Open) throw vetoed('onConnect', engine.refusalCode());
}

/** The error for a callback that refused a connect. */
export function vetoed(callback: string, errno: ErrorCode): HpSocketError {
  const kind = callback === 'onPrepareConnect' ? SocketError.SocketPrepare : SocketError.ConnectServer;
  return new HpSocketError(kind, `${callback} refused the connection.`, { errno });
}

/** The error for a callback that disconnected, or stopped the component, before anything was dialled. */
export function calledOff(callback: string): HpSocketError {
  const message = `${callback} called the connect off.`;
  return new HpSocketError(SocketError.IllegalState, message, { errno: ErrorCode.Canceled });
}

/** Settles when a dialled connection is usable or has failed, and obeys a signal. */
export function settled(
  connection: DialledConnection,
  { host, port }: Dial,
  signal: AbortSignal | undefined,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      connection.onSettled = undefined;
      connection.engine.close(connection, SocketOperation.Close, ErrorCode.Ok);
      reject(signal?.reason as Error);
    };
    connection.onSettled = (errno) => {
      signal?.removeEventListener('abort', abort);
      if (errno === ErrorCode.Ok) {
        resolve(connection.id);
        return;
      }
      const message = `${host}:${String(port)} could not be connected: ${describeError(errno)} (${errorName(errno)}).`;
      reject(
        new HpSocketError(SocketError.ConnectServer, message, {
          errno,
          syscall: 'connect',
          address: host,
          port,
        }),
      );
    };
    // A callback of the connect may have aborted it already.
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
