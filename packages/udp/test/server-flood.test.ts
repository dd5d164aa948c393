// SPDX-License-Identifier: Apache-2.0
// Strangers from many addresses, who all send at once and are too many.
import { describe, expect, test, vi } from 'vitest';
import { DatagramPeer, many, modes } from '@hp/testkit';
import { HandleResult } from '@hp/udp';
import { Flood } from './support/flood.js';
import { echo, serve } from './support/served.js';

const DATAGRAMS = many(100_000);
const ADDRESSES = 2000;

vi.setConfig({ testTimeout: 90_000 });

/** Asks again until an answer comes: in a flood, a datagram may find no room. */
async function ask(peer: DatagramPeer, text: string, port: number): Promise<void> {
  const again = setInterval(() => void peer.send(text, port), 50);
  try {
    await peer.send(text, port);
    await peer.find(text, 30_000);
  } finally {
    clearInterval(again);
  }
}

describe.each(modes)(
  `${DATAGRAMS} datagrams from ${ADDRESSES} addresses ($name)`,
  ({ workerThreadCount }) => {
    test('at most maxConnections of them are met, and a known peer is served meanwhile', async () => {
      await using served = serve(
        { workerThreadCount, maxConnections: 100 },
        {
          onReceive: (server, id, data) => {
            if (id === 1) echo(server, id, data);
          },
        },
      );
      const { server, log, port } = served;
      await using known = await DatagramPeer.bind();
      await ask(known, 'before', port);
      await using flood = await Flood.start(port, ADDRESSES, DATAGRAMS);
      const over = flood.done();
      let asked = 0;
      while (!flood.isOver) {
        await ask(known, `during ${++asked}`, port);
        expect(server.connectionCount).toBeLessThanOrEqual(100);
      }
      await over;
      await ask(known, 'after', port);

      const { accepted, rejected, receives, lostDatagrams } = server.stats();
      expect(accepted).toBe(100);
      expect(rejected).toBeGreaterThan(ADDRESSES);
      expect(rejected + receives + lostDatagrams).toBeGreaterThanOrEqual(DATAGRAMS);
      expect(asked).toBeGreaterThan(1);
      expect(log.count('onClose')).toBe(0);
      expect(server.getRemoteAddress(1)).toEqual({ address: '127.0.0.1', port: known.port });
    });

    test('all refused: nobody stays, and whoever is accepted is served', async () => {
      let host = '';
      await using served = serve(
        { workerThreadCount },
        {
          onAccept: (_server, _id, { address }) => (address === host ? HandleResult.Ok : HandleResult.Error),
          onReceive: echo,
        },
      );
      const { server, log, port } = served;
      await using flood = await Flood.start(port, 200, many(50_000));
      await using known = await DatagramPeer.bind();
      host = known.host;
      let asked = 0;
      while (!flood.isOver) await ask(known, `during ${++asked}`, port);
      await ask(known, 'after', port);

      const ids = log.all('onReceive').map(({ id }) => id);
      expect(new Set(ids).size).toBe(1);
      expect(log.count('onClose')).toBe(0);
      await expect.poll(() => server.connectionCount).toBe(1);
      expect(asked).toBeGreaterThan(1);
    });
  },
);
