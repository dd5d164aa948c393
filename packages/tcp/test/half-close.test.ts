// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { dialPeer, EventLog, modes, netListener, Pattern, repeats } from '@hp/testkit';
import { ErrorCode, SocketOperation, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';
import { agentListener, serverListener } from './support/listeners.js';
import { roles } from './support/sides.js';

const { Close } = SocketOperation;

describe.each(modes)('finishing to send ($name)', ({ workerThreadCount }) => {
  describe.each(roles)('of a $role', ({ open }) => {
    test('end() sends what is queued first, however much that is', async () => {
      await using side = await open({}, { workerThreadCount, peerReads: false });
      const sent = new Pattern();
      for (let count = 0; count < 8; count++) side.send(sent.take(2_000_000));
      expect(side.end()).toBe(true);
      side.peer.resume();
      await side.peer.ended;

      expect(side.peer.receivedLength).toBe(sent.position);
      expect(() => new Pattern().check(side.peer.received)).not.toThrow();
    });

    test('after end() receiving goes on until the peer finishes too', async () => {
      await using side = await open({}, { workerThreadCount });
      side.end();
      await side.peer.ended;
      const sent = new Pattern();
      side.peer.socket.write(sent.take(100_000));
      await side.log.receivedBytes(100_000);
      expect(side.isConnected).toBe(true);
      expect(side.log.count('onClose')).toBe(0);
      side.peer.end(sent.take(100_000));
      await side.log.next('onClose');

      expect(side.log.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
      expect(() => new Pattern().check(side.log.received())).not.toThrow();
      expect(side.log.receivedLength()).toBe(200_000);
    });

    test('end() twice, and after the peer has gone', async () => {
      await using side = await open({}, { workerThreadCount });
      expect(side.end()).toBe(true);
      expect(side.end()).toBe(true);
      side.peer.end();
      await side.log.next('onClose');

      expect(side.end()).toBe(false);
    });

    test('a peer that finishes after its request still gets the answer', async () => {
      await using side = await open({ onReceive: (it, data) => void it.send(data) }, { workerThreadCount });
      const sent = new Pattern();
      side.peer.end(sent.take(1_000_000));
      await side.peer.ended;

      expect(side.peer.receivedLength).toBe(1_000_000);
      expect(() => new Pattern().check(side.peer.received)).not.toThrow();
      expect(side.log.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
    });

    test('a peer that resets in the middle of sends: one onClose, and sends are refused', async () => {
      await using side = await open({}, { workerThreadCount });
      const block = Buffer.alloc(50_000, 1);
      for (let count = 0; count < 20; count++) side.send(block);
      await side.peer.receivedBytes(1);
      side.peer.reset();
      while (side.log.count('onClose') === 0) {
        side.send(block);
        await new Promise(setImmediate);
      }
      const { operation, errorCode } = await side.log.next('onClose');
      expect([SocketOperation.Send, SocketOperation.Receive]).toContain(operation);
      expect([ErrorCode.BrokenPipe, ErrorCode.ConnectionReset]).toContain(errorCode);
      expect(side.send(block)).toBe(false);
      await side.component.stop();

      expect(side.log.count('onClose')).toBe(1);
    });

    test('disconnect drops what is queued', async () => {
      await using side = await open({}, { workerThreadCount, peerReads: false });
      const total = 30_000_000;
      for (let sent = 0; sent < total; sent += 1_000_000) side.send(Buffer.alloc(1_000_000));
      side.close();
      await side.log.next('onClose');
      side.peer.resume();
      await Promise.race([side.peer.ended, side.peer.closed]);

      expect(side.peer.receivedLength).toBeLessThan(total);
    });
  });

  test.each(roles)('reset of a $role: the peer sees ECONNRESET', async ({ open }) => {
    await using side = await open({}, { workerThreadCount });
    side.send(Buffer.from('sent before'));
    await side.peer.receivedBytes(11);
    expect(side.reset()).toBe(true);
    expect(side.reset()).toBe(false);

    expect(await side.peer.closed).toBe('ECONNRESET');
    expect(await side.log.next('onClose')).toMatchObject({ operation: Close, errorCode: 0 });
  });

  test('a client that was reset is stopped, and does not dial again', async () => {
    await using listener = await netListener();
    await using client = new TcpClient({}, { workerThreadCount });
    const reconnect = { minDelayMs: 1 };
    await client.startAsync(listener.host, listener.port, { reconnect });
    client.reset();

    expect(await client.wait(5000)).toBe(true);
    expect(client.reset()).toBe(false);
    expect(client.lastErrorCode).toBe(ErrorCode.InvalidState);
  });

  // A defect of HP-Socket's agent, and a classic one: the end overtakes the data.
  test('100 kB and an immediate FIN arrive whole on server, agent and client', async () => {
    const sent = new Pattern().take(100_000);
    for (let round = 0; round < repeats(20, 2); round++) {
      const serverLog = new EventLog();
      await using server = new TcpServer(serverListener(serverLog), { workerThreadCount });
      server.start('127.0.0.1');
      await using peer = await dialPeer(server.listenAddress!.port);
      peer.end(sent);
      await serverLog.next('onClose');
      expect(serverLog.received().equals(sent)).toBe(true);
      expect(serverLog.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);

      await using listener = await netListener();
      const agentLog = new EventLog();
      await using agent = new TcpAgent(agentListener(agentLog), { workerThreadCount });
      agent.start();
      agent.connect(listener.host, listener.port);
      (await listener.accepted()).end(sent);
      await agentLog.next('onClose');
      expect(agentLog.received().equals(sent)).toBe(true);
      expect(agentLog.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);

      const received: Buffer[] = [];
      await using client = new TcpClient(
        { onReceive: (_client, data) => void received.push(data) },
        { workerThreadCount },
      );
      client.start(listener.host, listener.port);
      (await listener.accepted()).end(sent);
      await client.wait();
      expect(Buffer.concat(received).equals(sent)).toBe(true);
    }
  });

  test('10 MB and an immediate FIN arrive whole, by way of both ends of ours', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    server.start('127.0.0.1');
    const sent = new Pattern();
    await using client = new TcpClient(
      {
        onConnect: (it) => {
          for (let count = 0; count < 10; count++) it.send(sent.take(1_000_000));
          it.end();
        },
      },
      { workerThreadCount },
    );
    client.start('127.0.0.1', server.listenAddress!.port);
    await log.next('onClose');

    expect(log.receivedLength()).toBe(sent.position);
    expect(() => new Pattern().check(log.received())).not.toThrow();
  });

  test('RST in the middle of sends: one onClose, and nothing is sent to others by mistake', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    server.start('127.0.0.1');
    const { port } = server.listenAddress!;
    for (let round = 1; round <= 30; round++) {
      await using victim = await dialPeer(port);
      await log.next('onAccept', 2 * round - 1);
      await using other = await dialPeer(port);
      await log.next('onAccept', 2 * round);
      const id = 2 * round - 1;
      for (let count = 0; count < 20; count++) server.send(id, Buffer.alloc(50_000, 1));
      if (round % 2 === 0) await victim.receivedBytes(1);
      victim.reset();
      for (let count = 0; count < 20; count++) {
        server.send(id, Buffer.alloc(50_000, 1));
        if (count % 5 === 0) await new Promise(setImmediate);
      }
      const close = await log.next('onClose', 2 * round - 1);
      expect(close.id).toBe(id);
      expect([SocketOperation.Send, SocketOperation.Receive]).toContain(close.operation);
      expect([32, 104]).toContain(close.errorCode);
      server.send(2 * round, Buffer.from('fine'));
      expect(String(await other.receivedBytes(4))).toBe('fine');
      other.end();
      await log.next('onClose', 2 * round);
    }

    expect(log.count('onClose')).toBe(60);
  });
});
