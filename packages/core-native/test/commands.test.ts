// SPDX-License-Identifier: Apache-2.0
// Whatever is sent and ordered, in batches and outside of them, native code reads in that order.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { STAGING_BYTES } from '../src/blocks.js';
import { COMMAND_BUFFER_BYTES, CommandKind, Control } from '../src/boundary.js';
import type { NativeLink } from '../src/binding.js';
import { Commands } from '../src/commands.js';
import type { Connection } from '../src/connection.js';
import type { PayloadHead } from '../src/receive-model.js';
import { commandsIn } from './support/commands-in.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** A head of `size` times the low byte of the payload's length. */
function headOf(size: number): PayloadHead {
  return {
    sizeFor: () => size,
    write: (length, target, at) => void target.fill(length & 0xff, at, at + size),
  };
}

/** Commands, and beside them what native code makes of them. */
class Rig {
  readonly memory = Buffer.alloc(STAGING_BYTES + COMMAND_BUFFER_BYTES);
  readonly control = new Uint32Array(Control.Words);
  readonly connections = [1, 2, 0x1_2345_6789].map(
    (id, slot) => ({ id, slot, sentBytes: 0 }) as unknown as Connection,
  );
  /** What each connection is to send and is ordered, and what has been read of that. */
  readonly expected: string[][] = this.connections.map(() => []);
  readonly found: string[][] = this.connections.map(() => []);
  sends = 0;
  readonly commands: Commands;

  constructor() {
    const native = {
      flush: () => this.take(),
      sendNow: (slot: number, _low: number, _high: number, bytes: Buffer, offset: number, length: number) => {
        this.take();
        this.#found(slot, bytes.subarray(offset, offset + length), 1);
      },
    };
    this.commands = new Commands(native as unknown as NativeLink, this.control, this.memory);
  }

  /** What native code does when the call into JavaScript has returned, and when it is asked to. */
  take(): void {
    for (const { kind, slot, id, count, bytes } of commandsIn(this.memory, this.control)) {
      if (id !== this.connections[slot]?.id) throw new Error(`a command for ${id} in slot ${slot}`);
      if (kind === CommandKind.Send) this.#found(slot, bytes, count);
      else this.found[slot]?.push(`command ${kind}`);
    }
    this.control[Control.CommandBytes] = 0;
  }

  #found(slot: number, bytes: Buffer, count: number): void {
    this.sends -= count;
    add(this.found[slot], bytes);
  }

  expectSent(slot: number, ...bytes: readonly Buffer[]): void {
    this.sends++;
    for (const each of bytes) add(this.expected[slot], each);
  }
}

/** Bytes go on where bytes went before. */
function add(list: string[] | undefined, bytes: Buffer): void {
  const text = bytes.toString('latin1');
  if (list === undefined || text === '') return;
  const last = list.at(-1);
  if (last === undefined || last.startsWith('command')) list.push(`:${text}`);
  else list[list.length - 1] = last + text;
}

type Step = (rig: Rig) => void;

const slots = fc.nat(2);
const lengths = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 100 }) },
  { weight: 2, arbitrary: fc.integer({ min: 10_000, max: 16_383 }) },
  { weight: 1, arbitrary: fc.integer({ min: 16_384, max: 20_000 }) },
);
const headSizes = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 9 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1000, max: 16_384 }) },
);

const sending = fc
  .tuple(slots, lengths, fc.option(headSizes, { nil: undefined }), fc.nat(50), fc.boolean())
  .map(([slot, length, headBytes, offset, isLent]): Step => (rig) => {
    const before = isLent ? rig.memory.subarray(0, STAGING_BYTES) : Buffer.alloc(offset + length + 7);
    before.fill(`${slot}-${length}.`, offset, offset + length);
    const head = headBytes === undefined ? undefined : headOf(headBytes);
    rig.expectSent(
      slot,
      Buffer.alloc(headBytes ?? 0, length & 0xff),
      before.subarray(offset, offset + length),
    );
    rig.commands.send(rig.connections[slot]!, before, offset, length, headBytes ?? 0, head);
    before.fill(0xee, offset, offset + length);
  });

const sendingHead = fc.tuple(slots, headSizes).map(([slot, headBytes]): Step => (rig) => {
  rig.expectSent(slot, Buffer.alloc(headBytes, 0));
  rig.commands.sendHead(rig.connections[slot]!, 0, headBytes, headOf(headBytes));
});

/** More than one command stands for. */
const sendingOften = slots.map((slot): Step => (rig) => {
  const bytes = Buffer.from([slot]);
  for (let count = 0; count < 300; count++) {
    rig.expectSent(slot, bytes);
    rig.commands.send(rig.connections[slot]!, bytes, 0, 1, 0, undefined);
  }
});

const ordering = fc
  .tuple(slots, fc.constantFrom(CommandKind.Pause, CommandKind.Resume, CommandKind.NotifyDrain))
  .map(([slot, kind]): Step => (rig) => {
    rig.expected[slot]?.push(`command ${kind}`);
    rig.commands.write(kind, rig.connections[slot]!);
  });

const flushing: fc.Arbitrary<Step> = fc.constant((rig) => {
  rig.commands.flush();
});

const steps = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: sending },
    { weight: 1, arbitrary: sendingHead },
    { weight: 1, arbitrary: sendingOften },
    { weight: 2, arbitrary: ordering },
    { weight: 1, arbitrary: flushing },
  ),
  { maxLength: 120 },
);
/** A batch, what its microtasks do before native code goes on, and what happens before the next one. */
const turns = fc.array(fc.tuple(steps, steps, steps), { maxLength: 4 });

test('are read as they were given, in batches, after them and between them', () => {
  vi.useFakeTimers({ toFake: ['queueMicrotask'] });
  try {
    fc.assert(
      fc.property(turns, (rounds) => {
        const rig = new Rig();
        for (const [inBatch, inMicrotasks, between] of rounds) {
          rig.control[Control.InTurn] = 1;
          rig.commands.beginBatch();
          for (const step of inBatch) step(rig);
          rig.commands.endBatch();
          for (const step of inMicrotasks) step(rig);
          rig.take();
          rig.control[Control.InTurn] = 0;
          for (const step of between) step(rig);
          vi.runAllTicks();
          expect(rig.control[Control.CommandBytes]).toBe(0);
        }
        expect(rig.found).toEqual(rig.expected);
        expect(rig.sends).toBe(0);
      }),
      { numRuns: 300 },
    );
  } finally {
    vi.useRealTimers();
  }
});

test.each(['in a batch', 'outside of one'])('nothing is kept of what was sent from, %s', async (where) => {
  const rig = new Rig();
  const send = (): WeakRef<Buffer> => {
    const bytes = Buffer.alloc(100_000);
    if (where === 'in a batch') rig.commands.beginBatch();
    rig.commands.send(rig.connections[0]!, bytes, 10, 20, 0, undefined);
    if (where === 'in a batch') rig.commands.endBatch();
    return new WeakRef(bytes);
  };
  const sent = send();
  await new Promise(setImmediate);
  collectGarbage();

  expect(sent.deref()).toBeUndefined();
});
