// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { pack } from '@hp/pack';
import { Pattern } from '@hp/testkit';
import { deafConnection, feed } from './support/feed.js';
import { headerOf, packOf } from './support/by-hand.js';

const MAX = 0x3f_ffff;

/** Lengths that meet every way a body may be put together. */
const lengths = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 80 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1000, max: 9000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 30_000, max: 70_000 }) },
);
const bodies = fc.array(
  fc.tuple(lengths, fc.nat(100_000)).map(([length, start]) => {
    const pattern = new Pattern();
    pattern.position = start;
    return pattern.take(length);
  }),
  { maxLength: 40 },
);
const cuts = fc.array(
  fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 65_536 })),
  { minLength: 1, maxLength: 8 },
);
const flags = fc.integer({ min: 0, max: 0x3ff });

describe('the decoder', () => {
  test.each([false, true])('gives the same packs, however the stream is cut (lends: %s)', (lends) => {
    fc.assert(
      fc.property(
        bodies,
        cuts,
        flags,
        fc.array(fc.boolean(), { maxLength: 5 }),
        (sent, pieces, flag, pauses) => {
          const stream = Buffer.concat(sent.map((body) => packOf(body, flag)));
          const fed = feed(pack({ headerFlag: flag }), stream, { cuts: pieces, lends, pauses });

          expect(fed.errorCode).toBeUndefined();
          expect(fed.bodies.length).toBe(sent.length);
          expect(fed.bodies.every((body, index) => body.equals(sent[index] ?? body))).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  test.each([false, true])('takes a stream byte by byte (lends: %s)', (lends) => {
    const sent = ['a', 'bc', 'x'.repeat(300), 'last'].map((text) => Buffer.from(text));
    const fed = feed(pack(), Buffer.concat(sent.map((body) => packOf(body, 9))), { cuts: [1], lends });
    expect(fed.bodies).toEqual(sent);
  });

  test('takes the largest pack there can be', () => {
    const body = Buffer.alloc(MAX, 'largest');
    const stream = Buffer.concat([packOf('before'), packOf(body), packOf('after')]);
    const fed = feed(pack({ maxPackSize: MAX }), stream, { cuts: [65_536] });
    expect(fed.bodies.map(({ length }) => length)).toEqual([6, MAX, 5]);
    expect(fed.bodies[1]?.equals(body)).toBe(true);
  });
});

describe('memory', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('is taken for what has arrived, not for what is announced', () => {
    const model = pack({ maxPackSize: MAX });
    const decoder = model.open(deafConnection);
    const header = headerOf(MAX);
    let taken = 0;
    for (const name of ['alloc', 'allocUnsafe', 'allocUnsafeSlow'] as const) {
      const allocate = Buffer[name].bind(Buffer);
      vi.spyOn(Buffer, name).mockImplementation((size: number) => {
        taken += size;
        return allocate(size);
      });
    }
    decoder.receive(header);
    expect(taken).toBe(0);

    const piece = new Uint8Array(100);
    for (let arrived = 100; arrived <= 100_000; arrived += 100) {
      decoder.receive(Buffer.from(piece.buffer));
      // What was outgrown counts too.
      expect(taken).toBeLessThanOrEqual(Math.max(1024, 10 * arrived));
    }
  });

  test('of 10,000 connections that announce 4 MiB each stays small', () => {
    const model = pack({ maxPackSize: MAX });
    const start = Buffer.concat([headerOf(MAX), Buffer.from('and no more')]);
    const before = process.memoryUsage().arrayBuffers;
    const decoders = Array.from({ length: 10_000 }, () => {
      const decoder = model.open(deafConnection);
      decoder.receive(start);
      return decoder;
    });

    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 * 1024 * 1024);
    expect(decoders.length).toBe(10_000);
  });
});
