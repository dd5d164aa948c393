// SPDX-License-Identifier: Apache-2.0
// Any sequence of arrivals, fetches, peeks and searches equals one on a plain array of bytes.
// Runs for HP_FUZZ_MS milliseconds, by default briefly: `pnpm test:fuzz` for longer.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FetchResult } from '@hp/pull';
import { collectGarbage, fuzzing, fuzzMilliseconds } from '@hp/testkit';
import { PullDecoder } from '../src/decoder.js';
import { Connection } from './support/connection.js';
import { type Arrival, MAX_BUFFERED, Pair, SLAB_BYTES, type Step } from './support/pair.js';

const length = fc.oneof(fc.integer({ min: -1, max: 40 }), fc.integer({ min: 0, max: 4000 }));
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constantFrom('fetch', 'peek'), length, into: fc.boolean() }),
    fc.record({
      do: fc.constant('find'),
      start: fc.nat(5000),
      length: fc.integer({ min: 1, max: 300 }),
      from: fc.nat(3000),
    }),
  ),
  { maxLength: 4 },
) as fc.Arbitrary<Step[]>;
/** Few values, so that there is something to find. */
const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: 1, maxLength, max: 3 });
const arrivals: fc.Arbitrary<Arrival[]> = fc.array(
  fc.record({
    data: fc.oneof({ weight: 4, arbitrary: bytes(60) }, { weight: 1, arbitrary: bytes(4000) }),
    isAlone: fc.boolean(),
    within: steps,
    after: steps,
  }),
  { maxLength: 25 },
);

test(
  'any sequence of steps equals one on plain bytes',
  () => {
    const property = fc.property(arrivals, (all) => {
      const pair = new Pair();
      for (const arrival of all) pair.receive(arrival);
      pair.end();
    });
    expect(() => fc.assert(property, fuzzing)).not.toThrow();
  },
  fuzzMilliseconds + 30_000,
);

describe('reading', () => {
  const arrive = (decoder: PullDecoder, count: number): void => decoder.receive(Buffer.alloc(count));

  test('is held from the mark on, and goes on below it', () => {
    const connection = new Connection();
    const decoder = new PullDecoder(connection, 100);
    arrive(decoder, 99);
    expect(connection.isHeld).toBe(false);
    arrive(decoder, 1);
    expect(connection.isHeld).toBe(true);
    // On its way already.
    arrive(decoder, 50);
    decoder.part(50, false);
    expect(connection.isHeld).toBe(true);
    decoder.part(1, true);
    expect(connection.isHeld).toBe(true);
    decoder.part(1, false);
    expect(connection.isHeld).toBe(false);
  });

  test('goes on for what was asked for in vain, until that is taken', () => {
    const connection = new Connection();
    const decoder = new PullDecoder(connection, 100);
    arrive(decoder, 100);
    expect(decoder.part(250, true)).toBeUndefined();
    expect(connection.isHeld).toBe(false);
    arrive(decoder, 149);
    expect(connection.isHeld).toBe(false);
    expect(decoder.fill(new Uint8Array(200), true)).toBe(FetchResult.Ok);
    arrive(decoder, 1);
    expect(connection.isHeld).toBe(true);
    expect(decoder.part(250, false)?.length).toBe(250);
    expect(connection.isHeld).toBe(false);
    arrive(decoder, 100);
    expect(connection.isHeld).toBe(true);
  });

  test.each([Number.NaN, Infinity, 1e300, 0.5, -5])('is not held for ever by a fetch of %d', (length) => {
    const connection = new Connection();
    const decoder = new PullDecoder(connection, 100);
    arrive(decoder, 100);
    expect(decoder.part(length, false)).toBeUndefined();
    expect(connection.isHeld).toBe(true);
    expect(decoder.length).toBe(100);
  });
});

/** The bytes of all ArrayBuffers that are in use. */
function inUse(): number {
  collectGarbage();
  // What one collection finds is freed by the next at the latest.
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

describe('memory', () => {
  test('a fetch within one arrival copies nothing', () => {
    const decoder = new PullDecoder(new Connection(), MAX_BUFFERED);
    const data = Buffer.alloc(1000);
    decoder.receive(data);
    expect(decoder.part(10, true)?.buffer).toBe(data.buffer);
    expect(decoder.part(990, false)?.buffer).toBe(data.buffer);
  });

  test('that is held is in proportion to the bytes that are kept', () => {
    const decoders: PullDecoder[] = [];
    const before = inUse();
    for (let count = 0; count < 1000; count++) {
      const decoder = new PullDecoder(new Connection(), 1_000_000);
      for (let arrival = 0; arrival < 20; arrival++) {
        decoder.receive(Buffer.alloc(SLAB_BYTES).subarray(0, 100));
      }
      decoders.push(decoder);
    }

    // 2 MB are kept; they came in 164 MB.
    expect(inUse() - before).toBeLessThan(4_000_000);
    expect(decoders.every((decoder) => decoder.length === 2000)).toBe(true);
  });
});
