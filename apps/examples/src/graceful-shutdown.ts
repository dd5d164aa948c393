// SPDX-License-Identifier: Apache-2.0
// A server that is told to end lets its clients have what it owes them: `stop()` alone drops what is queued.
import { setTimeout as delay } from 'node:timers/promises';
import { TcpServer } from '@hp/tcp';

/** How often it looks whether all connections are over. */
const ROUND_MS = 20;

/**
 * Sends what is queued on each connection, then its end, and stops the server: once all peers have ended too, or
 * after `deadlineMs`.
 */
export async function shutDown(server: TcpServer, deadlineMs: number): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (server.connectionCount > 0 && performance.now() < deadline) {
    // Not `disconnect(id, false)`: its connection is gone at once, and `stop` then drops what it has yet to send.
    for (const id of server.getAllConnectionIds()) server.end(id);
    await delay(ROUND_MS);
  }
  await server.stop();
}

/** An echo server that ends gently where the process is told to. */
export function serveUntilTold(port: number, deadlineMs: number): TcpServer {
  const server = new TcpServer({ onReceive: (server, id, data) => void server.send(id, data) });
  server.start('127.0.0.1', port);
  const end = (): void => void shutDown(server, deadlineMs);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  return server;
}

if (process.argv[1] === import.meta.filename) {
  const server = serveUntilTold(Number(process.argv[2] ?? 0), 10_000);
  console.log(`echo: nc 127.0.0.1 ${server.listenAddress?.port ?? 0}; Ctrl-C ends it`);
}
