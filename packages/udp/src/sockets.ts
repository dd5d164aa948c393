// SPDX-License-Identifier: Apache-2.0
import {
  binding,
  checkStep,
  checkTaken,
  type Engine,
  type Place,
  type RawSocketOption,
  SocketError,
} from '@hp/core-native';

/**
 * Makes a socket for addresses like `address`.
 * @throws HpSocketError (`SE_SOCKET_CREATE`) where the system refuses.
 */
export function open(engine: Engine, place: Place, options: readonly RawSocketOption[]): number {
  const opened = binding.openDatagram(engine.native, place.address, options);
  checkStep(opened, SocketError.SocketCreate, 'The socket could not be made', place);
  return opened.handle;
}

/**
 * Binds a socket.
 * @throws HpSocketError (`SE_SOCKET_BIND`) where the system refuses.
 */
export function bind(handle: number, place: Place): void {
  checkTaken(binding.bind(handle, place.address, place.port), SocketError.SocketBind, place);
}

/** The address that stands for every address of the family of `address`. */
export function anyLike(address: string): string {
  return binding.isAddress(address) === 6 ? '::' : '0.0.0.0';
}
