// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { dialPeer, EventLog, modes, netListener } from '@hp/testkit';
import { ErrorCode, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';
import { serverListener } from './support/listeners.js';

describe.each(modes)('connection ids ($name)', ({ workerThreadCount }) => {
  test('of a server start at 1 and go on after a restart', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    for (const expected of [1, 3, 5]) {
      server.start('127.0.0.1');
      await using a = await dialPeer(server.listenAddress!.port);
      await log.next('onAccept', expected);
      await using b = await dialPeer(server.listenAddress!.port);
      await log.next('onAccept', expected + 1);
      expect(server.getAllConnectionIds()).toEqual([expected, expected + 1]);
      await server.stop();
      await Promise.all([a.ended, b.ended]);
    }

    expect(log.all('onAccept').map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('of an agent start at 1, also count connects that failed, and go on after a restart', async () => {
    await using listener = await netListener();
    await using agent = new TcpAgent({}, { workerThreadCount });
    agent.start();
    const first = agent.connect(listener.host, listener.port);
    await expect(agent.connectAsync('127.0.0.1', 1)).rejects.toThrow();
    const third = agent.connect(listener.host, listener.port);
    expect([first, third]).toEqual([1, 3]);
    await agent.stop();
    agent.start();

    expect(agent.connect(listener.host, listener.port)).toBe(4);
  });

  test('1,000 connects through one agent: 1,000 ids', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    await using agent = new TcpAgent({}, { workerThreadCount });
    server.start('127.0.0.1');
    agent.start();
    const { port } = server.listenAddress!;
    const ids = await Promise.all(Array.from({ length: 1000 }, () => agent.connectAsync('127.0.0.1', port)));
    await log.next('onAccept', 1000);

    expect(new Set(ids).size).toBe(1000);
    expect(new Set(log.all('onAccept').map(({ id }) => id)).size).toBe(1000);
    expect(agent.connectionCount).toBe(1000);
    expect(server.connectionCount).toBe(1000);
  });

  test('of clients are 0 before the first start and new at each one, from one counter', async () => {
    await using listener = await netListener();
    await using a = new TcpClient({}, { workerThreadCount });
    await using b = new TcpClient({}, { workerThreadCount });
    expect([a.connectionId, b.connectionId]).toEqual([0, 0]);
    await a.startAsync(listener.host, listener.port);
    await b.startAsync(listener.host, listener.port);
    const ids = [a.connectionId, b.connectionId];
    await a.stop();
    await a.startAsync(listener.host, listener.port);
    ids.push(a.connectionId);

    expect(ids[0]).toBeGreaterThan(0);
    expect(ids).toEqual([ids[0], ids[0]! + 1, ids[0]! + 2]);
  });

  test('a stale id never reaches the connection that came after it', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    server.start('127.0.0.1');
    const { port } = server.listenAddress!;
    for (let id = 1; id <= 20; id++) {
      await using peer = await dialPeer(port);
      await log.next('onAccept', id);
      for (let stale = 1; stale < id; stale++) {
        expect(server.send(stale, Buffer.from('stray'))).toBe(false);
        expect(server.lastErrorCode).toBe(ErrorCode.ObjectNotFound);
        expect(server.disconnect(stale)).toBe(false);
        expect(server.end(stale)).toBe(false);
        expect(server.reset(stale)).toBe(false);
        expect(server.pauseReceive(stale)).toBe(false);
      }
      server.send(id, Buffer.from('mine'));
      expect(String(await peer.receivedBytes(4))).toBe('mine');
      server.disconnect(id);
      await peer.ended;
      expect(String(peer.received)).toBe('mine');
      await log.next('onClose', id);
    }
  });

  test('a send queued in the batch in which its connection closes is dropped, not misdelivered', async () => {
    const log = new EventLog();
    await using server = new TcpServer(
      serverListener(log, {
        onClose: (sender, id) => {
          for (let other = 1; other <= id + 1; other++) {
            if (other !== 2) sender.send(other, Buffer.from('stray'));
          }
        },
      }),
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    const first = await dialPeer(server.listenAddress!.port);
    await log.next('onAccept');
    first.socket.destroy();
    await using second = await dialPeer(server.listenAddress!.port);
    await log.next('onClose');
    await log.next('onAccept', 2);
    server.send(2, Buffer.from('mine'));

    expect(String(await second.receivedBytes(4))).toBe('mine');
  });

  test.each([0, -1, 1.5, Number.NaN, Infinity, 2 ** 32 + 1, 2 ** 53, '1' as never, undefined as never])(
    '%s is no connection',
    async (id) => {
      const log = new EventLog();
      await using server = new TcpServer(serverListener(log), { workerThreadCount });
      server.start('127.0.0.1');
      await using peer = await dialPeer(server.listenAddress!.port);
      await log.next('onAccept');

      expect(server.send(id, Buffer.from('stray'))).toBe(false);
      expect(server.lastErrorCode).toBe(ErrorCode.ObjectNotFound);
      expect(server.sendPackets(id, [Buffer.from('stray')])).toBe(false);
      expect(server.sendSmallFile(id, import.meta.filename)).toBe(false);
      expect(server.disconnect(id)).toBe(false);
      expect(server.isConnected(id)).toBe(false);
      expect(server.isPauseReceive(id)).toBeUndefined();
      expect(server.isCongested(id)).toBe(false);
      expect(server.getPendingDataLength(id)).toBeUndefined();
      expect(server.getConnectPeriod(id)).toBeUndefined();
      expect(server.getSilencePeriod(id)).toBeUndefined();
      expect(server.getLocalAddress(id)).toBeUndefined();
      expect(server.getRemoteAddress(id)).toBeUndefined();
      expect(server.setConnectionExtra(id, 'x')).toBe(false);
      expect(server.getConnectionExtra(id)).toBeUndefined();
      await server.drained(id);
      expect(server.isConnected(1)).toBe(true);
      server.send(1, Buffer.from('mine'));
      expect(String(await peer.receivedBytes(4))).toBe('mine');
    },
  );

  test('calls on a component that does not run are refused', () => {
    const server = new TcpServer({}, { workerThreadCount });

    expect(server.send(1, Buffer.from('x'))).toBe(false);
    expect(server.lastErrorCode).toBe(ErrorCode.ObjectNotFound);
    expect(server.connectionCount).toBe(0);
    expect(server.getAllConnectionIds()).toEqual([]);
    expect(server.disconnect(1)).toBe(false);
    expect(server.disconnectLongConnections(0)).toBe(false);
    expect(server.disconnectSilenceConnections(0)).toBe(false);
    expect(server.getPendingDataLength(1)).toBeUndefined();
    expect(server.listenAddress).toBeUndefined();
  });

  test('places of closed connections are used again', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    server.start('127.0.0.1');
    const before = server.stats().cachedConnections;
    for (let count = 1; count <= 50; count++) {
      await using peer = await dialPeer(server.listenAddress!.port);
      await log.next('onAccept', count);
      peer.end();
      await log.next('onClose', count);
    }

    expect(log.all('onAccept').map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(server.stats().cachedConnections).toBeLessThan(before + 10);
  });
});
