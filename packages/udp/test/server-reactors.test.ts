// SPDX-License-Identifier: Apache-2.0
// A server with several threads: each has a socket of its own on the one port.
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Component } from '@hp/core-native';
import { closedDatagramPort, DatagramPeer, eventually, runChild } from '@hp/testkit';
import { ErrorCode, UdpServer } from '@hp/udp';
import { thrownBy } from '../../core-native/test/support/thrown.js';
import { Flood } from './support/flood.js';
import { echo, portOf, serve } from './support/served.js';

const PEERS = 64;
const ROUNDS = 20;

/** Which of its threads serves a connection. */
function threadOf(server: UdpServer, id: number): number {
  const engine = Component.engineOf(server);
  const connection = engine?.connections.get(id);
  return connection === undefined ? -1 : (engine?.links.indexOf(connection.link) ?? -1);
}

describe.each([2, 4])('a UdpServer with %i threads', (workerThreadCount) => {
  const sockets = process.platform === 'win32' ? 1 : workerThreadCount;

  test(`each of ${PEERS} peers stays with one, and each thread has some`, async () => {
    await using served = serve({ workerThreadCount }, { onReceive: echo });
    const { server, log, port } = served;
    const peers = await Promise.all(Array.from({ length: PEERS }, () => DatagramPeer.bind()));
    for (let round = 1; round <= ROUNDS; round++) {
      await Promise.all(peers.map((peer, index) => peer.send(`${index}: ${round}`, port)));
      await Promise.all(peers.map((peer) => peer.next(round)));
    }

    const ids = server.getAllConnectionIds();
    expect(ids).toHaveLength(PEERS);
    expect(log.count('onAccept')).toBe(PEERS);
    expect(new Set(ids.map((id) => threadOf(server, id))).size).toBe(sockets);
    for (const [index, peer] of peers.entries()) {
      expect(peer.texts).toEqual(Array.from({ length: ROUNDS }, (_each, round) => `${index}: ${round + 1}`));
    }
    expect(server.stats()).toMatchObject({
      accepted: PEERS,
      receives: PEERS * ROUNDS,
      sends: PEERS * ROUNDS,
    });
    await server.stop();
    expect(log.count('onClose')).toBe(PEERS);
    expect(log.names().at(-1)).toBe('onShutdown');
    for (const peer of peers) await peer[Symbol.asyncDispose]();
  });

  test('a restart on the same port, threads and all, while peers go on sending', async () => {
    const port = await closedDatagramPort();
    await using flood = await Flood.start(port, 32);
    await using server = new UdpServer({ onReceive: echo }, { workerThreadCount });
    let nextId = 1;
    for (let round = 0; round < 10; round++) {
      server.start('127.0.0.1', port);
      await eventually(() => server.connectionCount === 32, 'The connections');
      const [first = 0] = server.getAllConnectionIds();
      expect(first).toBeGreaterThanOrEqual(nextId);
      nextId = Math.max(...server.getAllConnectionIds()) + 1;
      await server.stop();
      expect(server.connectionCount).toBe(0);
    }
    expect(flood.isOver).toBe(false);
  });

  test('maxConnections holds over all threads together', async () => {
    await using served = serve({ workerThreadCount, maxConnections: 50 });
    const { server, port } = served;
    await using flood = await Flood.start(port, 1000, 20_000);
    await flood.done();

    const ids = server.getAllConnectionIds();
    expect(ids).toHaveLength(50);
    expect(server.stats()).toMatchObject({ accepted: 50 });
    expect(server.stats().rejected).toBeGreaterThan(0);
  });

  test('a port that another process uses is found to be in use', async () => {
    const script = path.join(import.meta.dirname, 'children/takes-port.mjs');
    await using server = new UdpServer({}, { workerThreadCount });
    server.start('127.0.0.1');
    const { stdout, stderr } = await runChild(script, [String(portOf(server))]);
    expect({ stdout, stderr }).toEqual({ stdout: 'SE_SOCKET_BIND EADDRINUSE\n'.repeat(3), stderr: '' });
  });

  test('a port that is taken by somebody without threads is found to be in use', async () => {
    await using taken = await DatagramPeer.bind();
    await using server = new UdpServer({}, { workerThreadCount });

    expect(thrownBy(() => server.start('127.0.0.1', taken.port)).errno).toBe(ErrorCode.AddressInUse);
    expect(server.hasStarted).toBe(false);
  });
});
