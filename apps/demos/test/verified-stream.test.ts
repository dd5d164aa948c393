// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { LiveRate } from '../src/load/live-rate.js';
import { Pattern } from '../src/load/pattern.js';
import { Tally } from '../src/load/tally.js';
import { VerifiedStream } from '../src/load/verified-stream.js';

/** A stream that has sent these messages, and all that was sent. */
function afterSending(...sizes: number[]): { stream: VerifiedStream; tally: Tally; sent: Buffer } {
  const tally = new Tally();
  const stream = new VerifiedStream(new Pattern(), tally, 3);
  const parts: Buffer[] = [];
  for (const size of sizes) stream.send(size, (bytes) => parts.push(Buffer.from(bytes)) > 0);
  return { stream, tally, sent: Buffer.concat(parts) };
}

describe('a verified stream', () => {
  it('accepts its own bytes however they are cut', () => {
    const { stream, tally, sent } = afterSending(10, 1, 5000);
    for (let at = 0, length = 1; at < sent.length; at += length, length *= 2) {
      expect(stream.receive(sent.subarray(at, at + length))).toBe(true);
    }
    expect(stream.outstanding).toBe(0);
    expect(tally).toMatchObject({ sentBytes: 5011, receivedBytes: 5011, errors: 0, problem: '' });
  });

  it('accepts a message longer than the period of its pattern', () => {
    const { stream, sent } = afterSending(3_000_000);
    expect(stream.receive(sent)).toBe(true);
  });

  it.each<[string, (sent: Buffer) => Buffer]>([
    ['changed', (sent) => (sent.writeUInt8(sent.readUInt8(500) ^ 1, 500), sent)],
    ['lost', (sent) => Buffer.concat([sent.subarray(0, 300), sent.subarray(301)])],
    ['doubled', (sent) => Buffer.concat([sent.subarray(0, 300), sent.subarray(299, 999)])],
    ['swapped', (sent) => Buffer.concat([sent.subarray(500), sent.subarray(0, 500)])],
    ['added', (sent) => Buffer.concat([sent, Buffer.of(0)])],
  ])('sees when bytes are %s', (_, damage) => {
    const { stream, tally, sent } = afterSending(1000);
    expect(stream.receive(damage(sent))).toBe(false);
    expect(tally).toMatchObject({ errors: 1, problem: 'a wrong byte came back' });
  });

  it('does not take the bytes of another connection', () => {
    const tally = new Tally();
    const pattern = new Pattern();
    const [one, other] = [new VerifiedStream(pattern, tally, 0), new VerifiedStream(pattern, tally, 1)];
    let sent: Uint8Array = Buffer.alloc(0);
    one.send(100, (bytes) => (sent = bytes).length > 0);
    other.send(100, () => true);
    expect(other.receive(Buffer.from(sent))).toBe(false);
  });

  it('counts a refused send', () => {
    const tally = new Tally();
    const stream = new VerifiedStream(new Pattern(), tally, 0);
    expect(stream.send(5, () => false)).toBe(false);
    expect(tally).toMatchObject({ sentBytes: 0, errors: 1, problem: 'a send was refused' });
  });
});

describe('a live rate', () => {
  it('is the growth over about the last second', () => {
    const rate = new LiveRate();
    expect(rate.update(0, 0)).toBe(0);
    expect(rate.update(100, 500)).toBe(200);
    expect(rate.update(200, 1000)).toBe(200);
    expect(rate.update(200, 2000)).toBe(0);
    expect(rate.update(500, 3000)).toBe(300);
  });
});
