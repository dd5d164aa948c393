// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { FetchResult } from '@hp/pull';
import { eventually, many, modes, Pattern } from '@hp/testkit';
import { type PullSide, roles } from './support/sides.js';

const MARK = 100_000;
/** What may be on its way when reading is held. */
const ON_ITS_WAY = 1_200_000;

/** Waits until nothing more arrives, though the peer has more to send. */
async function held(side: PullSide): Promise<void> {
  await eventually(() => side.calls.fetchableLength >= MARK, 'The mark');
  await eventually(() => side.component.stats().readPauses > 0, 'The pause');
}

describe.each(modes)('an application that does not fetch ($name)', ({ workerThreadCount }) => {
  const settings = { workerThreadCount, maxBufferedBytes: MARK };

  describe.each(roles)('from a $role', ({ open }) => {
    test('holds the peer up, and gets everything once it does', async () => {
      const total = many(20_000_000);
      await using side = await open({}, settings);
      const sent = new Pattern();
      while (sent.position < total) side.peer.socket.write(sent.take(1_000_000));
      await held(side);
      expect(side.calls.fetchableLength).toBeLessThan(MARK + ON_ITS_WAY);

      const received = new Pattern();
      while (received.position < total) {
        await eventually(() => side.calls.fetchableLength !== 0, 'More bytes');
        received.check(side.calls.fetch(Math.min(side.calls.fetchableLength, 70_000)) ?? Buffer.alloc(0));
      }
      expect(side.calls.fetchableLength).toBe(0);
    });

    test('may still fetch more than the mark at once', async () => {
      const wanted = 3_000_000;
      await using side = await open({}, settings);
      const sent = new Pattern();
      side.peer.socket.write(sent.take(wanted + 5));
      await held(side);
      const target = Buffer.alloc(wanted);
      expect(side.calls.fetch(target)).toBe(FetchResult.LengthTooLong);
      await eventually(() => side.calls.fetchableLength >= wanted, 'What was asked for');
      expect(side.calls.fetch(target)).toBe(FetchResult.Ok);
      await eventually(() => side.calls.fetchableLength === 5, 'The rest');

      const received = new Pattern();
      received.check(target);
      received.check(side.calls.fetch(5) ?? Buffer.alloc(0));
    });
  });

  test('does not hear of the end before it has fetched, and inside onClose gets the rest', async () => {
    const total = 4_000_000;
    const [{ open }] = roles as [(typeof roles)[0]];
    const received = new Pattern();
    const fetchAll = ({ calls }: PullSide): void => {
      if (calls.fetchableLength !== 0) received.check(calls.fetch(calls.fetchableLength) ?? Buffer.alloc(0));
    };
    await using side = await open({ onClose: fetchAll }, settings);
    side.peer.end(new Pattern().take(total));
    await held(side);
    expect(side.log.count('onClose')).toBe(0);
    await eventually(() => {
      fetchAll(side);
      return side.log.count('onClose') === 1;
    }, 'The end');

    expect(received.position).toBe(total);
  });
});
