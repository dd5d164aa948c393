// SPDX-License-Identifier: Apache-2.0
import { Duplex } from 'node:stream';
import type { Component } from '../component.js';
import { ConnectionState, type Connection } from '../connection.js';
import { SocketOperation } from '../enums.js';
import { ErrorCode } from '../errors.js';
import { closeError, holdReading, takeOver } from './take-over.js';

class ConnectionStream extends Duplex {
  readonly #connection: Connection;
  #isHeld = false;

  constructor(component: Component, id: number) {
    super({ allowHalfOpen: true, emitClose: true });
    this.#connection = takeOver(component, id, {
      receive: (data) => {
        if (this.push(data)) return;
        this.#isHeld = true;
        holdReading(this.#connection, true);
      },
      close: (errorCode) => {
        if (errorCode !== ErrorCode.Ok) {
          this.destroy(closeError(errorCode));
          return;
        }
        if (!this.destroyed) this.push(null);
        this.end();
      },
    });
  }

  override _read(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    holdReading(this.#connection, false);
  }

  override _write(data: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const connection = this.#connection;
    const { engine } = connection;
    if (data.length !== 0 && !engine.send(connection.id, data, 0, data.length)) {
      done(closeError(engine.lastErrorCode));
      return;
    }
    void engine.sending.drained(connection).then(() => {
      done();
    });
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#connection.state === ConnectionState.Open) this.#connection.engine.end(this.#connection);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const connection = this.#connection;
    if (connection.state === ConnectionState.Open) {
      connection.engine.close(connection, SocketOperation.Close, ErrorCode.Ok);
    }
    done(error);
  }
}

/**
 * A connection as a Node stream. Reading and writing obey backpressure both ways; ending it finishes
 * sending, destroying it disconnects. `onReceive` is not called for the connection any more, its other
 * events are. Where the connection ends with an error, the stream fails with an HpSocketError. A peer
 * that finishes sending ends the connection, as everywhere: what is written later fails too.
 * @throws HpSocketError where the connection is not open, or its bytes belong to a receive model.
 */
export function toDuplex(component: Component, id: number): Duplex {
  return new ConnectionStream(component, id);
}
