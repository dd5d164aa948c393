// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { TcpPackAgent, TcpPackClient, TcpPackServer } from '@hp/pack/tcp';
import { deferred, dialPeer, modes, Pattern, within } from '@hp/testkit';
import { packOf, packsIn } from './support/by-hand.js';

const lengths = [1, 20, 700, 5000, 20_000, 40_000, 64 * 1024, 200_000, 3, 4];
const total = lengths.reduce((sum, length) => sum + length, 0);

describe.each(modes)("receiveBuffer: 'borrowed' ($name)", ({ workerThreadCount }) => {
  const settings = { workerThreadCount, receiveBuffer: 'borrowed' } as const;

  test('onReceive gets a pack as a part of a buffer, which may be sent on at once', async () => {
    await using server = new TcpPackServer(
      { onReceive: (it, id, buffer, offset, length) => void it.send(id, buffer, offset, length) },
      settings,
    );
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress?.port ?? 0);
    const pattern = new Pattern();
    const packs = Array.from({ length: 5 }, () =>
      lengths.map((length) => packOf(pattern.take(length))),
    ).flat();
    const stream = Buffer.concat(packs);
    peer.socket.write(stream);

    const echoed = await peer.receivedBytes(stream.length);
    expect(echoed.equals(stream)).toBe(true);
    expect(packsIn(echoed).length).toBe(packs.length);
  });

  test('in all roles', async () => {
    await using server = new TcpPackServer(
      { onReceive: (it, id, buffer, offset, length) => void it.send(id, buffer, offset, length) },
      settings,
    );
    server.start('127.0.0.1');
    const port = server.listenAddress?.port ?? 0;
    const echoed = [new Pattern(), new Pattern()] as const;
    const received: number[][] = [[], []];
    const finished = deferred();
    const check = (which: 0 | 1, buffer: Buffer, offset: number, length: number): void => {
      echoed[which].check(buffer.subarray(offset, offset + length));
      received[which]?.push(length);
      if (echoed.every(({ position }) => position === total)) finished.resolve();
    };
    await using agent = new TcpPackAgent(
      { onReceive: (_agent, _id, ...place) => check(0, ...place) },
      settings,
    );
    await using client = new TcpPackClient(
      { onReceive: (_client, ...place) => check(1, ...place) },
      settings,
    );
    agent.start();
    const id = await agent.connectAsync('127.0.0.1', port);
    await client.startAsync('127.0.0.1', port);
    const pattern = new Pattern();
    for (const length of lengths) {
      const body = pattern.take(length);
      agent.send(id, body);
      client.send(body);
    }
    await within(finished.promise, 10_000, 'Both echoes');

    expect(received).toEqual([lengths, lengths]);
  });

  test('owned packs stay as they are, those of many receives too', async () => {
    const kept: Buffer[] = [];
    const finished = deferred();
    await using server = new TcpPackServer(
      {
        onReceive: (_server, _id, data) => {
          if (kept.push(data) === 3 * lengths.length) finished.resolve();
        },
      },
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress?.port ?? 0);
    const sent = new Pattern();
    // Large and small packs by turns: the memory they are received in changes.
    for (let round = 0; round < 3; round++)
      for (const length of lengths) peer.socket.write(packOf(sent.take(length)));
    await within(finished.promise, 10_000, 'The last pack');

    const received = new Pattern();
    for (const body of kept) received.check(body);
    expect(received.position).toBe(sent.position);
  });
});
