// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { dialPeer, EventLog, modes, netListener } from '@hp/testkit';
import { ErrorCode, TcpAgent, TcpServer } from '@hp/tcp';
import { agentListener, serverListener } from './support/listeners.js';
import { thrownBy } from '../../core-native/test/support/thrown.js';

describe.each(modes)('maxConnections ($name)', ({ workerThreadCount }) => {
  test('of a server: the next one is sent away and told as onReject alone', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount, maxConnections: 2 });
    server.start('127.0.0.1');
    const { port } = server.listenAddress!;
    await using first = await dialPeer(port);
    await using second = await dialPeer(port);
    await log.next('onAccept', 2);
    await using third = await dialPeer(port);
    await Promise.race([third.ended, third.closed]);
    await log.next('onReject');

    expect(log.names().slice(3)).toEqual(['onReject']);
    expect(server.connectionCount).toBe(2);
    expect(server.stats()).toMatchObject({ accepted: 2, rejected: 1 });
    await first.send('served');
    expect(String(await log.receivedBytes(6))).toBe('served');
    second.end();
    await log.next('onClose');
    // With threads its place is free a moment after onClose, before its socket is closed.
    await second.ended;
    await using fourth = await dialPeer(port);
    await log.next('onAccept', 3);
    expect(fourth.socket.readyState).toBe('open');
    expect(server.stats().rejected).toBe(1);
  });

  test('of a server without onReject: counted all the same', async () => {
    await using server = new TcpServer({}, { workerThreadCount, maxConnections: 1 });
    server.start('127.0.0.1');
    const { port } = server.listenAddress!;
    await using first = await dialPeer(port);
    const others = await Promise.all(Array.from({ length: 10 }, () => dialPeer(port)));
    await Promise.all(others.map((peer) => Promise.race([peer.ended, peer.closed])));

    expect(server.stats()).toMatchObject({ accepted: 1, rejected: 10 });
    expect(first.socket.readyState).toBe('open');
    for (const peer of others) peer.socket.destroy();
  });

  test('of a server counts a connection until its onClose has returned', async () => {
    const log = new EventLog();
    await using server = new TcpServer(
      serverListener(log, { onAccept: (_server, id) => (id === 1 ? 2 : 0) }),
      { workerThreadCount, maxConnections: 1 },
    );
    server.start('127.0.0.1');
    const { port } = server.listenAddress!;
    // One that onAccept refuses gives its place back too.
    await using refused = await dialPeer(port);
    await refused.ended;
    await using served = await dialPeer(port);
    await log.next('onAccept', 2);

    expect(served.socket.readyState).toBe('open');
    expect(log.count('onReject')).toBe(0);
  });

  test('of an agent: connect throws, with no event, until a connection is gone', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount, maxConnections: 2 });
    agent.start();
    const first = agent.connect(listener.host, listener.port);
    agent.connect(listener.host, listener.port);

    const error = thrownBy(() => agent.connect(listener.host, listener.port));
    expect(error).toMatchObject({
      errno: ErrorCode.ConnectionLimit,
      systemCode: 'ERR_HP_CONNECTION_LIMIT',
    });
    await expect(agent.connectAsync(listener.host, listener.port)).rejects.toMatchObject({
      errno: ErrorCode.ConnectionLimit,
    });
    await log.next('onConnect', 2);
    expect(log.count('onPrepareConnect')).toBe(2);
    agent.disconnect(first);
    await log.next('onClose');
    expect(await agent.connectAsync(listener.host, listener.port)).toBe(3);
  });
});
