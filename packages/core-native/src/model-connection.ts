// SPDX-License-Identifier: Apache-2.0
import { CommandKind } from './boundary.js';
import { ConnectionState, type Connection } from './connection.js';
import type { Engine } from './engine.js';
import type { ErrorCode } from './errors.js';
import type { ModelConnection, ModelDecoder, ReceiveModel } from './receive-model.js';

/** Opens a model's decoder for a connection. */
export function openModel(model: ReceiveModel<never>, connection: Connection, engine: Engine): ModelDecoder {
  const context: ModelConnection<Buffer> = {
    id: connection.id,
    deliver: (data) => engine.dispatcher.deliver(connection, data),
    fail: (errorCode: ErrorCode) => {
      engine.fail(connection, errorCode);
    },
    pauseReading: () => {
      if (connection.state === ConnectionState.Open) connection.link.command(CommandKind.Hold, connection);
    },
    resumeReading: () => {
      if (connection.state === ConnectionState.Open) connection.link.command(CommandKind.Unhold, connection);
    },
  };
  // The type of what is delivered is a matter between the model and the listener.
  const decoder = model.open(context);
  if (decoder.borrows === true) connection.link.command(CommandKind.Borrow, connection);
  return decoder;
}
