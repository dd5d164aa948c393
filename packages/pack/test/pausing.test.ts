// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { ErrorCode, HandleResult, SocketOperation } from '@hp/tcp';
import { eventually, modes, UncaughtErrors } from '@hp/testkit';
import { packOf } from './support/by-hand.js';
import { roles } from './support/roles.js';

const five = ['one', 'two', 'three', 'four', 'five'];
/** They arrive together. */
const inOneSegment = Buffer.concat(five.map((text) => packOf(text)));

describe.each(modes)('a run of packs ($name)', ({ workerThreadCount }) => {
  describe.each(roles)('to a $role', ({ open }) => {
    test('stops after the pack whose onReceive pauses, and goes on without new bytes', async () => {
      const received: string[] = [];
      await using side = await open(
        {
          onReceive: (it, data) => {
            received.push(String(data));
            if (received.length === 2 || received.length === 4) it.pauseReceive();
          },
        },
        { workerThreadCount },
      );
      await side.peer.send(inOneSegment);
      await eventually(() => side.component.stats().readPauses === 1, 'The pause');
      expect(received).toEqual(five.slice(0, 2));

      side.pauseReceive(false);
      expect(received).toEqual(five.slice(0, 4));
      // More comes, and the peer goes, while it waits.
      side.peer.end(packOf('six'));
      await eventually(() => side.component.stats().readPauses === 2, 'The second pause');
      expect(received).toEqual(five.slice(0, 4));
      expect(side.log.count('onClose')).toBe(0);

      side.pauseReceive(false);
      await side.log.next('onClose');
      expect(received).toEqual([...five, 'six']);
    });

    test('goes on at once where onReceive pauses and thinks better of it', async () => {
      await using side = await open(
        {
          onReceive: (it) => {
            it.pauseReceive();
            it.pauseReceive(false);
          },
        },
        { workerThreadCount },
      );
      await side.peer.send(inOneSegment);
      await side.log.next('onReceive', 5);
      expect(side.log.all('onReceive').map(({ data }) => String(data))).toEqual(five);
    });

    test('that throws when it goes on ends, and the exception surfaces elsewhere', async () => {
      using uncaught = new UncaughtErrors();
      await using side = await open(
        {
          onReceive: (it, data) => {
            if (String(data) === 'two') throw new Error('thrown by onReceive');
            it.pauseReceive();
          },
        },
        { workerThreadCount },
      );
      await side.peer.send(inOneSegment);
      await eventually(() => side.component.stats().readPauses === 1, 'The pause');
      expect(side.pauseReceive(false)).toBe(true);
      expect(side.log.count('onReceive')).toBe(2);
      expect(await side.log.next('onClose')).toMatchObject({
        operation: SocketOperation.Receive,
        errorCode: ErrorCode.Canceled,
      });
      expect(await uncaught.messages(1)).toEqual(['thrown by onReceive']);
    });

    test('ends where onReceive closes', async () => {
      await using side = await open({ onReceive: (it) => it.close() }, { workerThreadCount });
      side.peer.socket.write(inOneSegment);
      const close = await side.log.next('onClose');
      expect(close).toMatchObject({ operation: SocketOperation.Close, errorCode: ErrorCode.Ok });
      expect(side.log.count('onReceive')).toBe(1);
    });

    test('ends where onReceive returns Error', async () => {
      await using side = await open(
        { onReceive: (_, data) => (String(data) === 'two' ? HandleResult.Error : HandleResult.Ok) },
        { workerThreadCount },
      );
      side.peer.socket.write(inOneSegment);
      const close = await side.log.next('onClose');
      expect(close).toMatchObject({ operation: SocketOperation.Receive, errorCode: ErrorCode.Canceled });
      expect(side.log.count('onReceive')).toBe(2);
    });

    test('ends where onReceive throws, which surfaces', async () => {
      using uncaught = new UncaughtErrors();
      await using side = await open(
        {
          onReceive: () => {
            throw new Error('thrown by onReceive');
          },
        },
        { workerThreadCount },
      );
      side.peer.socket.write(inOneSegment);
      const close = await side.log.next('onClose');
      expect(close).toMatchObject({ operation: SocketOperation.Receive, errorCode: ErrorCode.Canceled });
      expect(side.log.count('onReceive')).toBe(1);
      expect(await uncaught.messages(1)).toEqual(['thrown by onReceive']);
    });
  });
});
