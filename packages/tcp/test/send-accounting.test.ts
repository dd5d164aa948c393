// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { EventLog, eventually, modes, Pattern } from '@hp/testkit';
import { SendPolicy, TcpAgent, TcpServer } from '@hp/tcp';
import { agentListener, serverListener } from './support/listeners.js';
import { roles } from './support/sides.js';

describe.each(modes)('accounts of what is sent ($name)', ({ workerThreadCount }) => {
  describe.each(roles)('of a $role', ({ open }) => {
    test('the lengths of onSend add up to the bytes on the wire', async () => {
      await using side = await open({ onSend: () => {} }, { workerThreadCount, peerReads: false });
      const sent = new Pattern();
      for (const size of [1, 100, 20_000, 4e6, 4e6, 4e6, 4e6, 7]) side.send(sent.take(size));
      side.sendPackets([sent.take(10), sent.take(50_000)]);
      const told = () => side.log.all('onSend').reduce((sum, { length = 0 }) => sum + length, 0);
      await side.log.next('onSend');
      expect(told()).toBeLessThan(sent.position);
      side.peer.resume();
      await side.peer.receivedBytes(sent.position);
      await side.log.until(() => told() >= sent.position, 'The last onSend');

      expect(told()).toBe(sent.position);
      expect(side.log.all('onSend').every(({ length = 0 }) => length > 0)).toBe(true);
      expect(side.component.stats().bytesSent).toBe(sent.position);
    });

    test('the pending length grows while the peer does not read, and falls to 0 after', async () => {
      await using side = await open({}, { workerThreadCount, peerReads: false });
      expect(side.pendingDataLength).toBe(0);
      const block = Buffer.alloc(1024 * 1024);
      let sent = 0;
      for (; sent < 16 * block.length; sent += block.length) side.send(block);
      const pending = side.pendingDataLength;
      expect(pending).toBeGreaterThan(0);
      expect(pending).toBeLessThanOrEqual(sent);
      side.send(Buffer.from('more'));
      sent += 4;
      await eventually(() => side.component.stats().queuedBytes > 0, 'Queued bytes in stats()');
      side.peer.resume();
      await side.peer.receivedBytes(sent);
      await eventually(() => side.pendingDataLength === 0, 'The end of pending bytes');
      await eventually(() => side.component.stats().queuedBytes === 0, 'The same in stats()');
    });

    test('small sends are pending until they are flushed, not after', async () => {
      await using side = await open({}, { workerThreadCount });
      side.send(Buffer.from('abc'));
      await side.peer.receivedBytes(3);
      await eventually(() => side.pendingDataLength === 0, 'The end of pending bytes');

      expect(side.isCongested).toBe(false);
    });
  });

  test.each([SendPolicy.Pack, SendPolicy.Safe, SendPolicy.Direct])(
    'stats() of both ends agree with what was sent (policy %i)',
    async (sendPolicy) => {
      const serverLog = new EventLog();
      const agentLog = new EventLog();
      await using server = new TcpServer(
        serverListener(serverLog, { onReceive: (sender, id, data) => void sender.send(id, data) }),
        { workerThreadCount, sendPolicy },
      );
      await using agent = new TcpAgent(agentListener(agentLog), { workerThreadCount, sendPolicy });
      expect(server.stats().accepted).toBe(0);
      server.start('127.0.0.1');
      agent.start();
      const { port } = server.listenAddress!;
      const ids = await Promise.all(Array.from({ length: 5 }, () => agent.connectAsync('127.0.0.1', port)));
      const message = Buffer.alloc(1000);
      for (const id of ids) for (let count = 0; count < 10; count++) agent.send(id, message);
      await agentLog.receivedBytes(50_000);
      agent.disconnect(ids[0]!);
      await serverLog.next('onClose');
      // A thread counts what it sent after the peer may have it.
      const sent = () => [server, agent].map((each) => each.stats().bytesSent);
      await eventually(() => sent().every((bytes) => bytes === 50_000), 'The count of all bytes');

      const atServer = server.stats();
      const atAgent = agent.stats();
      expect(atServer).toMatchObject({ accepted: 5, connected: 0, closed: 1, rejected: 0, acceptPauses: 0 });
      expect(atAgent).toMatchObject({ accepted: 0, connected: 5, closed: 1, sends: 50 });
      expect(atServer).toMatchObject({ bytesReceived: 50_000, bytesSent: 50_000, queuedBytes: 0 });
      expect(atAgent).toMatchObject({ bytesReceived: 50_000, bytesSent: 50_000, queuedBytes: 0 });
      expect(atServer.receives).toBe(serverLog.count('onReceive'));
      expect(atServer.sends).toBe(serverLog.count('onReceive'));
      expect(atServer.receiveCalls).toBeGreaterThanOrEqual(atServer.receives);
      expect(atServer.sendCalls).toBeGreaterThan(0);
      expect(atServer.batches).toBeGreaterThan(0);
      expect(atServer.batchedEvents).toBeGreaterThanOrEqual(serverLog.count('onReceive') + 6);
    },
  );

  test('stats() of a component that is stopped are zeros, and begin anew', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    await using agent = new TcpAgent({}, { workerThreadCount });
    server.start('127.0.0.1');
    agent.start();
    await agent.connectAsync('127.0.0.1', server.listenAddress!.port);
    await log.next('onAccept');
    expect(server.stats().accepted).toBe(1);
    await server.stop();
    expect(Object.values(server.stats()).every((value) => value === 0)).toBe(true);
    server.start('127.0.0.1');
    expect(server.stats().accepted).toBe(0);
  });

  test('batches: many events reach JavaScript in few calls', async () => {
    const log = new EventLog();
    await using server = new TcpServer(
      serverListener(log, { onReceive: (sender, id, data) => void sender.send(id, data) }),
      { workerThreadCount },
    );
    const agentLog = new EventLog();
    await using agent = new TcpAgent(agentListener(agentLog), { workerThreadCount });
    server.start('127.0.0.1');
    agent.start();
    const { port } = server.listenAddress!;
    const ids = await Promise.all(Array.from({ length: 100 }, () => agent.connectAsync('127.0.0.1', port)));
    await log.next('onAccept', 100);
    const before = server.stats();
    for (const id of ids) agent.send(id, Buffer.alloc(64));
    if (workerThreadCount > 0) {
      // Once the sends are flushed, threads need no JavaScript: all arrives while it is busy.
      await Promise.resolve();
      while (server.stats().receives - before.receives < 100);
    }
    await agentLog.receivedBytes(6400);
    const after = server.stats();

    expect(after.batchedEvents - before.batchedEvents).toBeGreaterThanOrEqual(100);
    expect(after.batches - before.batches).toBeLessThan(50);
  });
});
