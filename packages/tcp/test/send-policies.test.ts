// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { dialPeer, EventLog, eventually, modes, type NetPeer, Pattern } from '@hp/testkit';
import { type ComponentStats, SendPolicy, TcpServer } from '@hp/tcp';
import { serverListener } from './support/listeners.js';

const policies = [
  { policy: 'Pack', sendPolicy: SendPolicy.Pack },
  { policy: 'Safe', sendPolicy: SendPolicy.Safe },
  { policy: 'Direct', sendPolicy: SendPolicy.Direct },
];

interface Served extends AsyncDisposable {
  readonly server: TcpServer;
  readonly peer: NetPeer;
}

async function serve(settings: object, peerReads = true): Promise<Served> {
  const log = new EventLog();
  const server = new TcpServer(serverListener(log), settings);
  server.start('127.0.0.1');
  const peer = await dialPeer(server.listenAddress!.port, { reads: peerReads });
  await log.next('onAccept');
  return {
    server,
    peer,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await peer[Symbol.asyncDispose]();
    },
  };
}

describe.each(modes)('send policies ($name)', ({ workerThreadCount }) => {
  async function statsOfBurst(sendPolicy: SendPolicy, count: number): Promise<ComponentStats> {
    await using served = await serve({ workerThreadCount, sendPolicy });
    const { server, peer } = served;
    for (let index = 0; index < count; index++) server.send(1, Buffer.alloc(64, index));
    await peer.receivedBytes(count * 64);
    // A thread counts what it sent after the peer may have it.
    await eventually(() => server.stats().bytesSent === count * 64, 'The count of all bytes');
    return server.stats();
  }

  test('differ in system calls: one for a burst, or one for each send', async () => {
    const packed = await statsOfBurst(SendPolicy.Pack, 50);
    const safe = await statsOfBurst(SendPolicy.Safe, 50);
    const direct = await statsOfBurst(SendPolicy.Direct, 50);

    expect([packed.sends, safe.sends, direct.sends]).toEqual([50, 50, 50]);
    expect([packed.bytesSent, safe.bytesSent, direct.bytesSent]).toEqual([3200, 3200, 3200]);
    expect(packed.sendCalls).toBe(1);
    expect(safe.sendCalls).toBe(1);
    expect(direct.sendCalls).toBe(50);
  });

  test('Direct: a group of pieces is one system call', async () => {
    await using served = await serve({ workerThreadCount, sendPolicy: SendPolicy.Direct });
    const { server, peer } = served;
    server.sendPackets(1, [Buffer.from('ab'), Buffer.from('cd'), Buffer.from('ef')]);
    await peer.receivedBytes(6);
    await eventually(() => server.stats().bytesSent === 6, 'The count of all bytes');

    expect(server.stats().sendCalls).toBe(1);
  });

  test('Safe leaves far less in the kernel than Pack', async () => {
    const inKernel: number[] = [];
    for (const sendPolicy of [SendPolicy.Pack, SendPolicy.Safe]) {
      const settings = { workerThreadCount, sendPolicy, socketBufferSize: 8192 };
      await using served = await serve(settings, false);
      const { server, peer } = served;
      const block = Buffer.alloc(64 * 1024);
      let asked = 0;
      // Far more than the kernel takes for a peer that does not read.
      while (asked < 16 * 1024 * 1024 && server.send(1, block)) asked += block.length;
      while (workerThreadCount > 0 && server.stats().sends < asked / block.length);
      const pending = server.getPendingDataLength(1)!;
      inKernel.push(asked - pending);
      peer.resume();
      await peer.receivedBytes(asked);
    }

    const [pack, safe] = inKernel as [number, number];
    expect(safe).toBeLessThan(pack);
    expect(pack - safe).toBeGreaterThan(256 * 1024);
  });

  test.each(policies)('$policy delivers the same stream, whatever the sizes', async ({ sendPolicy }) => {
    await using served = await serve({ workerThreadCount, sendPolicy });
    const { server, peer } = served;
    const sent = new Pattern();
    const sizes = [1, 64, 100, 16_383, 16_384, 70_000, 3, 300_000, 8, 1_000_000, 2];
    for (let round = 0; round < 10; round++) {
      for (const size of sizes) server.send(1, sent.take(size));
      if (round % 3 === 0) await new Promise(setImmediate);
    }
    const received = await peer.receivedBytes(sent.position);

    expect(received).toHaveLength(sent.position);
    expect(() => new Pattern().check(received)).not.toThrow();
  });

  test.each(policies)(
    '$policy: sends made outside of callbacks leave without further ado',
    async ({ sendPolicy }) => {
      await using served = await serve({ workerThreadCount, sendPolicy });
      const { server, peer } = served;
      setImmediate(() => server.send(1, Buffer.from('later')));

      expect(String(await peer.receivedBytes(5))).toBe('later');
    },
  );
});
