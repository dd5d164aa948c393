// SPDX-License-Identifier: Apache-2.0
// Components that are started and stopped again and again, and components and contexts that nobody needs any more.
import { describe, expect, test, vi } from 'vitest';
import { collectGarbage, deferred, eventually, holdings, modes, returnTo } from '@hp/testkit';
import { ServiceState, SslAgent, SslClient, SslContext, SslServer } from '@hp/ssl';
import { authority } from '../support/certificates.js';
import { clientContext, serverContext } from '../support/contexts.js';
import { growthOf } from '../support/growth.js';

vi.setConfig({ testTimeout: 120_000 });

const MIB = 1024 * 1024;

/** One round after the other. */
async function inTurn(times: number, round: () => Promise<void> | void): Promise<void> {
  for (let count = 0; count < times; count++) await round();
}

describe.each(modes)('restarts ($name)', ({ workerThreadCount }) => {
  test('250 starts and stops with connections leak no descriptors, threads or memory', async () => {
    const server = new SslServer(
      { onReceive: (it, id, data) => void it.send(id, data) },
      { workerThreadCount, context: serverContext() },
    );
    let answered = deferred();
    const context = clientContext();
    const agent = new SslAgent({ onReceive: () => answered.resolve() }, { workerThreadCount, context });
    const client = new SslClient({}, { workerThreadCount, context });
    const round = async (): Promise<void> => {
      server.start('127.0.0.1');
      agent.start();
      const { port } = server.listenAddress!;
      await client.startAsync('127.0.0.1', port);
      const id = await agent.connectAsync('127.0.0.1', port);
      answered = deferred();
      agent.send(id, Buffer.alloc(1000));
      await answered.promise;
      await Promise.all([server.stop(), agent.stop(), client.stop()]);
    };
    await round();
    await new Promise(setImmediate);
    const before = holdings();

    expect(await growthOf(() => inTurn(50, round), 4, MIB / 2)).toBeLessThanOrEqual(MIB / 2);
    await returnTo(before);
    expect([server, agent, client].map(({ state }) => state)).toEqual(Array(3).fill(ServiceState.Stopped));
  });

  test('200 handshakes that fail leak nothing', async () => {
    await using server = new SslServer({}, { workerThreadCount, context: serverContext() });
    server.start('127.0.0.1');
    const client = new SslClient({}, { workerThreadCount, context: new SslContext() });
    const round = async (): Promise<void> => {
      await expect(client.startAsync('127.0.0.1', server.listenAddress!.port)).rejects.toThrow(/certificate/);
      await client.wait();
    };
    await inTurn(20, round);
    await eventually(() => server.connectionCount === 0, 'The close of every connection');
    const before = holdings();
    await inTurn(180, round);

    await returnTo(before);
    expect(server.stats().accepted).toBe(200);
  });

  test('components that are stopped, or were never started, can be collected, and so can contexts', async () => {
    const held: WeakRef<object>[] = [];
    const useSome = async (): Promise<void> => {
      const extra = { large: new Array(1000).fill(0) };
      const contexts = [serverContext(), clientContext()] as const;
      const server = new SslServer(
        { onClose: () => void extra.large.pop() },
        { workerThreadCount, context: contexts[0] },
      );
      const options = { workerThreadCount, context: contexts[1] };
      const [agent, client] = [new SslAgent({}, options), new SslClient({}, options)];
      server.start('127.0.0.1');
      agent.start();
      const id = await agent.connectAsync('127.0.0.1', server.listenAddress!.port, { extra });
      await client.startAsync('127.0.0.1', server.listenAddress!.port);
      const info = agent.getSslInfo(id)!;
      await Promise.all([server.stop(), agent.stop(), client.stop()]);
      const idle = new SslServer({}, { workerThreadCount, context: contexts[0] });
      for (const each of [...contexts, server, agent, client, info, idle, extra])
        held.push(new WeakRef(each));
    };
    await inTurn(10, useSome);

    await eventually(() => {
      collectGarbage();
      return held.every((reference) => reference.deref() === undefined);
    }, 'The collection of every component and context');
    expect(held).toHaveLength(80);
  });

  test('a running component is not collected, nor is its context, and serves on', async () => {
    const start = (): number => {
      const server = new SslServer(
        {
          onReceive: (it, id, data) => {
            it.send(id, data);
            it.end(id);
            void it.stop();
          },
        },
        { workerThreadCount, context: serverContext() },
      );
      server.start('127.0.0.1');
      return server.listenAddress!.port;
    };
    const port = start();
    await inTurn(5, async () => {
      collectGarbage();
      await new Promise(setImmediate);
    });
    await using client = new SslClient({}, { workerThreadCount, context: clientContext() });
    await client.startAsync('127.0.0.1', port);
    expect(client.send(Buffer.from('still there?'))).toBe(true);
    // The server ends by itself after it has been heard.
    expect(await client.wait(5000)).toBe(true);
  });
});

test('contexts that are made, given new certificates, and forgotten leak no memory', async () => {
  const [{ cert, key }, { cert: ca }] = [authority().issue(), authority()];
  const use = (): void => {
    const named = new SslContext({ cert, key });
    const context = new SslContext({ cert, key, ca, serverNames: { localhost: named } });
    context.reload();
    expect(() => context.reload({ key: 'no key -----BEGIN' })).toThrow();
  };
  const batch = async (): Promise<void> => {
    await inTurn(50, use);
    await new Promise(setImmediate);
  };

  expect(await growthOf(batch, 4, MIB / 2)).toBeLessThanOrEqual(MIB / 2);
});
