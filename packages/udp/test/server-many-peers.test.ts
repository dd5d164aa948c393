// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test, vi } from 'vitest';
import { DatagramPeer, EventLog, eventually, many, modes } from '@hp/testkit';
import { UdpServer } from '@hp/udp';
import { askOnce, hostOf } from './support/crowd.js';
import { echo, portOf, serverListener } from './support/served.js';

const COUNT = many(20_000);
/** Sockets that are open at a time: peers need none to be remembered. */
const AT_ONCE = 100;

vi.setConfig({ testTimeout: 120_000 });

describe.each(modes)('many peers of a UdpServer ($name)', ({ workerThreadCount }) => {
  test(`${COUNT} at once: each hears its own words, none is forgotten, and each is closed once`, async () => {
    const log = new EventLog();
    const addresses = new Map<number, string>();
    await using server = new UdpServer(
      serverListener(log, {
        onAccept: (_server, id, { address, port }) => void addresses.set(id, `${address}:${port}`),
        onReceive: echo,
      }),
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    const port = portOf(server);
    const peers: string[] = [];
    for (let met = 0; met < COUNT; met += AT_ONCE) {
      const indexes = Array.from({ length: AT_ONCE }, (_each, index) => met + index);
      const answers = await Promise.all(
        indexes.map((index) => askOnce(hostOf(index), `words of peer ${index}`, port)),
      );
      expect(answers.map(({ text }) => text)).toEqual(indexes.map((index) => `words of peer ${index}`));
      peers.push(...answers.map(({ address }) => address));
    }

    // Ports of one address may have been used twice; then the peer is the same.
    const distinct = new Set(peers).size;
    expect(distinct).toBeGreaterThan(0.99 * COUNT);
    expect(server.connectionCount).toBe(distinct);
    expect(server.stats()).toMatchObject({ accepted: distinct, receives: COUNT, sends: COUNT });
    expect(new Set(addresses.values())).toEqual(new Set(peers));
    for (const id of [1, Math.floor(distinct / 2), distinct]) {
      const { address, port: its } = server.getRemoteAddress(id) ?? {};
      expect(`${address ?? ''}:${its ?? ''}`).toBe(addresses.get(id));
    }

    // The second half goes first, then the rest: what is left is found again.
    const ids = server.getAllConnectionIds();
    for (const id of ids.slice(distinct / 2)) expect(server.disconnect(id)).toBe(true);
    await log.next('onClose', ids.slice(distinct / 2).length, 30_000);
    expect(server.connectionCount).toBe(Math.floor(distinct / 2));
    await using known = await DatagramPeer.bind();
    await known.send('a new one', port);
    await known.next();
    await server.stop();

    const closed = log.all('onClose').map(({ id }) => id);
    expect(new Set(closed).size).toBe(closed.length);
    expect(closed).toHaveLength(distinct + 1);
    expect(log.names().at(-1)).toBe('onShutdown');
  });

  test('places of peers that are gone are kept for reuse as far as freeSocketObjHold says', async () => {
    await using server = new UdpServer({ onReceive: echo }, { workerThreadCount, freeSocketObjHold: 100 });
    server.start('127.0.0.1');
    const port = portOf(server);
    const peers = await Promise.all(Array.from({ length: many(2000) }, () => DatagramPeer.bind()));
    for (let at = 0; at < peers.length; at += AT_ONCE) {
      const some = peers.slice(at, at + AT_ONCE);
      await Promise.all(some.map((peer) => peer.send('x', port)));
      await Promise.all(some.map((peer) => peer.next()));
    }
    expect(server.connectionCount).toBe(peers.length);
    server.disconnectLongConnections(0);
    await eventually(() => server.connectionCount === 0, 'The end of all');
    await eventually(() => server.stats().cachedConnections <= 1000, 'The return of what is not needed');
    for (const peer of peers) await peer[Symbol.asyncDispose]();
  });
});
