// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { dialPeer, eventually, Pattern, within } from '@hp/testkit';
import { TcpServer } from '@hp/tcp';
import { shutDown } from '../src/graceful-shutdown.js';

// More than the system keeps for the two ends of a connection.
const total = 32 * 1024 * 1024;

test('a slow client gets all that it is owed, and nobody new is served', async () => {
  await using server = new TcpServer({
    onAccept: (server, id) => {
      const owed = new Pattern();
      while (owed.position < total) server.send(id, owed.take(1024 * 1024));
    },
  });
  server.start('127.0.0.1');
  const { port } = server.listenAddress!;
  await using slow = await dialPeer(port, { reads: false });
  await eventually(() => server.connectionCount === 1, 'The connection');
  const ended = shutDown(server, 20_000);
  slow.resume();
  await slow.receivedBytes(total, 20_000);
  await within(ended, 20_000, 'The end of the server');

  expect(() => new Pattern().check(slow.received)).not.toThrow();
  expect(server.hasStarted).toBe(false);
});

test('a client that takes nothing is waited for until the deadline', async () => {
  await using server = new TcpServer({
    onAccept: (server, id) => void server.send(id, Buffer.alloc(total)),
  });
  server.start('127.0.0.1');
  await using stuck = await dialPeer(server.listenAddress!.port, { reads: false });
  await eventually(() => server.connectionCount === 1, 'The connection');
  const begun = performance.now();
  await shutDown(server, 200);

  expect(performance.now() - begun).toBeGreaterThanOrEqual(200);
  expect([server.hasStarted, stuck.receivedLength]).toEqual([false, 0]);
});

test('a server without connections stops at once', async () => {
  const server = new TcpServer({});
  server.start('127.0.0.1');
  await within(shutDown(server, 60_000), 5000, 'The end of the server');

  expect(server.hasStarted).toBe(false);
});
