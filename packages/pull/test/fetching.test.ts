// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { FetchResult } from '@hp/pull';
import { ErrorCode, HandleResult, SocketOperation } from '@hp/tcp';
import { eventually, modes, UncaughtErrors } from '@hp/testkit';
import { roles } from './support/sides.js';

describe.each(modes)('PULL ($name)', ({ workerThreadCount }) => {
  const settings = { workerThreadCount };

  describe.each(roles)('of a $role', ({ open }) => {
    test('onReceive gets the number of all bytes that are there', async () => {
      await using side = await open({}, settings);
      await side.peer.send('ab');
      await side.log.next('onReceive', 1);
      await side.peer.send('cdef');
      await side.log.next('onReceive', 2);
      await side.peer.send('ghijk');
      await side.log.next('onReceive', 3);

      expect(side.totals).toEqual([2, 6, 11]);
      expect(String(side.calls.fetch(8))).toBe('abcdefgh');
      expect(side.calls.fetchableLength).toBe(3);
      expect(String(side.calls.fetch(3))).toBe('ijk');
      expect(side.calls.fetchableLength).toBe(0);
    });

    test('what is left causes no further event; the next arrival counts it', async () => {
      await using side = await open({ onReceive: (it) => void it.calls.fetch(1) }, settings);
      await side.peer.send('abc');
      await side.log.next('onReceive', 1);
      await side.peer.send('d');
      await side.log.next('onReceive', 2);

      expect(side.totals).toEqual([3, 3]);
      expect(String(side.calls.peek(2))).toBe('cd');
    });

    test('a fetch takes all or nothing, a peek nothing', async () => {
      await using side = await open({}, settings);
      await side.peer.send('abcde');
      await side.log.next('onReceive');
      const { calls } = side;
      const target = Buffer.from('------');

      expect(calls.fetch(6)).toBeUndefined();
      expect(side.lastErrorCode).toBe(ErrorCode.MessageSize);
      expect(calls.peek(6)).toBeUndefined();
      expect(calls.fetch(target)).toBe(FetchResult.LengthTooLong);
      expect(calls.peek(target)).toBe(FetchResult.LengthTooLong);
      expect(String(target)).toBe('------');
      expect(calls.fetch(0)).toBeUndefined();
      expect(calls.fetch(new Uint8Array(0))).toBe(FetchResult.LengthTooLong);
      expect(calls.fetchableLength).toBe(5);

      expect(String(calls.peek(5))).toBe('abcde');
      expect(calls.peek(target.subarray(0, 2))).toBe(FetchResult.Ok);
      expect(String(target)).toBe('ab----');
      expect(calls.fetch(target.subarray(2, 5))).toBe(FetchResult.Ok);
      expect(String(target)).toBe('ababc-');
      expect(String(calls.fetch(2))).toBe('de');
      expect(calls.fetch(1)).toBeUndefined();
    });

    test('a delimiter is found where it is, over several arrivals too', async () => {
      await using side = await open({}, settings);
      for (const [count, part] of ['GET / HTTP/1.1\r', '\n\r', '\nbody'].entries()) {
        await side.peer.send(part);
        await side.log.next('onReceive', count + 1);
      }
      const { calls } = side;

      expect(calls.indexOf(Buffer.from('\r\n\r\n'))).toBe(14);
      expect(calls.indexOf(0x0a)).toBe(15);
      expect(calls.indexOf(0x0a, 16)).toBe(17);
      expect(calls.indexOf(0x0a, 18)).toBe(-1);
      expect(calls.indexOf(Buffer.from('\r\n'), 15)).toBe(16);
      expect(calls.indexOf(Buffer.from('body and more'))).toBe(-1);
      expect(calls.indexOf(Buffer.alloc(0))).toBe(-1);
      calls.fetch(16);
      expect(calls.indexOf(Buffer.from('body'))).toBe(2);
    });

    test('what is left can be fetched inside onClose, and not after', async () => {
      const left: (string | undefined)[] = [];
      await using side = await open(
        { onClose: (it) => void left.push(it.calls.fetch(4)?.toString()) },
        settings,
      );
      side.peer.end(Buffer.from('last words'));
      const close = await side.log.next('onClose');

      expect(close).toMatchObject({ operation: SocketOperation.Close, errorCode: ErrorCode.Ok });
      expect(left).toEqual(['last']);
      expect(side.calls.fetchableLength).toBe(0);
      expect(side.calls.fetch(1)).toBeUndefined();
      expect(side.lastErrorCode).toBe(ErrorCode.ObjectNotFound);
      expect(side.calls.fetch(Buffer.alloc(1))).toBe(FetchResult.DataNotFound);
      expect(side.calls.peek(Buffer.alloc(1))).toBe(FetchResult.DataNotFound);
      expect(side.calls.indexOf(1)).toBe(-1);
    });

    test('there is nothing to fetch when a connection opens', async () => {
      const seen: unknown[] = [];
      await using side = await open(
        {
          onOpen: (it) => {
            seen.push(it.calls.fetchableLength, it.calls.fetch(1), it.calls.peek(Buffer.alloc(1)));
          },
        },
        settings,
      );
      expect(seen).toEqual([0, undefined, FetchResult.LengthTooLong]);
      expect(side.totals).toEqual([]);
    });

    test('a pause holds back bytes and events, not what is there', async () => {
      await using side = await open({}, settings);
      await side.peer.send('abc');
      await side.log.next('onReceive');
      side.calls.pauseReceive();
      await eventually(() => side.component.stats().readPauses === 1, 'The pause');
      await side.peer.send('def');
      expect(String(side.calls.fetch(2))).toBe('ab');
      expect(side.totals).toEqual([3]);
      side.calls.pauseReceive(false);
      await side.log.next('onReceive', 2);

      expect(side.totals).toEqual([3, 4]);
      expect(String(side.calls.fetch(4))).toBe('cdef');
    });

    test('Error from onReceive, and what it throws, end the connection', async () => {
      using uncaught = new UncaughtErrors();
      for (const onReceive of [
        () => HandleResult.Error,
        () => {
          throw new Error('thrown by onReceive');
        },
      ]) {
        await using side = await open({ onReceive }, settings);
        side.peer.socket.write('abc');
        expect(await side.log.next('onClose')).toMatchObject({
          operation: SocketOperation.Receive,
          errorCode: ErrorCode.Canceled,
        });
      }
      expect(await uncaught.messages(1)).toEqual(['thrown by onReceive']);
    });
  });
});
