// SPDX-License-Identifier: Apache-2.0
// Connections watched from outside: every component of this thread publishes them, and knows nothing of who listens.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ConnectionCloseMessage, ConnectionOpenMessage } from '@hp/core-native';
import { ErrorCode, errorName, SocketOperation, TcpServer } from '@hp/tcp';

/** A connection that is over: a span, for a tracer. */
export interface ConnectionSpan {
  /** The number of the component, and the connection's id within it. */
  readonly component: number;
  readonly id: number;
  readonly openedAt: number;
  readonly durationMs: number;
  /** `ok`, or the step that failed and why: `Receive ECONNRESET`. */
  readonly outcome: string;
}

/** Tells of each connection that ends; what was open before is not told. `using` ends it. */
export function traceConnections(report: (span: ConnectionSpan) => void): Disposable {
  const opened = new Map<string, number>();
  const keyOf = ({ component, id }: ConnectionOpenMessage): string => `${component}/${id}`;
  // A subscriber is called where the event happens, before the listener is: it should be as quick as one.
  const onOpen = (message: unknown): void => {
    opened.set(keyOf(message as ConnectionOpenMessage), performance.now());
  };
  const onClose = (message: unknown): void => {
    const close = message as ConnectionCloseMessage;
    const openedAt = opened.get(keyOf(close));
    if (openedAt === undefined) return;
    opened.delete(keyOf(close));
    const { component, id, operation, errorCode } = close;
    const outcome =
      errorCode === ErrorCode.Ok ? 'ok' : `${SocketOperation[operation]} ${errorName(errorCode)}`;
    report({ component, id, openedAt, durationMs: performance.now() - openedAt, outcome });
  };
  subscribe('hp-socket:connection:open', onOpen);
  subscribe('hp-socket:connection:close', onClose);
  return {
    [Symbol.dispose]() {
      unsubscribe('hp-socket:connection:open', onOpen);
      unsubscribe('hp-socket:connection:close', onClose);
    },
  };
}

if (process.argv[1] === import.meta.filename) {
  traceConnections(({ component, id, durationMs, outcome }) => {
    console.log(`component ${component}, connection ${id}: ${durationMs.toFixed(1)} ms, ${outcome}`);
  });
  const server = new TcpServer({ onReceive: (server, id, data) => void server.send(id, data) });
  server.start('127.0.0.1', Number(process.argv[2] ?? 0));
  console.log(`traced: nc 127.0.0.1 ${server.listenAddress?.port ?? 0}`);
}
