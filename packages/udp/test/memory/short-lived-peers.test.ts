// SPDX-License-Identifier: Apache-2.0
// A server whose peers come and go, or are too many, in a process of its own: its memory is measured.
import { type ChildProcess, fork } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { many, modes, once, repeats } from '@hp/testkit';
import type { ComponentStats } from '@hp/udp';
import { hostOf } from '../support/crowd.js';

const MIB = 1024 * 1024;
const PEERS = repeats(many(1_000_000));
/** Sockets that send, before they make room for others at other addresses. */
const AT_ONCE = 2000;
const DATAGRAMS_EACH = 25;

vi.setConfig({ testTimeout: 300_000 });

interface Figures {
  readonly bytesInUse: number;
  readonly connectionCount: number;
  readonly stats: ComponentStats;
}

async function look(server: ChildProcess): Promise<Figures> {
  server.send('look');
  return (await once(server, 'message'))[0] as Figures;
}

async function open(index: number, port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  const connected = once(socket, 'connect');
  socket.bind(0, hostOf(index), () => {
    // One that is connected sends in half the time.
    socket.connect(port, '127.0.0.1');
  });
  await connected;
  return socket;
}

/** Sends from always other addresses, until what is looked at is enough. */
async function crowd(
  server: ChildProcess,
  port: number,
  isEnough: (now: Figures) => boolean,
): Promise<Figures> {
  for (let first = 0; ; first += AT_ONCE) {
    const indexes = Array.from({ length: AT_ONCE }, (_each, index) => first + index);
    const sockets = await Promise.all(indexes.map((index) => open(index % 50_000, port)));
    for (let count = 0; count < DATAGRAMS_EACH; count++) {
      for (const [index, socket] of sockets.entries()) {
        socket.send('x');
        // The server has a processor, too.
        if (index % 100 === 99) await new Promise(setImmediate);
      }
    }
    for (const socket of sockets) socket.close();
    const now = await look(server);
    if (isEnough(now)) return now;
  }
}

/** Waits until everybody has gone. */
async function emptied(server: ChildProcess): Promise<Figures> {
  for (;;) {
    const now = await look(server);
    if (now.connectionCount === 0) return now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe.each(modes.slice(0, 2))('the memory of a UdpServer ($name)', ({ workerThreadCount }) => {
  async function withServer(
    maxConnections: number,
    run: (server: ChildProcess, port: number) => Promise<void>,
  ): Promise<void> {
    const file = path.join(import.meta.dirname, '../children/crowd-server.mjs');
    const args = [workerThreadCount, maxConnections].map(String);
    // What JavaScript makes and forgets is not what is measured.
    const server = fork(file, args, { execArgv: ['--expose-gc', '--max-semi-space-size=1'] });
    try {
      const [port] = (await once(server, 'message')) as [number];
      await run(server, port);
    } finally {
      server.kill();
    }
  }

  test(`returns to its base after ${PEERS} peers that were refused, disconnected or forgotten`, async () => {
    await withServer(0, async (server, port) => {
      await crowd(server, port, ({ stats }) => stats.accepted >= PEERS / 10);
      const base = await emptied(server);
      await crowd(server, port, ({ stats }) => stats.accepted >= PEERS);
      const { stats, bytesInUse } = await emptied(server);

      expect(stats.closed).toBe(stats.accepted);
      // Of a million peers, fourteen bytes for each would be more.
      expect(bytesInUse - base.bytesInUse).toBeLessThan(12 * MIB);
    });
  });

  test('stays in a flood of strangers who are too many', async () => {
    await withServer(10, async (server, port) => {
      await crowd(server, port, ({ stats }) => stats.rejected >= many(50_000));
      const base = await look(server);
      const after = await crowd(server, port, ({ stats }) => stats.rejected >= many(200_000));

      expect(after.connectionCount).toBeLessThanOrEqual(10);
      expect(after.bytesInUse - base.bytesInUse).toBeLessThan(4 * MIB);
    });
  });
});
