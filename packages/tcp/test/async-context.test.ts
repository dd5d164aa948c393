// SPDX-License-Identifier: Apache-2.0
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { deferred, dialPeer, modes, netListener, within } from '@hp/testkit';
import { TcpAgent, TcpClient, TcpServer } from '@hp/tcp';

describe.each(modes)('asyncContext ($name)', ({ workerThreadCount }) => {
  test('without it, callbacks see no store of who started the component', async () => {
    const store = new AsyncLocalStorage<string>();
    const seen = deferred<unknown>();
    await using server = new TcpServer(
      { onReceive: () => seen.resolve(store.getStore()) },
      { workerThreadCount },
    );
    // The first component of its kind: what serves all later ones is made here too.
    store.run('of the first', () => server.start('127.0.0.1'));
    await using peer = await dialPeer(server.listenAddress!.port);
    await peer.send('x');

    expect(await within(seen.promise, 5000, 'onReceive')).toBeUndefined();
  });

  test('a store entered in onAccept is that of all later callbacks of the connection', async () => {
    const store = new AsyncLocalStorage<string>();
    const seen = new Map<string, string[]>();
    const note = (event: string): void => {
      const name = store.getStore() ?? 'none';
      seen.set(name, [...(seen.get(name) ?? []), event]);
    };
    const done = deferred();
    let closes = 0;
    await using server = new TcpServer(
      {
        onAccept: (_server, id) => {
          store.enterWith(`connection ${id}`);
          note('onAccept');
        },
        onReceive: (it, id, data) => {
          note('onReceive');
          it.send(id, data);
        },
        onSend: () => note('onSend'),
        onClose: () => {
          note('onClose');
          if (++closes === 2) done.resolve();
        },
      },
      { workerThreadCount, asyncContext: true },
    );
    server.start('127.0.0.1');
    const peers = [
      await dialPeer(server.listenAddress!.port),
      await dialPeer(server.listenAddress!.port),
    ] as const;
    for (const peer of peers) {
      await peer.send('x');
      await peer.receivedBytes(1);
    }
    for (const peer of peers) peer.end();
    await within(done.promise, 5000, 'Both closes');

    expect(Object.fromEntries(seen)).toEqual({
      'connection 1': ['onAccept', 'onReceive', 'onSend', 'onClose'],
      'connection 2': ['onAccept', 'onReceive', 'onSend', 'onClose'],
    });
  });

  test('a store of the caller of connect is that of all callbacks', async () => {
    await using listener = await netListener();
    const store = new AsyncLocalStorage<string>();
    const seen: string[] = [];
    const done = deferred();
    const note = (event: string) => void seen.push(`${event} ${store.getStore()}`);
    await using agent = new TcpAgent(
      {
        onConnect: () => note('onConnect'),
        onReceive: () => note('onReceive'),
        onClose: () => {
          note('onClose');
          done.resolve();
        },
      },
      { workerThreadCount, asyncContext: true },
    );
    agent.start();
    store.run('mine', () => agent.connect(listener.host, listener.port));
    const peer = await listener.accepted();
    await peer.send('x');
    peer.end();
    await within(done.promise, 5000, 'The close');

    expect(seen).toEqual(['onConnect mine', 'onReceive mine', 'onClose mine']);
  });

  test('a store of the caller of start is that of a client', async () => {
    await using listener = await netListener();
    const store = new AsyncLocalStorage<string>();
    const seen: string[] = [];
    await using client = new TcpClient(
      {
        onConnect: () => void seen.push(`onConnect ${store.getStore()}`),
        onClose: () => void seen.push(`onClose ${store.getStore()}`),
      },
      { workerThreadCount, asyncContext: true },
    );
    await store.run('mine', () => client.startAsync(listener.host, listener.port));
    await client.stop();

    expect(seen).toEqual(['onConnect mine', 'onClose mine']);
  });
});
