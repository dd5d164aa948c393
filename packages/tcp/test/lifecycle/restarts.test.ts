// SPDX-License-Identifier: Apache-2.0
// Components that are started and stopped again and again, and components that nobody needs any more.
import { describe, expect, test, vi } from 'vitest';
import { collectGarbage, eventually, holdings, modes, returnTo } from '@hp/testkit';
import { ServiceState, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';

vi.setConfig({ testTimeout: 120_000 });

const MIB = 1024 * 1024;

describe.each(modes)('restarts ($name)', ({ workerThreadCount }) => {
  test('500 starts and stops with a connection each leak no descriptors, threads or memory', async () => {
    const server = new TcpServer(
      { onReceive: (it, id, data) => void it.send(id, data) },
      { workerThreadCount },
    );
    let answered: () => void = () => {};
    const agent = new TcpAgent({ onReceive: () => answered() }, { workerThreadCount });
    const client = new TcpClient({}, { workerThreadCount });
    const round = async (): Promise<void> => {
      server.start('127.0.0.1');
      agent.start();
      const { port } = server.listenAddress!;
      await client.startAsync('127.0.0.1', port);
      const id = await agent.connectAsync('127.0.0.1', port);
      const answer = new Promise<void>((resolve) => (answered = resolve));
      agent.send(id, Buffer.alloc(1000));
      await answer;
      await Promise.all([server.stop(), agent.stop(), client.stop()]);
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
    expect([server, agent, client].map(({ state }) => state)).toEqual(Array(3).fill(ServiceState.Stopped));
  });

  test('200 starts that fail leak nothing', async () => {
    const taken = new TcpServer({}, { workerThreadCount: 0 });
    await using stopping = taken;
    taken.start('127.0.0.1');
    const { port } = stopping.listenAddress!;
    const server = new TcpServer({}, { workerThreadCount });
    const client = new TcpClient({}, { workerThreadCount });
    const round = async (): Promise<void> => {
      expect(() => server.start('127.0.0.1', port)).toThrow();
      expect(() => client.start('127.0.0.1', 1, { asyncConnect: false })).toThrow();
      await expect(client.startAsync('127.0.0.1', 1)).rejects.toThrow();
      await client.wait();
    };
    for (let count = 0; count < 20; count++) await round();
    await new Promise(setImmediate);
    const before = holdings();
    for (let count = 0; count < 180; count++) await round();

    await returnTo(before);
  });

  test('components that are stopped, or were never started, can be collected', async () => {
    const held: WeakRef<object>[] = [];
    const useSome = async (): Promise<void> => {
      const extra = { large: new Array(1000).fill(0) };
      const server = new TcpServer({ onClose: () => void extra.large.pop() }, { workerThreadCount });
      const agent = new TcpAgent({}, { workerThreadCount });
      const client = new TcpClient({}, { workerThreadCount });
      server.start('127.0.0.1');
      agent.start();
      await agent.connectAsync('127.0.0.1', server.listenAddress!.port, { extra });
      await client.startAsync('127.0.0.1', server.listenAddress!.port);
      await Promise.all([server.stop(), agent.stop(), client.stop()]);
      const idle = new TcpServer({}, { workerThreadCount });
      for (const each of [server, agent, client, idle, extra]) held.push(new WeakRef(each));
    };
    for (let count = 0; count < 10; count++) await useSome();

    await eventually(() => {
      collectGarbage();
      return held.every((reference) => reference.deref() === undefined);
    }, 'The collection of every component');
    expect(held).toHaveLength(50);
  });

  test('a running component is not collected, and serves on', async () => {
    const start = (): number => {
      const server = new TcpServer(
        {
          onReceive: (it, id, data) => {
            it.send(id, data);
            it.end(id);
            void it.stop();
          },
        },
        { workerThreadCount },
      );
      server.start('127.0.0.1');
      return server.listenAddress!.port;
    };
    const port = start();
    for (let count = 0; count < 5; count++) {
      collectGarbage();
      await new Promise(setImmediate);
    }
    await using client = new TcpClient({}, { workerThreadCount });
    await client.startAsync('127.0.0.1', port);
    expect(client.send(Buffer.from('still there?'))).toBe(true);
    // The server ends by itself after it has been heard.
    expect(await client.wait(5000)).toBe(true);
  });
});
