// SPDX-License-Identifier: Apache-2.0
import { DISCONNECT_ABORT } from './boundary.js';
import { SocketOperation } from './enums.js';
import { ErrorCode } from './errors.js';
import { MultiConnectionComponent } from './multi-connection.js';
import { loadSmallFile } from './small-file.js';

/** A component with many connections that are streams: what only those have besides. */
export abstract class MultiStreamComponent<TExtra = unknown> extends MultiConnectionComponent<TExtra> {
  /**
   * Reads a file and sends it, between `head` and `tail`, as one. The reading blocks this thread.
   * HP-Socket: `SendSmallFile`.
   * @param path - the file; with head and tail at most 4,194,303 bytes.
   * @returns as `send`; `lastErrorCode` is `Empty`, `FileTooLarge` or what the system said of the file.
   */
  sendSmallFile(id: number, path: string, head?: Uint8Array, tail?: Uint8Array): boolean {
    if (this.usable(id) === undefined) return false;
    const pieces = loadSmallFile(path, head, tail);
    if (typeof pieces === 'number') return this.refuse(pieces);
    return this.sendPackets(id, pieces);
  }

  /**
   * Ends a connection at once with a reset, which the peer sees as `ECONNRESET`. Its `onClose`
   * (Close, 0) follows.
   * @returns whether there was such a connection.
   */
  reset(id: number): boolean {
    const connection = this.usable(id);
    connection?.engine.close(connection, SocketOperation.Close, ErrorCode.Ok, DISCONNECT_ABORT);
    return connection !== undefined;
  }

  /**
   * Sends what is queued and then finishes sending (half-close); receiving goes on until the peer
   * finishes too. Later sends are refused with `InvalidState`.
   * @returns whether there was such a connection.
   */
  end(id: number): boolean {
    const connection = this.usable(id);
    connection?.engine.end(connection);
    return connection !== undefined;
  }
}
