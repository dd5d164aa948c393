// SPDX-License-Identifier: Apache-2.0
// An echo server whose peer does not read, in a process of its own: its memory is measured.
import { fork } from 'node:child_process';
import { connect } from 'node:net';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { modes, once, Pattern } from '@hp/testkit';
import type { ComponentStats } from '@hp/tcp';

const MIB = 1024 * 1024;

describe.each(modes)('a stalled reader ($name)', ({ workerThreadCount }) => {
  // Not many(): it must stay above what the server may take.
  const total = process.platform === 'win32' ? 100_000_000 : 400_000_000;

  test(`is offered ${total} bytes by an echo server: bounded memory, nothing lost`, async () => {
    const file = path.join(import.meta.dirname, '../children/echo-server.mjs');
    const server = fork(file, [String(workerThreadCount)], { execArgv: ['--expose-gc'] });
    const look = async (): Promise<{ residentBytes: number; stats: ComponentStats }> => {
      server.send('look');
      return (await once(server, 'message'))[0] as Awaited<ReturnType<typeof look>>;
    };
    const [port] = (await once(server, 'message')) as [number];
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    try {
      await once(socket, 'connect');
      const before = await look();
      const sent = new Pattern();
      // node:net is not read from: what it sends comes back and fills the way.
      socket.pause();
      const offer = (): void => {
        while (sent.position < total) {
          if (!socket.write(sent.take(Math.min(MIB, total - sent.position)))) return;
        }
        socket.end();
      };
      socket.on('drain', offer);
      offer();
      // Stalled once nothing has moved for a while.
      let stalled = before;
      for (let quiet = 0; quiet < 10;) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        const now = await look();
        quiet = now.stats.bytesReceived === stalled.stats.bytesReceived ? quiet + 1 : 0;
        stalled = now;
      }
      expect(stalled.stats.bytesReceived).toBeLessThan(64 * MIB);
      expect(stalled.stats.queuedBytes).toBeLessThan(3 * MIB);
      expect(stalled.stats.readPauses).toBeGreaterThan(0);
      expect(stalled.residentBytes - before.residentBytes).toBeLessThan(16 * MIB);

      const echoed = new Pattern();
      const finished = once(socket, 'end', 25_000);
      socket.on('data', (data) => echoed.check(data));
      socket.resume();
      await finished;
      expect(echoed.position).toBe(total);
    } finally {
      socket.destroy();
      server.kill();
    }
  });
});
