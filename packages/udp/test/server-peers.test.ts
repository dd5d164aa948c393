// SPDX-License-Identifier: Apache-2.0
// Many peers of one server, told apart by their addresses.
import { describe, expect, test } from 'vitest';
import { DatagramPeer, modes } from '@hp/testkit';
import { UdpServer } from '@hp/udp';
import { echo, portOf, serve } from './support/served.js';

const PEERS = 50;
const ROUNDS = 40;

async function bindPeers(count: number): Promise<DatagramPeer[]> {
  return await Promise.all(Array.from({ length: count }, () => DatagramPeer.bind()));
}

async function close(peers: readonly DatagramPeer[]): Promise<void> {
  for (const peer of peers) await peer[Symbol.asyncDispose]();
}

describe.each(modes)('peers of a UdpServer ($name)', ({ workerThreadCount }) => {
  test('are told apart by port, and by address', async () => {
    await using served = serve({ workerThreadCount }, { onReceive: echo });
    const { server, log, port } = served;
    await using first = await DatagramPeer.bind();
    await using otherPort = await DatagramPeer.bind();
    await using otherAddress = await DatagramPeer.bind({ host: '127.0.0.2', port: first.port });
    const peers = [first, otherPort, otherAddress];
    for (const [index, peer] of peers.entries()) {
      await peer.send(`from peer ${index + 1}`, port, '127.0.0.1');
      await peer.next();
    }

    expect(log.all('onAccept').map(({ id }) => id)).toEqual([1, 2, 3]);
    for (const [index, peer] of peers.entries()) {
      const id = index + 1;
      expect(String(log.received(id))).toBe(`from peer ${id}`);
      expect(peer.texts).toEqual([`from peer ${id}`]);
      expect(server.getRemoteAddress(id)).toEqual({ address: peer.host, port: peer.port });
    }
    expect(server.connectionCount).toBe(3);
  });

  test('get their answers from the port that it listens on', async () => {
    await using served = serve({ workerThreadCount }, { onReceive: echo });
    const { server, port } = served;
    await using first = await DatagramPeer.bind();
    await using second = await DatagramPeer.bind();
    for (const peer of [first, second]) {
      await peer.send('', port);
      await peer.send('data', port);
      await peer.next(2);
      for (const { address, port: from } of peer.datagrams) {
        expect({ address, port: from }).toEqual(server.listenAddress);
      }
    }
  });

  test(`${PEERS} of them talk at once: none is mixed with another, and each keeps its order`, async () => {
    await using served = serve({ workerThreadCount }, { onReceive: echo });
    const { server, log, port } = served;
    const peers = await bindPeers(PEERS);
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(peers.map((peer, index) => peer.send(`${index}: ${round}`, port)));
      await Promise.all(peers.map((peer) => peer.next(round + 1)));
    }

    expect(server.stats()).toMatchObject({ accepted: PEERS, receives: PEERS * ROUNDS });
    for (const [index, peer] of peers.entries()) {
      const texts = Array.from({ length: ROUNDS }, (_each, round) => `${index}: ${round}`);
      expect(peer.texts).toEqual(texts);
    }
    for (const { id } of log.all('onAccept')) {
      const mine = peers.findIndex(({ port: its }) => its === server.getRemoteAddress(id)?.port);
      const received = log.events.filter((event) => event.id === id && event.name === 'onReceive');
      expect(received.map(({ data }) => String(data))).toEqual(
        Array.from({ length: ROUNDS }, (_each, round) => `${mine}: ${round}`),
      );
    }
    await close(peers);
  });

  test('one batch of sends to many peers, of many sizes, reaches each in order', async () => {
    await using served = serve({ workerThreadCount });
    const { server, log, port } = served;
    const peers = await bindPeers(8);
    for (const [index, peer] of peers.entries()) {
      await peer.send('x', port);
      await log.next('onReceive', index + 1);
    }
    const ids = log.all('onReceive').map(({ id }) => id);
    for (let round = 0; round < ROUNDS; round++) {
      // Runs of equal lengths, shorter ones behind them, and longer ones again.
      const text = `${round} `.padEnd([8, 8, 8, 5, 12][round % 5] ?? 0, '.');
      for (const id of round % 2 === 0 ? ids : ids.toReversed()) {
        expect(server.send(id, Buffer.from(`${id} ${text}`))).toBe(true);
      }
    }
    await Promise.all(peers.map((peer) => peer.next(ROUNDS)));

    for (const [index, peer] of peers.entries()) {
      const id = ids[index] ?? 0;
      expect(peer.texts.map((text) => Number.parseInt(text.split(' ')[1] ?? '', 10))).toEqual(
        Array.from({ length: ROUNDS }, (_each, round) => round),
      );
      expect(peer.texts.every((text) => text.startsWith(`${id} `))).toBe(true);
    }
    await close(peers);
  });

  test('a server on every address answers a peer on any of them', async () => {
    await using server = new UdpServer({ onReceive: echo }, { workerThreadCount });
    server.start();
    expect(server.listenAddress?.address).toBe('0.0.0.0');
    for (const host of ['127.0.0.1', '127.0.0.2', '127.3.2.1']) {
      await using peer = await DatagramPeer.bind({ host });
      await peer.send(host, portOf(server), '127.0.0.1');
      expect(String((await peer.next()).data)).toBe(host);
    }

    expect(server.connectionCount).toBe(3);
  });

  test('a peer whose socket is gone disturbs nobody', async () => {
    await using served = serve({ workerThreadCount }, { onReceive: echo });
    const { server, log, port } = served;
    await using stays = await DatagramPeer.bind();
    {
      await using goes = await DatagramPeer.bind();
      await goes.send('x', port);
      await goes.next();
    }
    for (let count = 1; count <= 20; count++) {
      // The system answers these with errors.
      expect(server.send(1, Buffer.from('to nobody'))).toBe(true);
      await stays.send(`still ${count}`, port);
      await stays.next(count);
    }

    expect(log.count('onClose')).toBe(0);
    expect(server.isConnected(1)).toBe(true);
  });
});
