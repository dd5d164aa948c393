// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { deferred, modes, Pattern, within } from '@hp/testkit';
import { MeasuredServer } from '../support/measured-server.js';
import { dialTls } from '../support/tls-peer.js';

const MIB = 1024 * 1024;
/** Not many(): it must stay above what the server and the way may take. */
const TOTAL = 100_000_000;

describe.each(modes)('a stalled reader ($name)', ({ workerThreadCount }) => {
  test(`is offered ${TOTAL} bytes by an echo server: bounded memory, nothing lost`, async () => {
    await using server = await MeasuredServer.start(workerThreadCount, 'TLSv1.3');
    // What it is sent comes back and fills the way.
    await using peer = await dialTls(server.port, { reads: false });
    const { socket } = peer;
    const before = await server.look();
    const sent = new Pattern();
    const offer = (): void => {
      while (sent.position < TOTAL && socket.write(sent.take(Math.min(MIB, TOTAL - sent.position))));
    };
    socket.on('drain', offer);
    offer();
    // Stalled once nothing has moved for a while.
    let stalled = before;
    for (let quiet = 0; quiet < 10;) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const now = await server.look();
      quiet = now.stats.bytesReceived === stalled.stats.bytesReceived ? quiet + 1 : 0;
      stalled = now;
    }
    expect(stalled.stats.bytesReceived).toBeLessThan(TOTAL / 2);
    expect(stalled.stats.queuedBytes).toBeLessThan(3 * MIB);
    expect(stalled.stats.readPauses).toBeGreaterThan(0);
    expect(stalled.bytesInUse - before.bytesInUse).toBeLessThan(16 * MIB);

    const [echoed, whole] = [new Pattern(), deferred()];
    socket.on('data', (data: Buffer) => {
      echoed.check(data);
      if (echoed.position === TOTAL) whole.resolve();
    });
    peer.resume();
    await within(whole.promise, 25_000, 'The last byte');
    expect(echoed.position).toBe(TOTAL);
  });
});
