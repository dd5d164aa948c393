// SPDX-License-Identifier: Apache-2.0
import type { StepResult } from '../binding.js';
import { SocketError } from '../enums.js';
import { describeError, ErrorCode, errorName, HpSocketError } from '../errors.js';
import { binding } from '../load-binding.js';
import { checkPort } from '../settings.js';
import { checkHost, resolveHost } from './addresses.js';

/** What a socket is bound to. */
export interface Place {
  /** The IP address, as a literal. */
  readonly address: string;
  /** The port; 0: the system chooses. */
  readonly port: number;
}

/**
 * The place that a server is to be bound to: a literal, `localhost`, or nothing for every address.
 * @throws HpSocketError (`SE_INVALID_PARAM`) for anything else.
 */
export function toListenPlace(address: string | undefined, port: number, dualStack: boolean): Place {
  checkPort(port);
  if (address === undefined || address === '') return { address: dualStack ? '::' : '0.0.0.0', port };
  if (address === 'localhost') return { address: '127.0.0.1', port };
  if (binding.isAddress(address) !== 0) return { address, port };
  throw new HpSocketError(
    SocketError.InvalidParam,
    `address must be an IP address or 'localhost'; it is '${address}'. startAsync takes names.`,
    { address, port },
  );
}

/**
 * The first address of a host.
 * @throws HpSocketError (`SE_SOCKET_CREATE`) where it has none.
 */
export async function firstAddressOf(host: string, port: number): Promise<string> {
  checkHost(host);
  const [address] = await resolveHost(host, '').catch(() => []);
  if (address !== undefined) return address;
  throw new HpSocketError(SocketError.SocketCreate, `host '${host}' has no address; use another name.`, {
    errno: ErrorCode.AddressNotAvailable,
    syscall: 'getaddrinfo',
    address: host,
    port,
  });
}

/**
 * Does nothing where a step on a socket has succeeded.
 * @throws HpSocketError (`kind`) that says what failed, and where.
 */
export function checkStep(step: StepResult, kind: SocketError, what: string, place: Place): void {
  const { error: errno, call: syscall } = step;
  if (errno === ErrorCode.Ok) return;
  const message = `${what}: ${describeError(errno)} (${errorName(errno)}).`;
  throw new HpSocketError(kind, message, { errno, syscall, ...place });
}

/**
 * Checks a step that wants the place for itself: to bind, or to listen.
 * @throws HpSocketError (`kind`) that says what to do.
 */
export function checkTaken(step: StepResult, kind: SocketError, place: Place): void {
  const advice =
    step.error === ErrorCode.AddressNotAvailable
      ? 'choose an address of this host'
      : 'choose another port, or stop what uses it';
  checkStep(step, kind, `${place.address}:${String(place.port)} could not be bound; ${advice}`, place);
}
