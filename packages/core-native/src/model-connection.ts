// SPDX-License-Identifier: Apache-2.0
import { CommandKind } from './boundary.js';
import { ConnectionState, type Connection } from './connection.js';
import type { Engine } from './engine.js';
import type { ErrorCode } from './errors.js';
import type { ModelConnection, ModelDecoder, ReceiveModel } from './receive-model.js';

/** Gives the bytes of a connection to a decoder from now on. */
export function giveBytes(connection: Connection, decoder: ModelDecoder): void {
  connection.decoder = decoder;
  if (decoder.borrows === true) connection.link.command(CommandKind.Borrow, connection);
}

/** Opens a model's decoder for a connection. */
export function openModel(model: ReceiveModel<never>, connection: Connection, engine: Engine): void {
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
  giveBytes(connection, model.open(context));
}
