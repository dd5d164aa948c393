// SPDX-License-Identifier: Apache-2.0
import type { NativeAddress, RawSocketOption } from './binding.js';
import { binding } from './load-binding.js';
import { errorName, HpSocketError } from './errors.js';
import { SocketError } from './enums.js';

/** The value of a socket option: a number becomes a 32-bit integer, `true` 1 and `false` 0; bytes are taken as they are. */
export type SocketOptionValue = number | boolean | Uint8Array;

/** An address and port: `address` is an IPv4 or IPv6 literal. */
export type SocketAddress = NativeAddress;

/**
 * The socket a prepare callback or `onAccept` may adjust, valid inside that callback.
 * HP-Socket: the socket handle of those events with the `SYS_*` helpers.
 */
export interface SocketHandle {
  /** The system's number of the socket, -1 where there is none yet (`onPrepareConnect`). */
  readonly fd: number;
  /**
   * Sets a socket option, in the system's own numbers. HP-Socket: `SYS_SetSocketOption`.
   * @throws HpSocketError where the system refuses it.
   */
  setOption(level: number, name: number, value: SocketOptionValue): void;
  /**
   * Reads a socket option. HP-Socket: `SYS_GetSocketOption`.
   * @param bytes - how large the value may be. Default 4.
   * @returns a number where the value has 4 bytes or fewer, else the bytes. Where there is no socket
   * yet: what `setOption` was given, or `undefined`.
   * @throws HpSocketError where the system refuses it.
   */
  getOption(level: number, name: number, bytes?: number): number | Buffer | undefined;
  /**
   * Calls `ioctl` with a 32-bit argument and returns what that became. HP-Socket: `SYS_IoctlSocket`.
   * @param argument - default 0.
   * @throws HpSocketError where the system refuses it, and where there is no socket yet.
   */
  ioctl(request: number, argument?: number): number;
  /** The own address; `undefined` where there is none yet. HP-Socket: `SYS_GetSocketLocalAddress`. */
  readonly localAddress: SocketAddress | undefined;
  /** The peer's address; `undefined` where there is none yet. HP-Socket: `SYS_GetSocketRemoteAddress`. */
  readonly remoteAddress: SocketAddress | undefined;
}

function toRawOption(level: number, name: number, value: SocketOptionValue): RawSocketOption {
  if (value instanceof Uint8Array) return { level, name, value };
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(Number(value));
  return { level, name, value: bytes };
}

function toOptionValue(value: Buffer): number | Buffer {
  return value.length >= 1 && value.length <= 4 ? value.readIntLE(0, value.length) : value;
}

function check(error: number, syscall: string): void {
  if (error === 0) return;
  throw new HpSocketError(SocketError.Network, `${syscall} failed: ${errorName(error)}.`, {
    errno: error,
    syscall,
  });
}

/** A socket that exists: what `onPrepareListen` and `onAccept` get. */
export class LiveSocket implements SocketHandle {
  /** @param fd - the system's number of the socket. */
  constructor(readonly fd: number) {}

  setOption(level: number, name: number, value: SocketOptionValue): void {
    check(binding.setOption(this.fd, toRawOption(level, name, value)), 'setsockopt');
  }

  getOption(level: number, name: number, bytes = 4): number | Buffer {
    const value = Buffer.alloc(bytes);
    const length = binding.getOption(this.fd, { level, name, value });
    if (length < 0) check(-length, 'getsockopt');
    return toOptionValue(value.subarray(0, length));
  }

  ioctl(request: number, argument = 0): number {
    const result = binding.control(this.fd, request, argument);
    check(result.error, 'ioctl');
    return result.argument;
  }

  get localAddress(): SocketAddress | undefined {
    return binding.localAddress(this.fd);
  }

  get remoteAddress(): SocketAddress | undefined {
    return binding.peerAddress(this.fd);
  }
}

/**
 * Collects the options for sockets that are still to be made, one for each address tried: what
 * `onPrepareConnect` gets.
 */
export class PlannedSocket implements SocketHandle {
  readonly fd = -1;
  readonly localAddress = undefined;
  readonly remoteAddress = undefined;
  /** What was set, in order; for `NativeConnectRequest.options`. */
  readonly options: RawSocketOption[] = [];

  setOption(level: number, name: number, value: SocketOptionValue): void {
    this.options.push(toRawOption(level, name, value));
  }

  getOption(level: number, name: number): number | Buffer | undefined {
    const option = this.options.findLast((each) => each.level === level && each.name === name);
    if (option === undefined) return undefined;
    return toOptionValue(Buffer.from(option.value));
  }

  ioctl(): number {
    throw new HpSocketError(
      SocketError.IllegalState,
      'ioctl needs a socket; in onPrepareConnect there is none yet. Use setOption, or ioctl in onAccept.',
    );
  }
}
