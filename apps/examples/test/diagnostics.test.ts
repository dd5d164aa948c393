// SPDX-License-Identifier: Apache-2.0
import { channel } from 'node:diagnostics_channel';
import { expect, test, vi } from 'vitest';
import { dialPeer, eventually } from '@hp/testkit';
import { Component, TcpServer } from '@hp/tcp';
import { type ConnectionSpan, traceConnections } from '../src/diagnostics.js';

test('each connection is told when it ends: whose, how long, and how it ended', async () => {
  const spans: ConnectionSpan[] = [];
  const tracing = traceConnections((span) => spans.push(span));
  await using server = new TcpServer({ onReceive: () => undefined });
  server.start('127.0.0.1');
  await using orderly = await dialPeer(server.listenAddress!.port);
  await using abrupt = await dialPeer(server.listenAddress!.port);
  await eventually(() => server.stats().accepted === 2, 'Two connections');
  orderly.end();
  await eventually(() => spans.length === 1, 'The first span');
  abrupt.reset();
  await eventually(() => spans.length === 2, 'The second span');

  tracing[Symbol.dispose]();
  const component = Component.engineOf(server)!.index;
  expect(spans).toMatchObject([
    { component, id: 1, outcome: 'ok' },
    { component, id: 2, outcome: 'Receive ECONNRESET' },
  ]);
  expect(spans.every(({ durationMs }) => durationMs > 0 && durationMs < 10_000)).toBe(true);
});

test('connections that were open before, or close afterwards, are not told', async () => {
  const spans: ConnectionSpan[] = [];
  await using server = new TcpServer({ onReceive: () => undefined });
  server.start('127.0.0.1');
  await using before = await dialPeer(server.listenAddress!.port);
  await eventually(() => server.connectionCount === 1, 'The first connection');
  const tracing = traceConnections((span) => spans.push(span));
  before.end();
  await before.ended;
  await using after = await dialPeer(server.listenAddress!.port);
  await eventually(() => server.connectionCount === 1, 'The second connection');
  tracing[Symbol.dispose]();
  after.end();
  await after.ended;

  expect(spans).toEqual([]);
});

test('without subscribers no message is made', async () => {
  using opened = vi.spyOn(channel('hp-socket:connection:open'), 'publish');
  using closed = vi.spyOn(channel('hp-socket:connection:close'), 'publish');
  await using server = new TcpServer({ onReceive: () => undefined });
  server.start('127.0.0.1');
  for (const isTraced of [false, true]) {
    const tracing = isTraced ? traceConnections(() => undefined) : undefined;
    await using peer = await dialPeer(server.listenAddress!.port);
    await eventually(() => server.connectionCount === 1, 'The connection');
    peer.end();
    await eventually(() => server.connectionCount === 0, 'The end of the connection');
    tracing?.[Symbol.dispose]();
    expect([opened, closed].map(({ mock }) => mock.calls.length)).toEqual(isTraced ? [1, 1] : [0, 0]);
  }
});
