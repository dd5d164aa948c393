// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { deferred, eventually, modes, netListener, within } from '@hp/testkit';
import { type ServerListener, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';

describe.each(modes)('a listener of several components ($name)', ({ workerThreadCount }) => {
  test('two servers: events of both arrive, told apart by the component', async () => {
    const seen: [server: TcpServer, event: string, id: number][] = [];
    const done = deferred();
    const listener: ServerListener<TcpServer> = {
      onAccept: (server, id) => void seen.push([server, 'onAccept', id]),
      onReceive: (server, id, data) => {
        seen.push([server, String(data), id]);
        server.send(id, data);
      },
      onClose: (server, id) => {
        seen.push([server, 'onClose', id]);
        if (seen.filter(([, event]) => event === 'onClose').length === 2) done.resolve();
      },
    };
    await using first = new TcpServer(listener, { workerThreadCount });
    await using second = new TcpServer(listener, { workerThreadCount });
    first.start('127.0.0.1');
    second.start('127.0.0.1');
    for (const server of [first, second]) {
      const answer = deferred<string>();
      await using client = new TcpClient(
        { onReceive: (_client, data) => answer.resolve(String(data)) },
        { workerThreadCount },
      );
      await client.startAsync('127.0.0.1', server.listenAddress!.port);
      client.send(Buffer.from(server === first ? 'to the first' : 'to the second'));
      await answer.promise;
    }
    await within(done.promise, 5000, 'Both closes');

    const of = (server: TcpServer) => seen.filter(([owner]) => owner === server).map(([, event]) => event);
    expect(of(first)).toEqual(['onAccept', 'to the first', 'onClose']);
    expect(of(second)).toEqual(['onAccept', 'to the second', 'onClose']);
  });

  test('a server and an agent', async () => {
    const names = new Map<object, string>();
    const seen: string[] = [];
    const done = deferred();
    const listener = {
      onReceive(owner: TcpServer | TcpAgent, id: number, data: Buffer) {
        seen.push(`${names.get(owner)} ${String(data)}`);
        if (owner instanceof TcpServer) owner.send(id, Buffer.from('pong'));
        else done.resolve();
      },
    };
    await using server = new TcpServer(listener, { workerThreadCount });
    await using agent = new TcpAgent(listener, { workerThreadCount });
    names.set(server, 'server').set(agent, 'agent');
    server.start('127.0.0.1');
    agent.start();
    const id = await agent.connectAsync('127.0.0.1', server.listenAddress!.port);
    agent.send(id, Buffer.from('ping'));
    await within(done.promise, 5000, 'The answer');

    expect(seen).toEqual(['server ping', 'agent pong']);
  });

  test('its functions are called with the listener as this, also those of a class', async () => {
    await using peer = await netListener();
    class Counting {
      count = 0;
      onConnect(): void {
        this.count++;
      }
    }
    const listener = new Counting();
    await using agent = new TcpAgent(listener, { workerThreadCount });
    await using client = new TcpClient(listener, { workerThreadCount });
    agent.start();
    await agent.connectAsync(peer.host, peer.port);
    await client.startAsync(peer.host, peer.port);

    expect(listener.count).toBe(2);
  });

  test('its functions are read at each start', async () => {
    await using peer = await netListener();
    const seen: string[] = [];
    const listener = { onConnect: () => void seen.push('first') };
    await using client = new TcpClient(listener, { workerThreadCount });
    await client.startAsync(peer.host, peer.port);
    listener.onConnect = () => void seen.push('second');
    await client.stop();
    await client.startAsync(peer.host, peer.port);

    expect(seen).toEqual(['first', 'second']);
  });

  test('one without any function: everything works, and nothing is told', async () => {
    await using server = new TcpServer({}, { workerThreadCount });
    await using agent = new TcpAgent({}, { workerThreadCount });
    server.start('127.0.0.1');
    agent.start();
    const id = await agent.connectAsync('127.0.0.1', server.listenAddress!.port);
    agent.send(id, Buffer.from('to nobody'));
    await eventually(() => server.stats().bytesReceived === 9, 'The receipt');
    // A thread receives before JavaScript has heard of the connection.
    await eventually(() => server.connectionCount === 1, 'The connection');
    await agent.stop();
    await server.stop();

    expect(server.connectionCount).toBe(0);
  });
});
