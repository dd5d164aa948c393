// SPDX-License-Identifier: Apache-2.0
import type { Component, FetchResult } from '@hp/core-native';
import { count, find, take, type Wanted } from './access.js';

/** The calls of a PULL component with many connections. HP-Socket: `IPullSocket`. */
export interface PullSocket {
  /**
   * Takes the next bytes that a connection has received. HP-Socket: `Fetch`.
   * @param id - the connection; inside its `onClose` what is left can still be fetched.
   * @param length - how many, from 1.
   * @returns the bytes, which are yours; `undefined` where fewer have arrived (`lastErrorCode` is then
   * `MessageSize`) or there is no such connection (`ObjectNotFound`), and nothing is taken.
   */
  fetch(id: number, length: number): Buffer | undefined;
  /** Takes as many bytes as `target` is long, and fills it with them; it is unharmed unless the result is `Ok`. HP-Socket: `Fetch`. */
  fetch(id: number, target: Uint8Array): FetchResult;
  /** As `fetch`, and takes nothing; the bytes are to be read only. HP-Socket: `Peek`. */
  peek(id: number, length: number): Buffer | undefined;
  /** As `fetch`, and takes nothing. HP-Socket: `Peek`. */
  peek(id: number, target: Uint8Array): FetchResult;
  /**
   * Looks for bytes among those that can be fetched.
   * @param bytes - one byte, 0 to 255, or several.
   * @param from - where to begin, counted from the next byte to be fetched. Default 0.
   * @returns how many bytes go before them; -1 where they are not there.
   */
  indexOf(id: number, bytes: Uint8Array | number, from?: number): number;
  /** How many bytes can be fetched; 0 for an unknown connection. */
  fetchableLength(id: number): number;
}

/** The calls of a PULL client. HP-Socket: `IPullClient`. */
export interface PullClient {
  /** As for servers, without an id. HP-Socket: `Fetch`. */
  fetch(length: number): Buffer | undefined;
  /** As for servers, without an id. HP-Socket: `Fetch`. */
  fetch(target: Uint8Array): FetchResult;
  /** As for servers, without an id. HP-Socket: `Peek`. */
  peek(length: number): Buffer | undefined;
  /** As for servers, without an id. HP-Socket: `Peek`. */
  peek(target: Uint8Array): FetchResult;
  /** As for servers, without an id. */
  indexOf(bytes: Uint8Array | number, from?: number): number;
  /** How many bytes can be fetched. */
  readonly fetchableLength: number;
}

interface Single extends Component {
  readonly connectionId: number;
}

/** Gives a class the calls of `PullSocket`; it declares them by merging with that. */
export function definePullSocket(prototype: Component): void {
  Object.assign(prototype, {
    fetch(this: Component, id: number, wanted: Wanted) {
      return take(this, id, wanted, false);
    },
    peek(this: Component, id: number, wanted: Wanted) {
      return take(this, id, wanted, true);
    },
    indexOf(this: Component, id: number, bytes: Uint8Array | number, from = 0) {
      return find(this, id, bytes, from);
    },
    fetchableLength(this: Component, id: number) {
      return count(this, id);
    },
  });
}

/** Gives a class the calls of `PullClient`; it declares them by merging with that. */
export function definePullClient(prototype: Single): void {
  Object.assign(prototype, {
    fetch(this: Single, wanted: Wanted) {
      return take(this, this.connectionId, wanted, false);
    },
    peek(this: Single, wanted: Wanted) {
      return take(this, this.connectionId, wanted, true);
    },
    indexOf(this: Single, bytes: Uint8Array | number, from = 0) {
      return find(this, this.connectionId, bytes, from);
    },
  });
  Object.defineProperty(prototype, 'fetchableLength', {
    get(this: Single) {
      return count(this, this.connectionId);
    },
  });
}
