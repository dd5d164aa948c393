// SPDX-License-Identifier: Apache-2.0
// Runs for HP_FUZZ_MS milliseconds, by default briefly: `pnpm test:fuzz` for longer.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ErrorCode } from '@hp/core-native';
import { pack } from '@hp/pack';
import { fuzzing, fuzzMilliseconds } from '@hp/testkit';
import { type Fed, feed } from './support/feed.js';
import { packOf } from './support/by-hand.js';

/** What is to come of a stream, found without regard to how it arrives. */
function expected(stream: Buffer, maxPackSize: number, flag: number): Fed {
  const found: Buffer[] = [];
  for (let at = 0; stream.length - at >= 4;) {
    const header = stream.readUInt32LE(at);
    const length = header % 0x40_0000;
    if (flag !== 0 && Math.floor(header / 0x40_0000) !== flag) {
      return { bodies: found, errorCode: ErrorCode.BadMessage };
    }
    if (length === 0 || length > maxPackSize) return { bodies: found, errorCode: ErrorCode.MessageSize };
    if (stream.length - at - 4 < length) break;
    found.push(stream.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return { bodies: found, errorCode: undefined };
}

/** A stream of packs that something has happened to. */
const mutated = fc
  .tuple(
    fc.array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.constantFrom(0, 5, 0x3ff)), {
      maxLength: 20,
    }),
    fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom('set', 'insert', 'delete', 'cut')), {
      maxLength: 4,
    }),
  )
  .map(([packs, mutations]) => {
    let bytes = [...Buffer.concat(packs.map(([body, flag]) => packOf(body, flag)))];
    for (const [place, value, what] of mutations) {
      const at = bytes.length === 0 ? 0 : place % bytes.length;
      if (what === 'set') bytes[at] = value;
      else if (what === 'insert') bytes.splice(at, 0, value);
      else if (what === 'delete') bytes.splice(at, 1);
      else bytes = bytes.slice(0, at);
    }
    return Buffer.from(bytes);
  });
const streams = fc.oneof(
  { weight: 3, arbitrary: mutated },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)) },
);
const cuts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 });
const settings = fc.record({
  maxPackSize: fc.constantFrom(1, 100, 262_144, 0x3f_ffff),
  headerFlag: fc.constantFrom(0, 5, 0x3ff),
});

test(
  'any stream whatever ends as its bytes say',
  () => {
    fc.assert(
      fc.property(streams, cuts, settings, fc.boolean(), (stream, pieces, options, lends) => {
        const fed = feed(pack(options), stream, { cuts: pieces, lends, pauses: [false, true, false] });
        expect(fed).toEqual(expected(stream, options.maxPackSize, options.headerFlag));
      }),
      fuzzing,
    );
  },
  fuzzMilliseconds + 30_000,
);
