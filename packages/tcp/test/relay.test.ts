// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { dialPeer, EventLog, modes, netListener, Pattern, within } from '@hp/testkit';
import { ErrorCode, relay, SocketOperation, TcpServer, type ReceiveModel } from '@hp/tcp';
import { serverListener } from './support/listeners.js';
import { relayed, relaySides } from './support/relayed.js';
import { stalled } from './support/stalled.js';

const MIB = 1024 * 1024;
const { Close, Receive, Send } = SocketOperation;

describe.each(modes)('relay ($name)', ({ workerThreadCount }) => {
  test('all bytes pass in both directions at once, past onReceive', async () => {
    await using pair = await relayed(workerThreadCount);
    const [forth, back] = [new Pattern(), new Pattern()];
    for (const size of [1, 10, 1000, 70_000, 4_000_000, 3]) {
      pair.left.socket.write(forth.take(size));
      pair.right.socket.write(back.take(size));
    }
    const [atRight, atLeft] = await Promise.all([
      pair.right.receivedBytes(forth.position),
      pair.left.receivedBytes(back.position),
    ]);

    expect(() => new Pattern().check(atRight)).not.toThrow();
    expect(() => new Pattern().check(atLeft)).not.toThrow();
    expect([pair.serverLog.count('onReceive'), pair.agentLog.count('onReceive')]).toEqual([0, 0]);
  });

  test.each(['left', 'right'] as const)(
    'the end of the %s passes through after all its bytes, and the other may still answer',
    async (side) => {
      await using pair = await relayed(workerThreadCount);
      const sent = new Pattern();
      const [from, to] = side === 'left' ? [pair.left, pair.right] : [pair.right, pair.left];
      for (let count = 0; count < 5; count++) from.socket.write(sent.take(1_000_000));
      from.end(sent.take(17));
      await to.ended;
      const answer = new Pattern();
      to.socket.write(answer.take(1_000_000));
      to.end(answer.take(3_000_000));
      await from.ended;
      await within(pair.over, 5000, 'The end of the relay');

      expect(to.receivedLength).toBe(sent.position);
      expect(() => new Pattern().check(to.received)).not.toThrow();
      expect(from.receivedLength).toBe(answer.position);
      expect(() => new Pattern().check(from.received)).not.toThrow();
      expect(pair.serverLog.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
      expect(pair.agentLog.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
    },
  );

  test('the end of one waits for a slow other to take what is queued', async () => {
    const settings = { highWaterMarkBytes: 32 * MIB };
    await using pair = await relayed(workerThreadCount, { settings, reads: false });
    const sent = new Pattern();
    // More than the kernel takes for a peer that does not read, and less than stops the relay.
    while (pair.agent.stats().queuedBytes === 0) await pair.left.send(sent.take(100_000));
    pair.left.end();
    pair.right.end();
    await pair.serverLog.next('onClose');
    pair.right.resume();
    await within(pair.right.ended, 10_000, 'The end');

    expect(pair.right.receivedLength).toBe(sent.position);
    expect(() => new Pattern().check(pair.right.received)).not.toThrow();
    await within(pair.over, 5000, 'The end of the relay');
  });

  test('a reset in the middle ends the other in order, with all that came before', async () => {
    await using pair = await relayed(workerThreadCount);
    const sent = new Pattern();
    pair.left.socket.write(sent.take(100_000));
    await pair.right.receivedBytes(100_000);
    pair.left.reset();
    await pair.right.ended;
    await within(pair.over, 5000, 'The end of the relay');

    expect(pair.serverLog.all('onClose')).toMatchObject([
      { operation: Receive, errorCode: ErrorCode.ConnectionReset },
    ]);
    expect(pair.agentLog.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
    expect(pair.right.receivedLength).toBe(100_000);
  });

  test('a reset of the one that is written to ends the relay', async () => {
    await using pair = await relayed(workerThreadCount, { reads: false });
    const sent = new Pattern();
    for (let count = 0; count < 30; count++) pair.left.socket.write(sent.take(MIB));
    await stalled(pair.server);
    pair.right.reset();
    await within(pair.over, 5000, 'The end of the relay');

    expect(pair.agentLog.all('onClose')).toMatchObject([{ errorCode: ErrorCode.ConnectionReset }]);
    expect(pair.serverLog.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
  });

  test('a reset after a half-close ends both', async () => {
    await using pair = await relayed(workerThreadCount);
    // What has passed shows that the relay has begun in its threads too.
    await pair.left.send('x');
    await pair.right.receivedBytes(1);
    pair.left.end();
    await pair.right.ended;
    pair.right.reset();
    await within(pair.over, 5000, 'The end of the relay');
    await pair.left.ended;

    expect(pair.agentLog.all('onClose')).toMatchObject([{ errorCode: ErrorCode.ConnectionReset }]);
    expect(pair.serverLog.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
  });

  test('a disconnect, or the stop of one component, ends both', async () => {
    await using first = await relayed(workerThreadCount);
    first.server.disconnect(1);
    await within(first.over, 5000, 'The end of the relay');
    await first.right.ended;

    await using second = await relayed(workerThreadCount);
    await second.agent.stop();
    await within(second.over, 5000, 'The end of the relay');
    await second.left.ended;
    expect(second.serverLog.count('onClose')).toBe(1);
  });

  test('a stalled reader stalls the sender, with bounded memory, and nothing is lost', async () => {
    const total = 100 * MIB;
    await using pair = await relayed(workerThreadCount, { reads: false });
    const sent = new Pattern();
    while (sent.position < total) pair.left.socket.write(sent.take(MIB));
    pair.left.end();
    const atServer = await stalled(pair.server);
    expect(atServer.bytesReceived).toBeLessThan(24 * MIB);
    expect(atServer.readPauses).toBeGreaterThan(0);
    expect(pair.agent.stats().queuedBytes).toBeLessThan(3 * MIB);
    const passed = new Pattern();
    pair.right.socket.on('data', (data) => passed.check(data));
    pair.right.resume();
    await within(pair.right.ended, 20_000, 'The end');

    expect(passed.position).toBe(total);
  });

  test.each([100_000, 0])(
    '%i bytes and the end that came while reading was paused pass too',
    async (size) => {
      await using listener = await netListener();
      await using sides = relaySides(workerThreadCount);
      const { server, agent, log } = sides;
      await using left = await dialPeer(server.listenAddress!.port);
      const sent = new Pattern();
      left.end(sent.take(size));
      await log.next('onAccept');
      void relay(server, 1, agent, await agent.connectAsync(listener.host, listener.port));
      server.pauseReceive(1, false);
      const right = await listener.accepted();
      await right.ended;
      right.end(Buffer.from('answer'));
      await left.ended;

      expect(right.receivedLength).toBe(size);
      expect(() => new Pattern().check(right.received)).not.toThrow();
      expect(String(left.received)).toBe('answer');
      expect(log.count('onReceive')).toBe(0);
    },
  );

  test('pauses in its midst lose nothing, though its memory is used again', async () => {
    await using pair = await relayed(workerThreadCount);
    const sent = new Pattern();
    for (let count = 0; count < 8; count++) {
      pair.left.socket.write(sent.take(1_000_000));
      await pair.right.receivedBytes(sent.position - 900_000);
      pair.server.pauseReceive(1);
      await new Promise((resolve) => setImmediate(resolve));
      pair.server.pauseReceive(1, false);
    }
    pair.left.end();
    await within(pair.right.ended, 10_000, 'The end');

    expect(pair.right.receivedLength).toBe(sent.position);
    expect(() => new Pattern().check(pair.right.received)).not.toThrow();
  });

  test('more at once than the other may have pending closes with (Send, PendingLimit)', async () => {
    const settings = { maxPendingBytes: 1000, highWaterMarkBytes: 1000, lowWaterMarkBytes: 100 };
    await using pair = await relayed(workerThreadCount, { settings });
    pair.left.socket.write(Buffer.alloc(60_000));
    await within(pair.over, 5000, 'The end of the relay');

    expect(pair.serverLog.all('onClose')).toMatchObject([
      { operation: Send, errorCode: ErrorCode.PendingLimit },
    ]);
    expect(pair.agentLog.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
  });

  test('bytes for one that has finished sending are not lost silently: (Send, InvalidState)', async () => {
    await using pair = await relayed(workerThreadCount);
    pair.agent.end(1);
    await pair.right.ended;
    await pair.left.send('too late');
    await within(pair.over, 5000, 'The end of the relay');

    expect(pair.serverLog.all('onClose')).toMatchObject([
      { operation: Send, errorCode: ErrorCode.InvalidState },
    ]);
  });

  test('a connection that does not exist, is taken or has a model is refused; the other goes on', async () => {
    const upper: ReceiveModel<string> = {
      name: 'upper',
      open: (connection) => ({ receive: (data) => void connection.deliver(String(data).toUpperCase()) }),
    };
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    await using modelled = new TcpServer({}, { workerThreadCount, model: upper });
    server.start('127.0.0.1');
    modelled.start('127.0.0.1');
    await using left = await dialPeer(server.listenAddress!.port);
    await using right = await dialPeer(modelled.listenAddress!.port);
    await log.next('onAccept');
    await right.send('known when this is heard');
    await expect.poll(() => modelled.connectionCount).toBe(1);

    await expect(relay(server, 1, server, 99)).rejects.toMatchObject({ errno: ErrorCode.ObjectNotFound });
    await expect(relay(server, 1, server, 1)).rejects.toThrow('relayed to itself');
    await expect(relay(server, 1, modelled, 1)).rejects.toThrow('belong to a receive model or an adapter');
    await left.send('unharmed');
    expect(String(await log.receivedBytes(8))).toBe('unharmed');
  });
});
