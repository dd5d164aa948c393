// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { dialPeer, EventLog, modes, netListener } from '@hp/testkit';
import { type SocketAddress, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';
import { agentListener, clientListener, serverListener } from './support/listeners.js';

describe.each(modes)('what is known of a connection ($name)', ({ workerThreadCount }) => {
  test('extra: nothing at first, then what was set, for each connection its own', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), {
      workerThreadCount,
    });
    server.start('127.0.0.1');
    await using a = await dialPeer(server.listenAddress!.port);
    await log.next('onAccept');
    await using b = await dialPeer(server.listenAddress!.port);
    await log.next('onAccept', 2);
    expect(server.getConnectionExtra(1)).toBeUndefined();
    expect(server.setConnectionExtra(1, { name: 'one' })).toBe(true);
    expect(server.getConnectionExtra(1)).toEqual({ name: 'one' });
    expect(server.getConnectionExtra(2)).toBeUndefined();
    a.end();
    await log.next('onClose');
    expect(server.getConnectionExtra(1)).toBeUndefined();
    await using c = await dialPeer(server.listenAddress!.port);
    await log.next('onAccept', 3);

    expect(server.getConnectionExtra(3)).toBeUndefined();
    expect([b, c].every((peer) => peer.socket.readyState === 'open')).toBe(true);
  });

  test('extra given to connect is there in onConnect and in the onClose of a failed connect', async () => {
    await using listener = await netListener();
    const seen: unknown[] = [];
    const log = new EventLog();
    await using agent = new TcpAgent(
      agentListener(log, {
        onConnect: (sender, id) => void seen.push(['onConnect', sender.getConnectionExtra(id)]),
        onClose: (sender, id) =>
          void seen.push(['onClose', sender.getConnectionExtra(id), sender.getRemoteHost(id)]),
      }),
      { workerThreadCount },
    );
    agent.start();
    agent.connect(listener.host, listener.port, { extra: 'good' });
    await log.next('onConnect');
    agent.connect('127.0.0.1', 1, { extra: 'bad' });
    await log.next('onClose');

    expect(seen).toEqual([
      ['onConnect', 'good'],
      ['onClose', 'bad', { host: '127.0.0.1', port: 1 }],
    ]);
  });

  test('the extra of a client is its own and survives restarts', async () => {
    await using listener = await netListener();
    await using client: TcpClient<{ name: string }> = new TcpClient({}, { workerThreadCount });
    client.extra = { name: 'kept' };
    await client.startAsync(listener.host, listener.port);
    await client.stop();
    await client.startAsync(listener.host, listener.port);

    expect(client.extra.name).toBe('kept');
  });

  test('ids and count: all that live, none twice', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    server.start('127.0.0.1');
    expect(server.getAllConnectionIds()).toEqual([]);
    await using a = await dialPeer(server.listenAddress!.port);
    await using b = await dialPeer(server.listenAddress!.port);
    await using c = await dialPeer(server.listenAddress!.port);
    await log.next('onAccept', 3);
    expect(server.getAllConnectionIds().sort()).toEqual([1, 2, 3]);
    server.disconnect(2);
    expect(server.connectionCount).toBe(3);
    await log.next('onClose');
    await Promise.race([a.ended, b.ended, c.ended]);

    expect(server.getAllConnectionIds().sort()).toEqual([1, 3]);
    expect(server.connectionCount).toBe(2);
  });

  test('an agent counts connections that are still being made', async () => {
    await using listener = await netListener();
    await using agent = new TcpAgent({}, { workerThreadCount });
    agent.start();
    const id = agent.connect(listener.host, listener.port);

    expect(agent.connectionCount).toBe(1);
    expect(agent.getAllConnectionIds()).toEqual([id]);
    expect(agent.isConnected(id)).toBe(false);
    expect(agent.getRemoteHost(id)).toEqual({ host: listener.host, port: listener.port });
    expect(agent.getPendingDataLength(id)).toBe(0);
    expect(agent.getLocalAddress(id)).toBeUndefined();
  });

  test.each(['127.0.0.1', '::1'])('addresses of all three roles agree on %s', async (host) => {
    const log = new EventLog();
    let inAccept: [SocketAddress | undefined, SocketAddress | undefined] | undefined;
    await using server = new TcpServer(
      serverListener(log, {
        onAccept: (sender, id, socket) => {
          inAccept = [socket.localAddress, socket.remoteAddress];
          expect(sender.getRemoteAddress(id)).toEqual(socket.remoteAddress);
        },
      }),
      { workerThreadCount },
    );
    server.start(host);
    const listening = server.listenAddress!;
    expect(listening).toEqual({ address: host, port: listening.port });
    expect(listening.port).toBeGreaterThan(0);

    await using agent = new TcpAgent({}, { workerThreadCount });
    agent.start();
    const id = await agent.connectAsync(host, listening.port);
    await log.next('onAccept');
    expect(agent.getRemoteAddress(id)).toEqual(listening);
    expect(server.getLocalAddress(1)).toEqual(listening);
    expect(server.getRemoteAddress(1)).toEqual(agent.getLocalAddress(id));
    expect(agent.getLocalAddress(id)?.address).toBe(host);
    expect(inAccept).toEqual([listening, agent.getLocalAddress(id)]);

    await using client = new TcpClient({}, { workerThreadCount });
    expect([client.localAddress, client.remoteAddress]).toEqual([undefined, undefined]);
    await client.startAsync(host, listening.port);
    await log.next('onAccept', 2);
    expect(client.remoteAddress).toEqual(listening);
    expect(client.localAddress).toEqual(server.getRemoteAddress(2));
    expect(client.remoteHost).toEqual({ host, port: listening.port });
  });

  test('listenAddress is there from start to stop', async () => {
    await using server = new TcpServer({}, { workerThreadCount });
    server.start();
    expect(server.listenAddress?.address).toBe('0.0.0.0');
    const stopped = server.stop();
    expect(server.listenAddress).toBeUndefined();
    await stopped;
    server.start('localhost');
    expect(server.listenAddress?.address).toBe('127.0.0.1');
  });

  test('isSecure and hasStarted', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using client = new TcpClient(clientListener(log), { workerThreadCount });

    expect([client.isSecure, client.hasStarted]).toEqual([false, false]);
    client.start(listener.host, listener.port);
    expect([client.hasStarted, client.isConnected]).toEqual([true, false]);
    await log.next('onConnect');
    expect([client.hasStarted, client.isConnected]).toEqual([true, true]);
    await client.stop();
    expect([client.hasStarted, client.isConnected]).toEqual([false, false]);
  });
});
