// SPDX-License-Identifier: Apache-2.0
import { ConnectionState, type DialledConnection } from '../connection.js';
import type { Engine } from '../engine.js';
import { SocketError, SocketOperation } from '../enums.js';
import { describeError, ErrorCode, errorName, HpSocketError } from '../errors.js';
import { binding } from '../load-binding.js';
import type { PlannedSocket } from '../socket-handle.js';
import { resolveHost } from './addresses.js';

/** Where to and from a connection is dialled. */
export interface Dial {
  /** A name or an IP address. */
  readonly host: string;
  /** The peer's port. */
  readonly port: number;
  /** The IP address to dial from; `''`: chosen by the system. */
  readonly localAddress: string;
  /** The port to dial from; 0: chosen by the system. */
  readonly localPort: number;
  /** Milliseconds it may take; 0: no limit. */
  readonly timeoutMs: number;
  /** What a stream filter is told of the host: the name that the peer has to prove, in TLS. */
  readonly filterHost: string;
  /** What `onPrepareConnect` set. */
  readonly planned: PlannedSocket;
}

/** What is left of a time that began at `begun`: at least a millisecond; 0 of no limit. */
export function timeLeft(timeoutMs: number, begun: number): number {
  return timeoutMs === 0 ? 0 : Math.max(1, Math.ceil(begun + timeoutMs - performance.now()));
}

/**
 * Finds the addresses of what is dialled, and goes on with them and the time that is left: at once for a
 * literal. Where there are none the connection ends, unless it has been called off by then.
 */
export function whenResolved(
  engine: Engine,
  connection: DialledConnection,
  { host, localAddress, timeoutMs }: Dial,
  goOn: (peers: readonly string[], timeoutMs: number) => void,
): void {
  if (binding.isAddress(host) !== 0) {
    goOn([host], timeoutMs);
    return;
  }
  const begun = performance.now();
  const fail = (errorCode: ErrorCode, reason: string): void => {
    if (connection.state !== ConnectionState.Connecting) return;
    engine.closeReasons.set(connection.id, reason);
    engine.endUndialled(connection, SocketOperation.Connect, errorCode);
  };
  const late = `host '${host}' was not resolved in time`;
  const timer = timeoutMs === 0 ? undefined : setTimeout(fail, timeoutMs, ErrorCode.TimedOut, late).unref();
  resolveHost(host, localAddress).then(
    (peers) => {
      clearTimeout(timer);
      if (connection.state === ConnectionState.Connecting) goOn(peers, timeLeft(timeoutMs, begun));
    },
    (error: unknown) => {
      clearTimeout(timer);
      fail(
        ErrorCode.AddressNotAvailable,
        `host '${host}' could not be resolved: ${(error as Error).message}`,
      );
    },
  );
}

/**
 * The error for a connect that failed.
 * @param reason - what else is known of it: as `closeReason` has it.
 */
export function connectFailure(
  { host, port }: Pick<Dial, 'host' | 'port'>,
  errno: ErrorCode,
  syscall: string,
  reason = '',
): HpSocketError {
  const failure = `${host}:${String(port)} could not be connected: ${describeError(errno)} (${errorName(errno)})`;
  // A reason that is such a message itself says nothing more.
  const hasMore = reason !== '' && !reason.startsWith(failure);
  const message = hasMore ? `${failure}: ${reason.replace(/\.$/, '')}.` : `${failure}.`;
  return new HpSocketError(SocketError.ConnectServer, message, { errno, syscall, address: host, port });
}

/** The error for a callback that refused a connect. */
export function vetoed(callback: 'onPrepareConnect' | 'onConnect', errno: ErrorCode): HpSocketError {
  const kind = callback === 'onPrepareConnect' ? SocketError.SocketPrepare : SocketError.ConnectServer;
  return new HpSocketError(kind, `${callback} refused the connection.`, { errno });
}

/** The error for a callback that disconnected, or stopped the component, before anything was dialled. */
export function calledOff(callback: string): HpSocketError {
  const message = `${callback} called the connect off.`;
  return new HpSocketError(SocketError.IllegalState, message, { errno: ErrorCode.Canceled });
}

/**
 * Settles when a dialled connection is usable or has failed, and obeys a signal.
 * @returns a promise of the connection's id.
 */
export function settled(
  connection: DialledConnection,
  dial: Dial,
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
      if (errno === ErrorCode.Ok) resolve(connection.id);
      else reject(connectFailure(dial, errno, 'connect', connection.engine.closeReasons.get(connection.id)));
    };
    // A callback of the connect may have aborted it already.
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
