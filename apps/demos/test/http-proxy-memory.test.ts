// SPDX-License-Identifier: Apache-2.0
import { eventually, once, Pattern } from '@hp/testkit';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { DemoProcess } from '../src/smoke/demo-process.js';
import { plainServer } from './launch.js';
import { launchProxy } from './http-proxy.js';

const MIB = 1024 * 1024;
const OFFERED_BYTES = 1024 * MIB;
const PIECE_BYTES = 256 * 1024;
/** What the proxy's process may grow by, its heap and the queues of both sides included. */
const GROWTH_BYTES = 48 * MIB;
const QUIET_MS = 500;

/** Memory of a process, in bytes: what it has now, or the most it has ever had. */
function memoryOf({ pid = 0 }: DemoProcess, which: 'VmRSS' | 'VmHWM'): number {
  const [, kilobytes] = new RegExp(`^${which}:\\s+(\\d+) kB`, 'm').exec(
    readFileSync(`/proc/${pid}/status`, 'utf8'),
  )!;
  return 1024 * Number(kilobytes);
}

/** What is offered to one side: the same stream of bytes that the other side checks. */
class Offer {
  taken = 0;
  readonly #pattern = new Pattern();

  async makeTo(socket: Socket): Promise<void> {
    while (this.taken < OFFERED_BYTES) {
      const isBehind = !socket.write(this.#pattern.take(PIECE_BYTES));
      this.taken += PIECE_BYTES;
      if (isBehind) await once(socket, 'drain', 60_000);
    }
    socket.end();
  }

  /** Waits until nobody takes any more. */
  async stalls(): Promise<void> {
    let taken = -1;
    let since = 0;
    await eventually(
      () => {
        if (this.taken !== taken) since = performance.now();
        taken = this.taken;
        return taken > 0 && performance.now() - since > QUIET_MS;
      },
      'The stall',
      30_000,
    );
  }
}

/** Reads a head, and nothing after it until it is resumed; then checks what comes. */
async function readHead(socket: Socket): Promise<{ head: string; rest: () => Promise<number> }> {
  let received = Buffer.alloc(0);
  while (!received.includes('\r\n\r\n')) {
    socket.resume();
    const [data] = (await once(socket, 'data')) as [Buffer];
    socket.pause();
    received = Buffer.concat([received, data]);
  }
  const length = received.indexOf('\r\n\r\n') + 4;
  const pattern = new Pattern();
  return {
    head: received.toString('latin1', 0, length),
    rest: async () => {
      pattern.check(received.subarray(length));
      socket.on('data', (data: Buffer) => pattern.check(data));
      socket.resume();
      await once(socket, 'end', 60_000);
      return pattern.position;
    },
  };
}

describe.skipIf(process.platform !== 'linux')('the memory of http-proxy', () => {
  it.each([
    [
      'a response',
      (host: string) => `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    ],
    ['a tunnel', (host: string) => `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ])(
    'stays bounded while the reader of %s stalls, and all bytes arrive',
    async (name, request) => {
      const offer = new Offer();
      await using host = await plainServer((socket) => {
        if (name === 'a response') {
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${OFFERED_BYTES}\r\n\r\n`);
        }
        void offer.makeTo(socket);
      });
      await using proxy = await launchProxy();
      const before = memoryOf(proxy.demo, 'VmRSS');
      const socket = connect(proxy.port, '127.0.0.1');
      socket.write(request(`127.0.0.1:${host.port}`));
      const { head, rest } = await readHead(socket);
      await offer.stalls();
      const stalled = memoryOf(proxy.demo, 'VmHWM');

      expect(head).toMatch(/^HTTP\/1\.1 200 /);
      expect(offer.taken).toBeLessThan(32 * MIB);
      expect(stalled - before).toBeLessThan(GROWTH_BYTES);

      expect(await rest()).toBe(OFFERED_BYTES);
      console.log(
        name,
        offer.taken / MIB,
        (stalled - before) / MIB,
        (memoryOf(proxy.demo, 'VmHWM') - before) / MIB,
      );
      expect(memoryOf(proxy.demo, 'VmHWM') - before).toBeLessThan(GROWTH_BYTES);
      socket.destroy();
      await proxy.demo.quits();
    },
    120_000,
  );
});
