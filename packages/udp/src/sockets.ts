// SPDX-License-Identifier: Apache-2.0
import {
  binding,
  describeError,
  type Engine,
  ErrorCode,
  errorName,
  HpSocketError,
  type RawSocketOption,
  SocketError,
  type StepResult,
} from '@hp/core-native';

/** An address, as a step on a socket takes it. */
interface Place {
  readonly address: string;
  readonly port: number;
}

function adviceFor(error: ErrorCode): string {
  if (error === ErrorCode.AddressNotAvailable) return 'choose an address of this host';
  return 'choose another port, or stop what uses it';
}

/**
 * Does nothing where a step has succeeded.
 * @throws HpSocketError (`kind`) that says what failed, and where.
 */
export function check(step: StepResult, kind: SocketError, what: string, { address, port }: Place): void {
  const { error: errno, call: syscall } = step;
  if (errno === ErrorCode.Ok) return;
  throw new HpSocketError(kind, `${what}: ${describeError(errno)} (${errorName(errno)}).`, {
    errno,
    syscall,
    address,
    port,
  });
}

/**
 * Makes a socket for addresses like `address`.
 * @throws HpSocketError (`SE_SOCKET_CREATE`) where the system refuses.
 */
export function open(engine: Engine, place: Place, options: readonly RawSocketOption[]): number {
  const opened = binding.openDatagram(engine.native, place.address, options);
  check(opened, SocketError.SocketCreate, 'The socket could not be made', place);
  return opened.handle;
}

/**
 * Binds a socket.
 * @throws HpSocketError (`SE_SOCKET_BIND`) where the system refuses.
 */
export function bind(handle: number, place: Place): void {
  const bound = binding.bind(handle, place.address, place.port);
  const where = `${place.address}:${String(place.port)} could not be bound; ${adviceFor(bound.error)}`;
  check(bound, SocketError.SocketBind, where, place);
}

/** The address that stands for every address of the family of `address`. */
export function anyLike(address: string): string {
  return binding.isAddress(address) === 6 ? '::' : '0.0.0.0';
}
