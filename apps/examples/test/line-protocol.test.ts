// SPDX-License-Identifier: Apache-2.0
import { expect, test, vi } from 'vitest';
import { deferred, dialPeer, eventually, Pattern } from '@hp/testkit';
import { serveLines } from '../src/line-protocol.js';

const upper = (line: string): string => line.toUpperCase();

test('answers each line in order, however it is cut into pieces', async () => {
  await using server = serveLines(0, async (line) => {
    await new Promise(setImmediate);
    return upper(line);
  });
  await using peer = await dialPeer(server.listenAddress!.port);
  for (const piece of ['one\ntw', 'o', '\n', 'thrée\nfour']) await peer.send(piece);
  peer.end();
  await peer.ended;

  expect(String(peer.received)).toBe('ONE\nTWO\nTHRÉE\nFOUR\n');
  await eventually(() => server.connectionCount === 0, 'The end of the connection');
});

test('a client that does not read its answers is not read from', async () => {
  await using server = serveLines(0, () => 'x'.repeat(8000));
  await using peer = await dialPeer(server.listenAddress!.port, { reads: false });
  const lines = 20_000;
  peer.socket.write('\n'.repeat(lines));
  let before = -1;
  await expect
    .poll(() => {
      const { sends } = server.stats();
      const rests = sends === before;
      before = sends;
      return rests && sends > 0;
    })
    .toBe(true);
  const pending = server.getPendingDataLength(1)!;
  peer.resume();
  peer.end();
  await peer.receivedBytes(lines * 8001, 20_000);

  expect(pending).toBeLessThan(2 * 1024 * 1024);
});

test('a line that is too long ends its connection, and no other', async () => {
  const told = deferred();
  using printed = vi.spyOn(console, 'error').mockImplementation(() => told.resolve());
  await using server = serveLines(0, upper);
  await using bad = await dialPeer(server.listenAddress!.port);
  await using good = await dialPeer(server.listenAddress!.port);
  bad.socket.write(new Pattern().take(100_000).map((byte) => byte | 0x40));
  await bad.closed;
  await good.send('still here\n');

  expect(String(await good.receivedBytes(11))).toBe('STILL HERE\n');
  await told.promise;
  expect(printed.mock.calls.map(String)).toEqual([expect.stringContaining('connection 1 failed')]);
});
