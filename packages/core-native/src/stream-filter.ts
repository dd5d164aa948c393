// SPDX-License-Identifier: Apache-2.0
import type { NativeStreamFilter } from './binding.js';
import type { Connection } from './connection.js';

/** A stream filter, and what becomes of what it tells. */
export interface StreamFilterParts {
  /** Made by the filter's own addon. */
  readonly native: NativeStreamFilter;
  /**
   * Bytes may be sent from the start, as they are; default: after the filter's handshake. Who orders
   * that handshake sets `isReady` of the connection to `false`; its end makes it `true` again.
   */
  readonly startsPlain?: boolean | undefined;
  /** The filter told something about a connection: `code` is its own, `data` valid for good. */
  onEvent?(connection: Connection, code: number, data: Buffer): void;
}
