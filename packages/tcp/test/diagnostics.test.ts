// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { dialPeer, EventLog, eventually, modes, PublishedConnections } from '@hp/testkit';
import { ErrorCode, SocketOperation, TcpAgent, TcpServer } from '@hp/tcp';
import { serverListener } from './support/listeners.js';

describe.each(modes)('diagnostics_channel ($name)', ({ workerThreadCount }) => {
  test('publishes each connection that opens and closes, of both components', async () => {
    using published = new PublishedConnections();
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    await using agent = new TcpAgent({}, { workerThreadCount });
    server.start('127.0.0.1');
    agent.start();
    const id = await agent.connectAsync('127.0.0.1', server.listenAddress!.port);
    await log.next('onAccept');
    agent.reset(id);
    await log.next('onClose');
    await eventually(() => published.messages.length === 4, 'Four messages');

    const [components] = [new Set(published.messages.map(({ component }) => component))];
    expect(components.size).toBe(2);
    expect(published.messages.filter(({ channel }) => channel === 'open').map((each) => each.id)).toEqual([
      1, 1,
    ]);
    const closes = published.messages.filter(({ channel }) => channel === 'close');
    expect(closes).toContainEqual(
      expect.objectContaining({ operation: SocketOperation.Close, errorCode: ErrorCode.Ok }),
    );
    expect(closes).toContainEqual(
      expect.objectContaining({
        operation: SocketOperation.Receive,
        errorCode: ErrorCode.ConnectionReset,
      }),
    );
  });

  test('publishes without any listener, and nothing once unsubscribed', async () => {
    await using server = new TcpServer({}, { workerThreadCount });
    server.start('127.0.0.1');
    const published = new PublishedConnections();
    await using first = await dialPeer(server.listenAddress!.port);
    await eventually(() => published.messages.length === 1, 'The first message');
    published[Symbol.dispose]();
    await using second = await dialPeer(server.listenAddress!.port);
    await eventually(() => server.connectionCount === 2, 'The second connection');

    expect(published.messages).toHaveLength(1);
    expect([first, second].map(({ socket }) => socket.readyState)).toEqual(['open', 'open']);
  });
});
