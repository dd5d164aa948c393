// SPDX-License-Identifier: Apache-2.0
import { Component } from '../component.js';
import { ConnectionState, type Connection } from '../connection.js';
import { SocketError } from '../enums.js';
import { describeError, ErrorCode, HpSocketError } from '../errors.js';
import { CommandKind } from '../boundary.js';
import { giveBytes } from '../model-connection.js';
import type { AdapterDecoder } from '../receive-model.js';

/**
 * Gives the bytes of a connection to an adapter: the listener's `onReceive` is not called for it any
 * more, its other events are.
 * @throws HpSocketError where there is no such connection, or a receive model or another adapter has it.
 */
export function takeOver(component: Component, id: number, decoder: AdapterDecoder): Connection {
  const connection = freeConnection(component, id);
  giveBytes(connection, decoder);
  connection.link.commands.write(CommandKind.HalfOpen, connection);
  return connection;
}

/**
 * A connection that an adapter can take.
 * @throws HpSocketError as `takeOver`.
 */
export function freeConnection(component: Component, id: number): Connection {
  const connection = Component.engineOf(component)?.find(id);
  if (connection?.state !== ConnectionState.Open) {
    throw new HpSocketError(SocketError.IllegalState, `There is no open connection ${String(id)}.`, {
      errno: ErrorCode.ObjectNotFound,
    });
  }
  if (connection.decoder !== undefined) {
    throw new HpSocketError(
      SocketError.IllegalState,
      `The bytes of connection ${String(id)} belong to a receive model or an adapter already.`,
    );
  }
  return connection;
}

/** What a connection that ended with an error, or refused a send, is to those who wait for its bytes. */
export function closeError(errorCode: ErrorCode): HpSocketError {
  return new HpSocketError(SocketError.Network, describeError(errorCode), { errno: errorCode });
}

/** Stops reading for the adapter's sake, independently of `pauseReceive`; or goes on. */
export function holdReading(connection: Connection, hold: boolean): void {
  if (connection.state !== ConnectionState.Open) return;
  connection.link.commands.write(hold ? CommandKind.Hold : CommandKind.Unhold, connection);
}
