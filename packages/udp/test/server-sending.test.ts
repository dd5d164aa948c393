// SPDX-License-Identifier: Apache-2.0
// When sends leave, what is told of them, and what waits. A socket of loopback always has room: what
// waits for room, the C++ tests see.
import { describe, expect, test } from 'vitest';
import { DatagramPeer, deferred, eventually, modes, within } from '@hp/testkit';
import { ErrorCode, SendPolicy } from '@hp/udp';
import { serve } from './support/served.js';

const policies = [
  { policy: 'Pack', sendPolicy: SendPolicy.Pack },
  { policy: 'Safe', sendPolicy: SendPolicy.Safe },
  { policy: 'Direct', sendPolicy: SendPolicy.Direct },
] as const;

describe.each(modes)('what a UdpServer sends ($name)', ({ workerThreadCount }) => {
  test.each(policies)(
    '$policy: each send is a datagram, inside callbacks and outside',
    async ({ sendPolicy }) => {
      const texts = Array.from({ length: 200 }, (_each, index) => `datagram ${index}`);
      await using served = serve(
        { workerThreadCount, sendPolicy },
        {
          onReceive: (server, id) => {
            for (const text of texts.slice(0, 100)) server.send(id, Buffer.from(text));
          },
        },
      );
      const { server, port } = served;
      await using peer = await DatagramPeer.bind();
      await peer.send('x', port);
      await peer.next(100);
      const { sendCalls } = server.stats();
      for (const text of texts.slice(100)) expect(server.send(1, Buffer.from(text))).toBe(true);
      await peer.next(200);

      expect(peer.texts).toEqual(texts);
      expect(server.stats().sends).toBe(200);
      const calls = server.stats().sendCalls - sendCalls;
      const isDirect = sendPolicy === SendPolicy.Direct;
      expect(calls).toBeLessThanOrEqual(isDirect ? 100 : 10);
      // A thread takes what it finds: several sends at once, even if each is handed over at once.
      expect(calls).toBeGreaterThanOrEqual(isDirect && workerThreadCount === 0 ? 100 : 1);
    },
  );

  test.each(policies)(
    '$policy: a send outside of callbacks leaves without further ado',
    async ({ sendPolicy }) => {
      await using served = serve({ workerThreadCount, sendPolicy });
      await using peer = await DatagramPeer.bind();
      await peer.send('x', served.port);
      await served.log.next('onReceive');
      setImmediate(() => served.server.send(1, Buffer.from('later')));

      expect(String((await peer.next()).data)).toBe('later');
    },
  );

  test('onSend: once for each datagram, with its length; answers to no bytes are none', async () => {
    await using served = serve(
      { workerThreadCount },
      {
        onReceive: (server, id) => {
          for (const length of [5, 5, 5, 1, 1432, 3]) server.send(id, Buffer.alloc(length));
          server.sendPackets(id, [Buffer.alloc(4), Buffer.alloc(6)]);
        },
        onSend: () => undefined,
      },
    );
    const { log, port } = served;
    await using peer = await DatagramPeer.bind();
    await peer.send('', port);
    await peer.send('x', port);
    await log.next('onSend', 7);
    await peer.next(8);

    expect(log.all('onSend').map(({ id, length }) => [id, length])).toEqual(
      [5, 5, 5, 1, 1432, 3, 10].map((length) => [1, length]),
    );
  });

  test('nothing stays pending where the system takes it', async () => {
    let pending = Number.NaN;
    await using served = serve(
      { workerThreadCount },
      {
        onReceive: (server, id) => {
          for (let count = 0; count < 50; count++) server.send(id, Buffer.alloc(300));
          pending = server.getPendingDataLength(id) ?? Number.NaN;
        },
      },
    );
    const { server, port } = served;
    await using peer = await DatagramPeer.bind();
    await peer.send('x', port);
    await peer.next(50);

    // Inline, what was sent is carried out before it is counted; a thread may still be at it.
    expect(pending).toBeLessThanOrEqual(workerThreadCount === 0 ? 0 : 15_000);
    await eventually(() => server.getPendingDataLength(1) === 0, 'The end of what is pending');
    expect(server.stats().queuedBytes).toBe(0);
    expect(server.isCongested(1)).toBe(false);
    await server.drained(1);
    expect(server.getPendingDataLength(2)).toBeUndefined();
    expect(server.isCongested(2)).toBe(false);
    await server.drained(2);
  });

  test('more than maxPendingBytes is refused with PendingLimit, and what fits is taken', async () => {
    await using served = serve({ workerThreadCount, maxPendingBytes: 1000 });
    const { server, log, port } = served;
    await using peer = await DatagramPeer.bind();
    await peer.send('x', port);
    await log.next('onReceive');
    for (let count = 1; count <= 5; count++) {
      expect(server.send(1, Buffer.alloc(1001))).toBe(false);
      expect(server.lastErrorCode).toBe(ErrorCode.PendingLimit);
      expect(server.sendPackets(1, [Buffer.alloc(600), Buffer.alloc(401)])).toBe(false);
      expect(server.lastErrorCode).toBe(ErrorCode.PendingLimit);
      await eventually(() => server.send(1, Buffer.alloc(1000)), 'The taking of what fits');
      await peer.next(count);
    }

    expect(peer.datagrams.map(({ data }) => data.length)).toEqual(Array(5).fill(1000));
  });

  test('a send beyond highWaterMarkBytes is followed by onDrain, once it has left', async () => {
    await using served = serve(
      { workerThreadCount, highWaterMarkBytes: 1000, lowWaterMarkBytes: 100 },
      { onReceive: (server, id) => void server.send(id, Buffer.alloc(1001)) },
    );
    const { server, log, port } = served;
    await using peer = await DatagramPeer.bind();
    for (let count = 1; count <= 3; count++) {
      await peer.send('x', port);
      await peer.next(count);
      await log.next('onDrain', count);
      expect(server.isCongested(1)).toBe(false);
      await server.drained(1);
    }

    expect(log.count('onDrain')).toBe(3);
  });

  test('drained() settles when the connection ends', async () => {
    const drained = deferred();
    await using served = serve(
      { workerThreadCount, highWaterMarkBytes: 10 },
      {
        onReceive: (server, id) => {
          server.send(id, Buffer.alloc(100));
          void server.drained(id).then(() => drained.resolve());
          server.disconnect(id);
        },
      },
    );
    await using peer = await DatagramPeer.bind();
    await peer.send('x', served.port);
    await within(drained.promise, 5000, 'drained()');
    await served.log.next('onClose');
    await peer.next();

    expect(served.log.names(1)).toEqual(['onAccept', 'onReceive', 'onClose']);
  });
});
