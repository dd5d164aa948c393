// SPDX-License-Identifier: Apache-2.0
// Servers that are started and stopped again and again, and servers that nobody needs any more.
import { describe, expect, test, vi } from 'vitest';
import { collectGarbage, DatagramPeer, eventually, holdings, modes, returnTo } from '@hp/testkit';
import { ServiceState, UdpServer } from '@hp/udp';
import { echo, portOf } from '../support/served.js';

vi.setConfig({ testTimeout: 120_000 });

const MIB = 1024 * 1024;

describe.each(modes)('restarts of a UdpServer ($name)', ({ workerThreadCount }) => {
  test('500 starts and stops with a connection each leak no descriptors, threads or memory', async () => {
    const server = new UdpServer({ onReceive: echo }, { workerThreadCount });
    await using peer = await DatagramPeer.bind();
    const round = async (): Promise<void> => {
      server.start('127.0.0.1');
      await peer.send(Buffer.alloc(1000), portOf(server));
      await peer.next();
      peer.datagrams.length = 0;
      await server.stop();
    };
    const batch = async (): Promise<number> => {
      for (let count = 0; count < 100; count++) await round();
      await new Promise(setImmediate);
      collectGarbage();
      return process.memoryUsage.rss();
    };
    let resident = await batch();
    const before = holdings();
    // An allocator grows until it has what it needs, in 1,500 rounds at most; a leak never ends.
    let growth = Infinity;
    for (let count = 2; count <= 5 || (growth > MIB / 2 && count <= 15); count++) {
      const after = await batch();
      growth = Math.min(growth, after - resident);
      resident = after;
    }

    await returnTo(before);
    expect(growth).toBeLessThanOrEqual(MIB / 2);
    expect(server.state).toBe(ServiceState.Stopped);
  });

  test('200 starts that fail leak nothing', async () => {
    await using taken = await DatagramPeer.bind();
    let refuses = false;
    const server = new UdpServer({ onPrepareListen: () => (refuses ? 2 : 0) }, { workerThreadCount });
    const round = (): void => {
      refuses = !refuses;
      expect(() => server.start('127.0.0.1', taken.port)).toThrow();
    };
    for (let count = 0; count < 20; count++) round();
    await new Promise(setImmediate);
    const before = holdings();
    for (let count = 0; count < 180; count++) round();

    await returnTo(before);
  });

  test('servers that are stopped, or were never started, can be collected', async () => {
    const held: WeakRef<object>[] = [];
    const useSome = async (): Promise<void> => {
      const extra = { large: new Array(1000).fill(0) };
      const server = new UdpServer(
        {
          onReceive: (it, id, data) => {
            it.setConnectionExtra(id, extra);
            it.send(id, data);
          },
        },
        { workerThreadCount },
      );
      server.start('127.0.0.1');
      await using peer = await DatagramPeer.bind();
      await peer.send('x', portOf(server));
      await peer.next();
      await server.stop();
      for (const each of [server, extra, new UdpServer({}, { workerThreadCount })])
        held.push(new WeakRef(each));
    };
    for (let count = 0; count < 10; count++) await useSome();

    await eventually(() => {
      collectGarbage();
      return held.every((reference) => reference.deref() === undefined);
    }, 'The collection of every server');
    expect(held).toHaveLength(30);
  });

  test('a running server is not collected, and serves on', async () => {
    const start = (): number => {
      const server = new UdpServer(
        {
          onReceive: (it, id, data) => {
            it.send(id, data);
            void it.stop();
          },
        },
        { workerThreadCount },
      );
      server.start('127.0.0.1');
      return portOf(server);
    };
    const port = start();
    for (let count = 0; count < 5; count++) {
      collectGarbage();
      await new Promise(setImmediate);
    }
    await using peer = await DatagramPeer.bind();
    await peer.send('still there?', port);

    expect(String((await peer.next()).data)).toBe('still there?');
  });
});
