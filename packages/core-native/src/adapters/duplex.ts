// SPDX-License-Identifier: Apache-2.0
import type { Duplex, DuplexOptions } from 'node:stream';
import type { Component } from '../component.js';
import { ConnectionState, type Connection } from '../connection.js';
import { SocketOperation } from '../enums.js';
import { ErrorCode } from '../errors.js';
import { closeError, holdReading, takeOver } from './take-over.js';

/** What the stream asks of the connection, apart from reading. */
function writing(connection: Connection): DuplexOptions {
  const { engine } = connection;
  return {
    write(data: Buffer, _encoding, done) {
      if (data.length !== 0 && !engine.send(connection.id, data, 0, data.length)) {
        done(closeError(engine.lastErrorCode));
        return;
      }
      void engine.sending.drained(connection).then(() => {
        done();
      });
    },
    final(done) {
      if (connection.state === ConnectionState.Open) engine.end(connection);
      done();
    },
    destroy(error, done) {
      if (connection.state === ConnectionState.Open) {
        engine.close(connection, SocketOperation.Close, ErrorCode.Ok);
      }
      done(error);
    },
  };
}

/**
 * A connection as a Node stream. Reading and writing obey backpressure both ways; ending it finishes
 * sending, destroying it disconnects. `onReceive` is not called for the connection any more, its other
 * events are. Where the connection ends with an error, the stream fails with an HpSocketError. A peer
 * that finishes sending ends the connection, as everywhere: what is written later fails too.
 * @throws HpSocketError where the connection is not open, or its bytes belong to a receive model.
 */
export function toDuplex(component: Component, id: number): Duplex {
  // Loaded when it is needed: that takes as long as loading all of this package.
  const { Duplex } = process.getBuiltinModule('node:stream');
  let isHeld = false;
  const connection = takeOver(component, id, {
    receive: (data) => {
      if (stream.push(data)) return;
      isHeld = true;
      holdReading(connection, true);
    },
    close: (errorCode) => {
      if (errorCode !== ErrorCode.Ok) {
        stream.destroy(closeError(errorCode));
        return;
      }
      if (!stream.destroyed) stream.push(null);
      stream.end();
    },
  });
  const stream = new Duplex({
    read() {
      if (!isHeld) return;
      isHeld = false;
      holdReading(connection, false);
    },
    ...writing(connection),
  });
  return stream;
}
