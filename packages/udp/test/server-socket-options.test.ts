// SPDX-License-Identifier: Apache-2.0
// What reaches the sockets of a server: all of them, where it has several.
import { describe, expect, test } from 'vitest';
import { Component, LiveSocket, type SocketHandle } from '@hp/core-native';
import { DatagramPeer, EventLog, modes, option } from '@hp/testkit';
import { ReuseAddressPolicy, UdpServer } from '@hp/udp';
import { echo, portOf, serve, serverListener } from './support/served.js';

type OptionNumbers = readonly [level: number, name: number];

/** The sockets of a server that runs. */
function socketsOf(server: UdpServer): SocketHandle[] {
  const engine = Component.engineOf(server);
  return (engine?.links ?? []).flatMap((link) => {
    const handle = engine?.datagrams.of(link);
    return handle === undefined ? [] : [new LiveSocket(handle)];
  });
}

function valuesOf(server: UdpServer, [level, name]: OptionNumbers): number[] {
  return socketsOf(server).map((socket) => Number(socket.getOption(level, name)));
}

/** How many sockets a server has: Windows does not let them share a port. */
function socketCount(workerThreadCount: number): number {
  return process.platform === 'win32' ? 1 : Math.max(1, workerThreadCount);
}

describe.each(modes)('sockets of a UdpServer ($name)', ({ workerThreadCount }) => {
  const count = socketCount(workerThreadCount);

  test('there is one for each thread, all on the same address', async () => {
    await using served = serve({ workerThreadCount });
    const { server } = served;

    const addresses = socketsOf(server).map(({ localAddress }) => localAddress);
    expect(addresses).toEqual(Array(count).fill(server.listenAddress));
    expect(new Set(socketsOf(server).map(({ fd }) => fd)).size).toBe(count);
  });

  test('options set in onPrepareListen hold for all of them', async () => {
    const seen: unknown[] = [];
    await using served = serve(
      { workerThreadCount },
      {
        onPrepareListen: (_server, socket) => {
          socket.setOption(...option.typeOfService, 0x10);
          seen.push(socket.getOption(...option.typeOfService), socket.remoteAddress);
        },
      },
    );

    expect(seen).toEqual([0x10, undefined]);
    expect(valuesOf(served.server, option.typeOfService)).toEqual(Array(count).fill(0x10));
  });

  test('recvBufferSize and sendBufferSize reach all of them; 0 leaves what the system has', async () => {
    await using plain = serve({ workerThreadCount });
    await using sized = serve({ workerThreadCount, recvBufferSize: 16_384, sendBufferSize: 32_768 });

    // Linux doubles them, for its own book-keeping.
    const factor = process.platform === 'linux' ? 2 : 1;
    expect(valuesOf(sized.server, option.receiveBuffer)).toEqual(Array(count).fill(16_384 * factor));
    expect(valuesOf(sized.server, option.sendBuffer)).toEqual(Array(count).fill(32_768 * factor));
    for (const numbers of [option.receiveBuffer, option.sendBuffer]) {
      for (const bytes of valuesOf(plain.server, numbers)) expect(bytes).toBeGreaterThan(65_536);
    }
  });

  test('reuse policies reach the socket before it is bound', async () => {
    for (const [reuseAddressPolicy, expected] of [
      [ReuseAddressPolicy.None, [0, 0]],
      [ReuseAddressPolicy.AddressOnly, [1, 0]],
      [ReuseAddressPolicy.AddressAndPort, [1, 1]],
    ] as const) {
      let values: number[] = [];
      await using server = new UdpServer(
        {
          onPrepareListen: (_server, socket) => {
            values = [option.reuseAddress, option.reusePort].map((each) => Number(socket.getOption(...each)));
          },
        },
        { workerThreadCount, reuseAddressPolicy },
      );
      server.start('127.0.0.1');
      expect(values).toEqual(expected);
    }
  });

  test('without dualStack an IPv6 server takes IPv6 only, with it IPv4 too', async () => {
    const log = new EventLog();
    await using server = new UdpServer(serverListener(log, { onReceive: echo }), { workerThreadCount });
    await using six = await DatagramPeer.bind({ host: '::1' });
    await using four = await DatagramPeer.bind();
    server.start('::');
    await four.send('to nobody', portOf(server), '127.0.0.1');
    await six.send('x', portOf(server));
    await six.next();
    expect(log.count('onAccept')).toBe(1);
    expect(server.getRemoteAddress(1)).toEqual({ address: '::1', port: six.port });
    await server.stop();

    server.dualStack = true;
    for (const [round, address] of [undefined, '::'].entries()) {
      server.start(address);
      expect(server.listenAddress?.address).toBe('::');
      for (const peer of [six, four]) {
        const before = peer.datagrams.length;
        await peer.send(`round ${round}`, portOf(server));
        expect(String((await peer.next(before + 1)).data)).toBe(`round ${round}`);
      }
      const addresses = server.getAllConnectionIds().map((id) => server.getRemoteAddress(id)?.address);
      expect(addresses).toEqual(['::1', '127.0.0.1']);
      await server.stop();
    }
    expect(four.texts).toEqual(['round 0', 'round 1']);
  });

  test('AddressAndPort: two servers on one port both have peers, each peer one of them', async () => {
    const settings = { workerThreadCount, reuseAddressPolicy: ReuseAddressPolicy.AddressAndPort };
    const logs = [new EventLog(), new EventLog()] as const;
    await using first = new UdpServer(serverListener(logs[0], { onReceive: echo }), settings);
    await using second = new UdpServer(serverListener(logs[1], { onReceive: echo }), settings);
    first.start('127.0.0.1');
    const port = portOf(first);
    second.start('127.0.0.1', port);
    const peers = await Promise.all(Array.from({ length: 64 }, () => DatagramPeer.bind()));
    for (let round = 1; round <= 5; round++) {
      await Promise.all(peers.map((peer) => peer.send(`round ${round}`, port)));
      await Promise.all(peers.map((peer) => peer.next(round)));
    }

    // The kernel spreads them by a hash of the addresses.
    expect(first.connectionCount).toBeGreaterThan(0);
    expect(second.connectionCount).toBeGreaterThan(0);
    expect(first.connectionCount + second.connectionCount).toBe(64);
    for (const peer of peers) await peer[Symbol.asyncDispose]();
  });
});
