// SPDX-License-Identifier: Apache-2.0
import type { Duplex, DuplexOptions } from 'node:stream';
import { DISCONNECT_FLUSH } from '../boundary.js';
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
      if (!engine.sending.isCongested(connection)) {
        done();
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
      // Both ways have ended: it closes by itself, once what is queued has been sent.
      const isOver = this.readableEnded && this.writableFinished;
      if (!isOver && connection.state === ConnectionState.Open) {
        const how = this.writableFinished ? DISCONNECT_FLUSH : 0;
        engine.close(connection, SocketOperation.Close, ErrorCode.Ok, how);
      }
      done(error);
    },
  };
}

/** How `toDuplex` makes a stream. */
export interface ToDuplexOptions {
  /**
   * `true`: when the peer has finished sending, the stream can be written to until it is ended from here,
   * which is then to be done. `false`, the default: it ends itself once all has been read, as a
   * `net.Socket` does.
   */
  readonly allowHalfOpen?: boolean;
}

/**
 * A connection as a Node stream. Reading and writing obey backpressure both ways; ending it finishes
 * sending, destroying it disconnects (what it has finished writing still goes out, except from a client,
 * whose disconnect is its stop). `onReceive` is not called for the connection any more, its other events
 * are. Where the connection ends with an error, the stream fails with an HpSocketError. When the
 * peer has finished sending, the connection lives on until the stream has ended both ways, and what was
 * written by then still goes out.
 * @throws HpSocketError where the connection is not open, or its bytes belong to a receive model.
 *
 * @example
 * ```ts
 * const server = new TcpServer({
 *   onAccept: (server, id) => {
 *     const stream = toDuplex(server, id);
 *     stream.pipe(stream); // echoes
 *   },
 * });
 * ```
 */
export function toDuplex(component: Component, id: number, options: ToDuplexOptions = {}): Duplex {
  // Loaded when it is needed: that takes as long as loading all of this package.
  const { Duplex } = process.getBuiltinModule('node:stream');
  let isHeld = false;
  const connection = takeOver(component, id, {
    receive: (data) => {
      if (stream.push(data)) return;
      isHeld = true;
      holdReading(connection, true);
    },
    end: () => {
      stream.push(null);
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
    allowHalfOpen: options.allowHalfOpen ?? false,
    read() {
      if (!isHeld) return;
      isHeld = false;
      holdReading(connection, false);
    },
    ...writing(connection),
  });
  return stream;
}
