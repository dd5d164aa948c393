// SPDX-License-Identifier: Apache-2.0
// What goes in at one end comes out at the other, pack by pack.
import { describe, expect, test } from 'vitest';
import { ErrorCode, SendPolicy } from '@hp/tcp';
import { eventually, modes, Pattern, TemporaryDirectory } from '@hp/testkit';
import { packOf, packsIn } from './support/by-hand.js';
import { roles } from './support/roles.js';

const MAX = 100_000;
const policies = [SendPolicy.Pack, SendPolicy.Safe, SendPolicy.Direct].map((sendPolicy) => ({
  sendPolicy,
  policy: SendPolicy[sendPolicy],
}));
/** Short and long ones, about every size at which something changes. */
const lengths = [1, 2, 3, 4, 5, 63, 1024, 8191, 16_383, 16_384, 16_385, 65_532, 65_536, MAX - 1, MAX];

describe.each(modes)('packs ($name)', ({ workerThreadCount }) => {
  describe.each(roles)('of a $role', ({ role, open }) => {
    test.each(policies)('come and go whole, policy $policy', async ({ sendPolicy }) => {
      const received: Buffer[] = [];
      await using side = await open(
        { onReceive: (_, data) => void received.push(data) },
        { workerThreadCount, maxPackSize: MAX, headerFlag: 77, ...(role !== 'client' && { sendPolicy }) },
      );
      const pattern = new Pattern();
      const bodies = lengths.map((length) => pattern.take(length));
      const total = bodies.reduce((sum, { length }) => sum + length + 4, 0);
      for (const body of bodies) expect(side.send(body)).toBe(true);
      const found = packsIn(await side.peer.receivedBytes(total));
      expect(found.map(({ flag, body }) => [flag, body.length])).toEqual(
        lengths.map((length) => [77, length]),
      );
      expect(Buffer.concat(found.map(({ body }) => body)).equals(Buffer.concat(bodies))).toBe(true);

      side.peer.socket.write(Buffer.concat(bodies.map((body) => packOf(body, 77))));
      await side.log.next('onReceive', lengths.length);
      expect(received.map(({ length }) => length)).toEqual(lengths);
      expect(Buffer.concat(received).equals(Buffer.concat(bodies))).toBe(true);
    });

    test('are counted as they go over the wire', async () => {
      let sent = 0;
      await using side = await open({ onSend: (_, length) => void (sent += length) }, { workerThreadCount });
      side.pauseReceive();
      for (let count = 0; count < 10; count++) side.send(Buffer.alloc(50));
      await side.peer.receivedBytes(540);
      await side.log.next('onSend');

      expect(sent).toBe(540);
      expect(side.component.stats()).toMatchObject({ sends: 10, bytesSent: 540 });
      expect(side.pendingDataLength).toBe(0);
    });

    test('of several pieces, and of a small file, are one each', async () => {
      await using folder = await TemporaryDirectory.create();
      const file = await folder.file('file', 'file;');
      await using side = await open({}, { workerThreadCount });
      expect(side.sendPackets([Buffer.from('one,'), Buffer.alloc(0), Buffer.from('two')])).toBe(true);
      expect(side.sendSmallFile(file, Buffer.from('head;'), Buffer.from('tail'))).toBe(true);
      expect(side.send(Buffer.from('..part..'), 2, 4)).toBe(true);
      const found = packsIn(await side.peer.receivedBytes(4 + 7 + 4 + 14 + 4 + 4));

      expect(found.map(({ body }) => String(body))).toEqual(['one,two', 'head;file;tail', 'part']);
    });

    test('larger than maxPackSize, or empty, are refused: nothing is sent, and the connection stays', async () => {
      await using folder = await TemporaryDirectory.create();
      const file = await folder.file('file', Buffer.alloc(11));
      await using side = await open({}, { workerThreadCount, maxPackSize: 10 });
      const refused = (taken: boolean): [boolean, ErrorCode] => [taken, side.lastErrorCode];
      const tooLong = [false, ErrorCode.MessageSize];

      expect(refused(side.send(Buffer.alloc(11)))).toEqual(tooLong);
      expect(refused(side.send(Buffer.alloc(0)))).toEqual(tooLong);
      expect(refused(side.sendPackets([Buffer.alloc(6), Buffer.alloc(5)]))).toEqual(tooLong);
      expect(refused(side.sendPackets([Buffer.alloc(0)]))).toEqual(tooLong);
      expect(refused(side.sendPackets([]))).toEqual([false, ErrorCode.InvalidArgument]);
      expect(refused(side.sendSmallFile(file))).toEqual(tooLong);
      expect(side.send(Buffer.from('0123456789'))).toBe(true);
      expect(packsIn(await side.peer.receivedBytes(14)).map(({ body }) => String(body))).toEqual([
        '0123456789',
      ]);
      // The peer may have bytes a moment before they are counted here.
      await eventually(() => side.component.stats().bytesSent > 0, 'The count');
      expect(side.component.stats().bytesSent).toBe(14);
    });
  });

  test('sent in one batch leave in few system calls', async () => {
    const [{ open }] = roles as [(typeof roles)[0]];
    await using side = await open(
      { onReceive: (it) => void Array.from({ length: 100 }, () => it.send(Buffer.alloc(64))) },
      { workerThreadCount },
    );
    await side.peer.send(packOf('go'));
    await side.peer.receivedBytes(100 * 68);
    await eventually(() => side.component.stats().bytesSent === 100 * 68, 'The count');

    expect(side.component.stats().sends).toBe(100);
    expect(side.component.stats().sendCalls).toBeLessThanOrEqual(2);
  });

  test('a large one leaves together with its header', async () => {
    const [{ open }] = roles as [(typeof roles)[0]];
    await using side = await open(
      { onReceive: (it) => void it.send(Buffer.alloc(20_000)) },
      { workerThreadCount },
    );
    await side.peer.send(packOf('go'));
    await side.peer.receivedBytes(20_004);
    await eventually(() => side.component.stats().sendCalls > 0, 'The count');

    expect(side.component.stats()).toMatchObject({ sends: 1, sendCalls: 1 });
  });
});
