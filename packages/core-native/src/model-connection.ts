// SPDX-License-Identifier: Apache-2.0
import { CommandKind } from './boundary.js';
import { ConnectionState, type Connection } from './connection.js';
import type { Engine } from './engine.js';
import type { ErrorCode } from './errors.js';
import type { ModelConnection, ModelDecoder, ReceiveModel } from './receive-model.js';

/** Gives the bytes of a connection to a decoder from now on. */
export function giveBytes(connection: Connection, decoder: ModelDecoder): void {
  connection.decoder = decoder;
  if (decoder.borrows === true) borrow(connection, true);
}

function borrow(connection: Connection, borrows: boolean): void {
  connection.link.commands.write(CommandKind.Borrow, connection, 0, borrows ? 1 : 0);
}

/** One connection as its model sees it. */
class OpenConnection implements ModelConnection<Buffer> {
  readonly #connection: Connection;
  readonly #engine: Engine;

  constructor(connection: Connection, engine: Engine) {
    this.#connection = connection;
    this.#engine = engine;
  }

  get id(): number {
    return this.#connection.id;
  }

  get lends(): boolean {
    return this.#engine.dispatcher.lends;
  }

  deliver(data: Buffer): boolean {
    return this.#engine.dispatcher.deliver(this.#connection, data);
  }

  lend(buffer: Buffer, offset: number, length: number): boolean {
    return this.#engine.dispatcher.lend(this.#connection, buffer, offset, length);
  }

  borrow(borrows: boolean): void {
    if (this.#connection.state === ConnectionState.Open) borrow(this.#connection, borrows);
  }

  fail(errorCode: ErrorCode): void {
    this.#engine.fail(this.#connection, errorCode);
  }

  pauseReading(): void {
    this.#command(CommandKind.Hold);
  }

  resumeReading(): void {
    this.#command(CommandKind.Unhold);
  }

  #command(kind: number): void {
    if (this.#connection.state === ConnectionState.Open)
      this.#connection.link.commands.write(kind, this.#connection);
  }
}

/** Opens a model's decoder for a connection. */
export function openModel(model: ReceiveModel<never>, connection: Connection, engine: Engine): void {
  // The type of what is delivered is a matter between the model and the listener.
  giveBytes(connection, model.open(new OpenConnection(connection, engine)));
}
