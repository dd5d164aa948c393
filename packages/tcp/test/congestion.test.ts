// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { deferred, dialPeer, EventLog, eventually, modes, Pattern, within } from '@hp/testkit';
import { TcpAgent, TcpServer } from '@hp/tcp';
import { serverListener } from './support/listeners.js';
import { roles, type Side } from './support/sides.js';

const block = Buffer.alloc(256 * 1024, 1);

/** Sends until the connection counts as congested; how much that was. */
async function congest(side: Pick<Side, 'component' | 'isCongested' | 'send'>): Promise<number> {
  let sent = 0;
  // A thread may not have tried to send it yet, and the kernel may take it a moment later. It is congested on return.
  for (let quiet = 0; ;) {
    if (!side.isCongested) {
      quiet = 0;
      side.send(block);
      sent += block.length;
    } else if (side.component.stats().queuedBytes > 0 && ++quiet === 3) {
      return sent;
    } else {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

describe.each(modes)('congestion ($name)', ({ workerThreadCount }) => {
  describe.each(roles)('of a $role', ({ open }) => {
    test('begins above the high-water mark and ends with one onDrain at the low-water mark', async () => {
      const pendingAtDrain: number[] = [];
      const marks = { highWaterMarkBytes: 2_000_000, lowWaterMarkBytes: 500_000 };
      await using side = await open(
        { onDrain: (it) => void pendingAtDrain.push(it.pendingDataLength) },
        { workerThreadCount, peerReads: false, ...marks },
      );
      expect(side.isCongested).toBe(false);
      const sent = await congest(side);
      expect(side.pendingDataLength).toBeGreaterThan(marks.highWaterMarkBytes);
      // The kernel may have caught up once while it was being filled.
      const before = side.log.count('onDrain');
      side.peer.resume();
      await side.log.next('onDrain', before + 1);

      expect(pendingAtDrain.at(-1)).toBeLessThanOrEqual(marks.lowWaterMarkBytes);
      expect(side.isCongested).toBe(false);
      await side.peer.receivedBytes(sent);
      expect(side.log.count('onDrain')).toBe(before + 1);
    });

    test('tells onDrain anew each time', async () => {
      await using side = await open({}, { workerThreadCount, peerReads: false });
      let sent = 0;
      for (let round = 1; round <= 3; round++) {
        sent += await congest(side);
        const before = side.log.count('onDrain');
        side.peer.resume();
        await side.log.next('onDrain', before + 1);
        await side.peer.receivedBytes(sent);
        side.peer.pause();
      }

      expect(side.isCongested).toBe(false);
    });

    test('drained() settles at once, at the drain, for all who wait, and at the close', async () => {
      await using side = await open({}, { workerThreadCount, peerReads: false });
      await within(side.drained(), 1000, 'drained() of a connection that is not congested');
      await congest(side);
      let settled = 0;
      const waiting = Array.from({ length: 3 }, () => side.drained().then(() => settled++));
      await new Promise(setImmediate);
      expect(settled).toBe(0);
      side.peer.resume();
      await within(Promise.all(waiting), 5000, 'drained()');
      side.peer.pause();
      await congest(side);
      const last = side.drained();
      side.close();
      await within(last, 5000, 'drained() of a closed connection');
    });

    test('is not told for sends below the mark', async () => {
      await using side = await open({}, { workerThreadCount });
      side.send(Buffer.alloc(500_000));
      await side.peer.receivedBytes(500_000);

      expect(side.log.count('onDrain')).toBe(0);
    });
  });

  test('a producer that waits for onDrain keeps the queue at the mark', async () => {
    const total = 50_000_000;
    let longest = 0;
    const sent = new Pattern();
    const finished = deferred();
    const fill = (side: Side): void => {
      while (!side.isCongested && sent.position < total) {
        side.send(sent.take(100_000));
        longest = Math.max(longest, side.pendingDataLength);
      }
      if (sent.position >= total) finished.resolve();
    };
    await using side = await roles[0]!.open({ onDrain: fill }, { workerThreadCount });
    fill(side);
    await within(finished.promise, 20_000, 'The last send');
    const received = await side.peer.receivedBytes(total, 20_000);

    expect(() => new Pattern().check(received)).not.toThrow();
    expect(longest).toBeLessThanOrEqual(1024 * 1024 + 100_000);
  });

  test('of a server pauses its reading, of an agent does not', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port, { reads: false });
    await log.next('onAccept');
    await congest({
      component: server,
      get isCongested() {
        return server.isCongested(1);
      },
      send: (data) => server.send(1, data),
    });
    await eventually(() => server.stats().readPauses > 0, 'The pause of reading');
    await peer.send('unheard');
    server.send(1, Buffer.from('x'));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(log.count('onReceive')).toBe(0);
    peer.resume();
    expect(String(await log.receivedBytes(7))).toBe('unheard');

    await using side = await roles[1]!.open({}, { workerThreadCount, peerReads: false });
    await congest(side);
    await side.peer.send('heard');
    expect(String(await side.log.receivedBytes(5))).toBe('heard');
    expect(side.component.stats().readPauses).toBe(0);
    expect(side.component).toBeInstanceOf(TcpAgent);
  });

  test('pauseReadsWhenCongested: false lets a server read on', async () => {
    await using side = await roles[0]!.open(
      {},
      { workerThreadCount, peerReads: false, pauseReadsWhenCongested: false },
    );
    await congest(side);
    await side.peer.send('heard');

    expect(String(await side.log.receivedBytes(5))).toBe('heard');
  });
});

const threaded = modes.filter(({ workerThreadCount }) => workerThreadCount > 0);

describe.each(threaded)('congestion while JavaScript is busy ($name)', ({ workerThreadCount }) => {
  test('onDrain is not told for a drain that more sends have overtaken, and is told for the next', async () => {
    const congestedAtDrain: boolean[] = [];
    const log = new EventLog();
    await using server = new TcpServer(
      serverListener(log, { onDrain: (it, id) => void congestedAtDrain.push(it.isCongested(id)) }),
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    const side = {
      component: server,
      get isCongested() {
        return server.isCongested(1);
      },
      send: (data: Buffer) => server.send(1, data),
    };
    const { port1: orders, port2: messages } = new MessageChannel();
    const state = new SharedArrayBuffer(4);
    const reader = new Worker(path.join(import.meta.dirname, 'children/reader.mjs'), {
      workerData: { port: server.listenAddress!.port, messages, state },
      transferList: [messages],
    });
    const tell = (reads: boolean): void => {
      orders.postMessage(reads);
      Atomics.wait(new Int32Array(state), 0, reads ? 0 : 1);
    };
    await log.next('onAccept');
    await congest(side);
    // JavaScript is busy while the queue drains and fills again.
    tell(true);
    while (server.stats().queuedBytes > 0);
    tell(false);
    for (let sent = 0; sent < 64 * block.length; sent += block.length) side.send(block);
    expect(side.isCongested).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    tell(true);
    await log.next('onDrain');

    expect(congestedAtDrain).not.toContain(true);
    await reader.terminate();
  });
});
