// SPDX-License-Identifier: Apache-2.0
import { expect, test, vi } from 'vitest';
import { deferred, dialPeer, Pattern } from '@hp/testkit';
import { frames, serveFrames, toFrame } from '../src/async-iteration.js';

function framed(...payloads: readonly Uint8Array[]): Buffer {
  return Buffer.concat(payloads.flatMap(toFrame));
}

async function framesOf(...pieces: readonly Buffer[]): Promise<Buffer[]> {
  async function* bytes(): AsyncGenerator<Buffer> {
    for (const piece of pieces) yield await Promise.resolve(piece);
  }
  const found: Buffer[] = [];
  for await (const frame of frames(bytes())) found.push(frame);
  return found;
}

test('frames are found wherever the bytes are cut', async () => {
  const payloads = ['', 'one', 'and two', ''].map((payload) => Buffer.from(payload));
  const bytes = framed(...payloads);
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(await framesOf(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(payloads);
  }
  expect(await framesOf(...[...bytes].map((byte) => Buffer.of(byte)))).toEqual(payloads);
});

test('bytes that end within a frame, and a frame that is too long, are faults', async () => {
  await expect(framesOf(framed(Buffer.from('cut off')).subarray(0, 6))).rejects.toThrow('not whole');
  await expect(framesOf(Buffer.of(0, 0x10, 0, 1))).rejects.toThrow(RangeError);
  expect(await framesOf(Buffer.of(0, 0x10, 0, 0), Buffer.alloc(0x100000))).toHaveLength(1);
});

test('answers frames of all sizes, and the last ones after the client has finished', async () => {
  await using server = serveFrames(0);
  await using peer = await dialPeer(server.listenAddress!.port);
  const sent = new Pattern();
  const payloads = [0, 1, 1000, 70_000, 1024 * 1024].map((length) => Buffer.from(sent.take(length)));
  peer.end(framed(...payloads));
  await peer.ended;

  expect(peer.received.equals(framed(...payloads.map((payload) => Buffer.from(payload).reverse())))).toBe(
    true,
  );
});

test('a frame that is too long ends its connection, and no other', async () => {
  const told = deferred();
  using printed = vi.spyOn(console, 'error').mockImplementation(() => told.resolve());
  await using server = serveFrames(0);
  await using good = await dialPeer(server.listenAddress!.port);
  await using bad = await dialPeer(server.listenAddress!.port);
  await bad.send(Buffer.of(255, 255, 255, 255));
  await bad.ended;
  await good.send(framed(Buffer.from('abc')));

  expect(String((await good.receivedBytes(7)).subarray(4))).toBe('cba');
  await told.promise;
  expect(printed.mock.calls.map(String)).toEqual([expect.stringContaining('a frame is too long')]);
});
