// SPDX-License-Identifier: Apache-2.0
import { eventually, netListener, once, Pattern } from '@hp/testkit';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { DemoProcess } from '../src/smoke/demo-process.js';
import { launchProxy, message } from './http-proxy.js';

const MIB = 1024 * 1024;
const OFFERED_BYTES = 1024 * MIB;
const PIECE_BYTES = 256 * 1024;
/** What the proxy's process may grow by: its heap and what both sides have queued. */
const GROWTH_BYTES = 32 * MIB;
/** What may be on its way to a reader that stalls, the system's buffers included. */
const UNDERWAY_BYTES = 32 * MIB;
const QUIET_MS = 500;

/** Memory of a process, in bytes: what it has now, or the most it has ever had. */
function memoryOf({ pid = 0 }: DemoProcess, which: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes] = new RegExp(`^${which}:\\s+(\\d+) kB`, 'm').exec(status)!;
  return 1024 * Number(kilobytes);
}

/** A stream of bytes that is offered to one side, and that the other side checks. */
class Offer {
  taken = 0;
  readonly #pattern = new Pattern();

  async makeTo(socket: Socket): Promise<void> {
    while (this.taken < OFFERED_BYTES) {
      const isBehind = !socket.write(this.#pattern.take(PIECE_BYTES));
      this.taken += PIECE_BYTES;
      if (isBehind) await once(socket, 'drain', 60_000);
    }
  }

  /** Waits until nobody takes any more. */
  async stalls(): Promise<void> {
    let taken = 0;
    let since = performance.now();
    const isStalled = (): boolean => {
      if (this.taken !== taken) since = performance.now();
      taken = this.taken;
      return taken > 0 && performance.now() - since > QUIET_MS;
    };
    await eventually(isStalled, 'The stall', 30_000);
  }
}

/** Reads a head and stalls. */
async function readHead(socket: Socket): Promise<{ head: string; rest: Buffer }> {
  let received = Buffer.alloc(0);
  while (!received.includes('\r\n\r\n')) {
    socket.resume();
    const [data] = (await once(socket, 'data')) as [Buffer];
    socket.pause();
    received = Buffer.concat([received, data]);
  }
  const length = received.indexOf('\r\n\r\n') + 4;
  return { head: received.toString('latin1', 0, length), rest: received.subarray(length) };
}

/** Reads on, after `rest`, until everything that was offered has come. */
async function readOffer(socket: Socket, rest: Buffer): Promise<void> {
  const pattern = new Pattern();
  pattern.check(rest);
  socket.on('data', (data: Buffer) => pattern.check(data));
  socket.resume();
  await eventually(
    () => pattern.position >= OFFERED_BYTES,
    () => `The receipt of all bytes, ${pattern.position} so far,`,
    60_000,
  );
}

const LENGTH = `Content-Length: ${OFFERED_BYTES}`;

describe.skipIf(process.platform !== 'linux')('the memory of http-proxy', () => {
  it.each([
    {
      what: 'a response',
      request: (host: string) => message([`GET http://${host}/ HTTP/1.1`, `Host: ${host}`]),
      response: message(['HTTP/1.1 200 OK', LENGTH]),
      isUpload: false,
    },
    {
      what: 'a request',
      request: (host: string) => message([`PUT http://${host}/ HTTP/1.1`, `Host: ${host}`, LENGTH]),
      response: '',
      isUpload: true,
    },
    {
      what: 'a tunnel',
      request: (host: string) => message([`CONNECT ${host} HTTP/1.1`, `Host: ${host}`]),
      response: '',
      isUpload: false,
    },
  ])(
    'stays bounded while the reader of $what stalls, and all bytes arrive',
    async ({ request, response, isUpload }) => {
      await using listener = await netListener({ reads: false });
      await using proxy = await launchProxy();
      const before = memoryOf(proxy.demo, 'VmRSS');
      const client = connect(proxy.port, '127.0.0.1');
      client.write(request(`127.0.0.1:${listener.port}`));
      const { socket: host } = await listener.accepted();
      host.write(response);
      const [offerer, reader] = isUpload ? [client, host] : [host, client];
      const offer = new Offer();
      const offered = offer.makeTo(offerer);
      const { head, rest } = await readHead(reader);
      await offer.stalls();

      expect(head).toMatch(/^(HTTP\/1\.1 200|PUT) /);
      expect(offer.taken).toBeLessThan(UNDERWAY_BYTES);
      expect(memoryOf(proxy.demo, 'VmHWM') - before).toBeLessThan(GROWTH_BYTES);
      await readOffer(reader, rest);
      await offered;
      expect(memoryOf(proxy.demo, 'VmHWM') - before).toBeLessThan(GROWTH_BYTES);
      client.destroy();
      await proxy.demo.quits();
    },
    120_000,
  );
});
