// SPDX-License-Identifier: Apache-2.0
import { channel } from 'node:diagnostics_channel';
import type { Connection } from './connection.js';
import type { Engine } from './engine.js';
import type { SocketOperation } from './enums.js';
import type { ErrorCode } from './errors.js';

/** What `hp-socket:connection:open` publishes. */
export interface ConnectionOpenMessage {
  /** The number of the component within its thread. */
  readonly component: number;
  /** The connection's id. */
  readonly id: number;
}

/** What `hp-socket:connection:close` publishes. */
export interface ConnectionCloseMessage extends ConnectionOpenMessage {
  /** The step the close is charged to. */
  readonly operation: SocketOperation;
  /** The ErrorCode; 0 for an orderly end. */
  readonly errorCode: ErrorCode;
}

const openChannel = channel('hp-socket:connection:open');
const closeChannel = channel('hp-socket:connection:close');

/** Whether anybody subscribes to `hp-socket:connection:open`. */
export function isOpenAnnounced(): boolean {
  return openChannel.hasSubscribers;
}

/** Publishes that a connection is usable; free where nobody subscribes. */
export function announceOpen(engine: Engine, connection: Connection): void {
  if (!isOpenAnnounced()) return;
  openChannel.publish({ component: engine.index, id: connection.id } satisfies ConnectionOpenMessage);
}

/** Publishes a close; free where nobody subscribes. */
export function announceClose(
  engine: Engine,
  connection: Connection,
  operation: SocketOperation,
  errorCode: ErrorCode,
): void {
  if (!closeChannel.hasSubscribers) return;
  const message: ConnectionCloseMessage = {
    component: engine.index,
    id: connection.id,
    operation,
    errorCode,
  };
  closeChannel.publish(message);
}
