// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { modes } from '@hp/testkit';
import { ErrorCode, TcpClient } from '@hp/tcp';
import { roles } from './support/sides.js';

const digits = Buffer.from('0123456789');

/** What only looks like bytes, also of the sizes that native code reads by itself. */
const noBytes = [
  'text',
  42,
  new ArrayBuffer(10),
  new ArrayBuffer(20_000),
  new DataView(new ArrayBuffer(20_000)),
  new Uint16Array(5),
  new Float64Array(20_000),
] as unknown[] as Uint8Array[];

describe.each(modes)('what send takes and refuses ($name)', ({ workerThreadCount }) => {
  describe.each(roles)('of a $role', ({ open }) => {
    test('offset moves the start, length counts from there', async () => {
      await using side = await open({}, { workerThreadCount });

      expect(side.send(digits, 2, 4)).toBe(true);
      expect(side.send(digits, 8)).toBe(true);
      expect(side.send(digits, 0, 10)).toBe(true);
      expect(side.send(digits, 9, 1)).toBe(true);
      expect(side.send(digits)).toBe(true);
      expect(String(await side.peer.receivedBytes(27))).toBe(
        '2345' + '89' + '0123456789' + '9' + '0123456789',
      );
    });

    test('nothing, or what lies outside of the data, is refused as InvalidArgument', async () => {
      await using side = await open({}, { workerThreadCount });
      const wrong: [data: Uint8Array, offset?: number, length?: number][] = [
        [Buffer.alloc(0)],
        [digits, 0, 0],
        [digits, 10],
        [digits, 11],
        [digits, 0, 11],
        [digits, 2, 9],
        [digits, -1],
        [digits, -1, 5],
        [digits, 0, -1],
        [digits, Number.NaN, 4],
        [digits, 0, Number.NaN],
        [digits, 0, Infinity],
        [digits, Infinity, 1],
        ...noBytes.map((data): [Uint8Array] => [data]),
      ];
      for (const [data, offset, length] of wrong) {
        side.component.lastErrorCode = ErrorCode.Ok;
        expect([data, offset, length, side.send(data, offset, length)]).toEqual([
          data,
          offset,
          length,
          false,
        ]);
        expect(side.component.lastErrorCode).toBe(ErrorCode.InvalidArgument);
      }
      for (const data of noBytes) {
        side.component.lastErrorCode = ErrorCode.Ok;
        expect(side.sendPackets([digits, data, digits])).toBe(false);
        expect(side.component.lastErrorCode).toBe(ErrorCode.InvalidArgument);
      }
      expect(side.pendingDataLength).toBe(0);
      expect(side.sendPackets([])).toBe(false);
      expect(side.lastErrorCode).toBe(ErrorCode.InvalidArgument);
      expect(side.sendPackets([Buffer.alloc(0), Buffer.alloc(0)])).toBe(false);
      expect(side.lastErrorCode).toBe(ErrorCode.InvalidArgument);
      side.send(Buffer.from('end'));
      await side.peer.receivedBytes(3);
      expect(String(side.peer.received)).toBe('end');
      expect(side.isConnected).toBe(true);
    });

    test('one byte, and pieces around the sizes at which the way through native code changes', async () => {
      await using side = await open({}, { workerThreadCount });
      const sizes = [1, 7, 8, 9, 16_383, 16_384, 16_385, 65_519, 65_520, 65_521, 65_536, 200_000];
      const sent = sizes.map((size, index) => Buffer.alloc(size, index + 1));
      for (const data of sent) expect(side.send(data)).toBe(true);

      const total = sizes.reduce((sum, size) => sum + size, 0);
      expect((await side.peer.receivedBytes(total)).equals(Buffer.concat(sent))).toBe(true);
    });

    test('a part of a larger buffer, also of one of 16 KiB and more', async () => {
      await using side = await open({}, { workerThreadCount });
      const large = Buffer.alloc(100_000);
      for (let at = 0; at < large.length; at++) large[at] = at % 251;
      side.send(large, 1000, 20_000);
      side.send(large.subarray(50_000), 7, 30_000);
      side.send(new Uint8Array(large.buffer, large.byteOffset + 3, 10));

      const expected = [large.subarray(1000, 21_000), large.subarray(50_007, 80_007), large.subarray(3, 13)];
      expect((await side.peer.receivedBytes(50_010)).equals(Buffer.concat(expected))).toBe(true);
    });

    test('the buffer may be changed, and given away, as soon as send has returned', async () => {
      await using side = await open({}, { workerThreadCount, peerReads: false });
      const expected: Buffer[] = [];
      for (const size of [10, 20_000, 3_000_000, 15]) {
        const data = Buffer.alloc(size, 1);
        expected.push(Buffer.from(data));
        side.send(data);
        data.fill(9);
      }
      const detached = new Uint8Array(20_000).fill(2);
      expected.push(Buffer.from(detached));
      side.send(detached);
      structuredClone(detached, { transfer: [detached.buffer] });
      expect(side.send(detached)).toBe(false);
      expect(side.lastErrorCode).toBe(ErrorCode.InvalidArgument);
      side.peer.resume();

      const all = Buffer.concat(expected);
      expect((await side.peer.receivedBytes(all.length)).equals(all)).toBe(true);
    });

    test('after end(): dropped, and the stream stays as it was', async () => {
      await using side = await open({}, { workerThreadCount });
      side.send(Buffer.from('before'));
      side.end();
      side.send(Buffer.from('after'));
      await side.peer.ended;

      expect(String(side.peer.received)).toBe('before');
      expect(side.isConnected).toBe(true);
    });

    test('maxPendingBytes: all or nothing, and free again once the peer has read', async () => {
      const limit = 4_000_000;
      await using side = await open({}, { workerThreadCount, peerReads: false, maxPendingBytes: limit });
      const block = Buffer.alloc(100_000, 7);
      let sent = 0;
      for (let before = -1; before !== sent;) {
        before = sent;
        while (side.send(block)) sent += block.length;
        expect(side.lastErrorCode).toBe(ErrorCode.PendingLimit);
        // The kernel may take some of it yet.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const pending = side.pendingDataLength;
      expect(pending).toBeLessThanOrEqual(limit);
      expect(pending).toBeGreaterThan(limit - block.length);
      expect(side.sendPackets([block, block])).toBe(false);
      expect(side.lastErrorCode).toBe(ErrorCode.PendingLimit);
      expect(side.send(block, 0, limit - pending)).toBe(true);
      sent += limit - pending;
      expect(side.send(block, 0, 1)).toBe(false);
      expect(side.lastErrorCode).toBe(ErrorCode.PendingLimit);
      side.peer.resume();
      await side.drained();
      expect(side.send(block)).toBe(true);
      sent += block.length;
      await side.peer.receivedBytes(sent);
      expect(side.peer.receivedLength).toBe(sent);
    });

    test('maxPendingBytes may be lower than the mark of congestion', async () => {
      await using side = await open({}, { workerThreadCount, peerReads: false, maxPendingBytes: 1000 });

      expect(side.send(Buffer.alloc(1001))).toBe(false);
      expect(side.lastErrorCode).toBe(ErrorCode.PendingLimit);
      expect(side.send(Buffer.alloc(1000))).toBe(true);
    });
  });

  test('a client that was never started: InvalidState', () => {
    const client = new TcpClient({}, { workerThreadCount });

    expect(client.send(digits)).toBe(false);
    expect(client.lastErrorCode).toBe(ErrorCode.InvalidState);
    expect(client.sendPackets([digits])).toBe(false);
    expect(client.sendSmallFile(import.meta.filename)).toBe(false);
    expect(client.lastErrorCode).toBe(ErrorCode.InvalidState);
    expect(client.end()).toBe(false);
    expect(client.pendingDataLength).toBe(0);
    expect(client.isCongested).toBe(false);
    expect(client.isPauseReceive).toBe(false);
  });
});
