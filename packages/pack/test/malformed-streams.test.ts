// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { TcpPackServer } from '@hp/pack/tcp';
import { ErrorCode, SocketOperation } from '@hp/tcp';
import { dialPeer, EventLog, many, modes } from '@hp/testkit';
import { headerOf, packOf } from './support/by-hand.js';
import { roles } from './support/roles.js';

const faults = [
  { what: 'another flag', wire: packOf('hello', 6), errorCode: ErrorCode.BadMessage },
  { what: 'no flag', wire: packOf('hello'), errorCode: ErrorCode.BadMessage },
  { what: 'no body', wire: headerOf(0, 5), errorCode: ErrorCode.MessageSize },
  { what: 'a body that is too long by one', wire: headerOf(101, 5), errorCode: ErrorCode.MessageSize },
  { what: 'the longest body there is', wire: headerOf(0x3f_ffff, 5), errorCode: ErrorCode.MessageSize },
  { what: 'another flag and no body', wire: headerOf(0, 6), errorCode: ErrorCode.BadMessage },
  {
    what: 'something else entirely',
    wire: Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    errorCode: ErrorCode.BadMessage,
  },
];

describe.each(modes)('a peer that does not speak the format ($name)', ({ workerThreadCount }) => {
  describe.each(roles)('to a $role', ({ open }) => {
    test.each(faults)('is closed: $what', async ({ wire, errorCode }) => {
      await using side = await open({}, { workerThreadCount, headerFlag: 5, maxPackSize: 100 });
      side.peer.socket.write(Buffer.concat([packOf('fine', 5), wire, packOf('never told', 5)]));
      const close = await side.log.next('onClose');

      expect(close).toMatchObject({ operation: SocketOperation.Receive, errorCode });
      expect(side.log.all('onReceive').map(({ data }) => String(data))).toEqual(['fine']);
      await side.peer.ended;
      expect(side.log.count('onClose')).toBe(1);
    });

    test('may have any flag where the own one is 0, and a body of just maxPackSize', async () => {
      await using side = await open({}, { workerThreadCount, maxPackSize: 100 });
      await side.peer.send(
        Buffer.concat([packOf('a', 1), packOf('b', 0x3ff), packOf(Buffer.alloc(100, 'c'))]),
      );
      await side.log.next('onReceive', 3);

      expect(side.log.all('onReceive').map(({ data }) => data?.length)).toEqual([1, 1, 100]);
    });

    test.each([
      ['within a header', headerOf(5).subarray(0, 3)],
      ['within a body', packOf('hello').subarray(0, 8)],
      ['before a body', headerOf(5)],
    ])('that ends %s is closed in order, and what has come of the pack is dropped', async (_, wire) => {
      await using side = await open({}, { workerThreadCount });
      side.peer.end(Buffer.concat([packOf('whole'), wire]));
      const close = await side.log.next('onClose');

      expect(close).toMatchObject({ operation: SocketOperation.Close, errorCode: ErrorCode.Ok });
      expect(side.log.all('onReceive').map(({ data }) => String(data))).toEqual(['whole']);
    });

    test('that resets is closed with that', async () => {
      await using side = await open({}, { workerThreadCount });
      await side.peer.send(packOf('whole'));
      await side.log.next('onReceive');
      side.peer.reset();

      expect(await side.log.next('onClose')).toMatchObject({
        operation: SocketOperation.Receive,
        errorCode: ErrorCode.ConnectionReset,
      });
    });
  });

  test('harms nobody else', async () => {
    const log = new EventLog();
    await using server = new TcpPackServer(
      {
        onReceive: (it, id, data) => void it.send(id, data),
        onClose: (_, id, operation, errorCode) => log.add({ name: 'onClose', id, operation, errorCode }),
      },
      { workerThreadCount, headerFlag: 5 },
    );
    server.start('127.0.0.1');
    const port = server.listenAddress?.port ?? 0;
    await using good = await dialPeer(port);
    for (let count = 1; count <= faults.length; count++) {
      await using bad = await dialPeer(port);
      good.socket.write(packOf('before', 5));
      bad.socket.write(packOf('hello', 6));
      await bad.ended;
      good.socket.write(packOf('after', 5));
      await good.receivedBytes(count * 19);
    }

    expect(log.count('onClose')).toBe(faults.length);
    expect(server.connectionCount).toBe(1);
  });

  test('costs no memory for what it announces', async () => {
    await using server = new TcpPackServer({}, { workerThreadCount, maxPackSize: 0x3f_ffff });
    server.start('127.0.0.1');
    const port = server.listenAddress?.port ?? 0;
    const count = many(500);
    const before = process.memoryUsage();
    const peers = await Promise.all(Array.from({ length: count }, () => dialPeer(port)));
    try {
      await Promise.all(
        peers.map((peer) => peer.send(Buffer.concat([headerOf(0x3f_ffff), Buffer.alloc(100)]))),
      );
      for (let seen = 0; seen < count;) {
        await new Promise(setImmediate);
        seen = server.stats().bytesReceived / 104;
      }
      const after = process.memoryUsage();
      // Announced are 4 MiB each.
      expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(count * 32 * 1024);
    } finally {
      await Promise.all(peers.map((peer) => peer[Symbol.asyncDispose]()));
    }
  });
});
