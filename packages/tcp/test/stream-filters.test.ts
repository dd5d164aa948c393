// SPDX-License-Identifier: Apache-2.0
// What the roles offer to components with a stream filter, such as those of @hp/ssl: here with the
// filter in test-filter of @hp/core-native.
import { describe, expect, test } from 'vitest';
import { EventLog, modes, netListener, type NetListener, type NetPeer } from '@hp/testkit';
import { HpSocketError, type StreamFilterParts } from '@hp/core-native';
import {
  ErrorCode,
  ServiceState,
  SocketError,
  SocketOperation,
  TcpAgent,
  TcpClient,
  TcpServer,
} from '@hp/tcp';
import { agentListener, clientListener, serverListener } from './support/listeners.js';
import { filterParts, testFilter } from './support/test-filter.js';

const { Receive } = SocketOperation;
const quickly = { minDelayMs: 5, maxDelayMs: 20 };

function nameIn(options: object): string | undefined {
  return (options as { readonly serverName?: string }).serverName;
}

class FilteredServer extends TcpServer {
  override readonly isSecure: boolean = true;

  protected override createFilter(): StreamFilterParts {
    return filterParts();
  }
}

class FilteredAgent extends TcpAgent {
  protected override createFilter(): StreamFilterParts {
    return filterParts();
  }

  protected override filterHost(host: string, options: object): string {
    return nameIn(options) ?? super.filterHost(host, options);
  }
}

class FilteredClient extends TcpClient {
  filters = 0;

  protected override createFilter(): StreamFilterParts {
    this.filters++;
    return filterParts();
  }

  protected override filterHost(host: string, options: object): string {
    return nameIn(options) ?? super.filterHost(host, options);
  }
}

/** Options of a component that knows more of them. */
function named<T extends object>(serverName: string, options: T): T {
  return { ...options, serverName };
}

/** A peer that has heard from the filter of the connection it accepted. */
async function greeted(listener: NetListener): Promise<NetPeer> {
  const peer = await listener.accepted();
  await peer.receivedBytes(1);
  return peer;
}

/** What a call throws. */
async function failure(call: () => Promise<unknown>): Promise<HpSocketError> {
  const error: unknown = await call().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!HpSocketError.isInstance(error)) throw new Error('it has not failed', { cause: error });
  return error;
}

describe.each(modes)('components with a stream filter ($name)', ({ workerThreadCount }) => {
  test('talk to each other once they have shaken hands', async () => {
    const [served, agents, clients] = [new EventLog(), new EventLog(), new EventLog()];
    const echo = serverListener(served, {
      onReceive: (server: TcpServer, id, data) => void server.send(id, data),
    });
    await using server = new FilteredServer(echo, { workerThreadCount });
    server.start('127.0.0.1');
    const port = server.listenAddress?.port ?? 0;
    await using agent = new FilteredAgent(agentListener(agents), { workerThreadCount });
    agent.start();
    const id = await agent.connectAsync('127.0.0.1', port);
    expect(agent.send(id, Buffer.from('from the agent'))).toBe(true);
    await using client = new FilteredClient(clientListener(clients), { workerThreadCount });
    await client.startAsync('127.0.0.1', port);
    expect(client.send(Buffer.from('from the client'))).toBe(true);

    expect(String((await agents.next('onReceive')).data)).toBe('from the agent');
    expect(String((await clients.next('onReceive')).data)).toBe('from the client');
    expect([agents.names(), clients.names()]).toEqual(
      Array.from({ length: 2 }, () => ['onPrepareConnect', 'onConnect', 'onHandshake', 'onReceive']),
    );
    expect([server.isSecure, agent.isSecure]).toEqual([true, false]);
  });

  test('blocking connects that are awaited wait for the handshake too', async () => {
    const log = new EventLog();
    await using server = new FilteredServer(serverListener(new EventLog()), { workerThreadCount });
    server.start('127.0.0.1');
    const port = server.listenAddress?.port ?? 0;
    await using agent = new FilteredAgent(agentListener(log), { workerThreadCount });
    agent.start('', false);
    await agent.connectAsync('127.0.0.1', port);
    expect(log.count('onHandshake')).toBe(1);
    await using client = new FilteredClient(clientListener(log), { workerThreadCount });
    await client.startAsync('127.0.0.1', port, { asyncConnect: false });

    expect(log.count('onHandshake')).toBe(2);
  });

  test('a handshake that fails rejects, with the reason of the close at the end', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using agent = new FilteredAgent(agentListener(log), { workerThreadCount });
    agent.start();
    await using client = new FilteredClient(clientListener(log), { workerThreadCount });
    for (const dial of [
      () => agent.connectAsync(listener.host, listener.port),
      () => client.startAsync(listener.host, listener.port),
      () => client.startAsync(listener.host, listener.port, { asyncConnect: false }),
    ]) {
      const failed = failure(dial);
      const peer = await listener.accepted();
      await peer.send('?');
      expect((await failed).message).toBe(
        `${listener.host}:${String(listener.port)} could not be connected: the peer broke the protocol (EBADMSG): no step.`,
      );
    }

    expect(log.count('onHandshake')).toBe(0);
    expect(log.all('onClose')).toMatchObject(
      Array.from({ length: 3 }, () => ({ operation: Receive, errorCode: ErrorCode.BadMessage })),
    );
  });

  test('what the filter is told of the host is the name that was dialled, or what the role makes of it', async () => {
    await using listener = await netListener();
    const { port } = listener;
    testFilter.takeNames();
    await using agent = new FilteredAgent(agentListener(new EventLog()), { workerThreadCount });
    agent.start();
    await using blocking = new FilteredAgent(agentListener(new EventLog()), { workerThreadCount });
    blocking.start('', false);
    for (const one of [agent, blocking]) {
      one.connect('localhost', port);
      await greeted(listener);
      one.connect('127.0.0.1', port, named('example.com', {}));
      await greeted(listener);
    }

    expect(testFilter.takeNames().sort()).toEqual(['example.com', 'example.com', 'localhost', 'localhost']);
    for (const asyncConnect of [true, false]) {
      await using client = new FilteredClient(clientListener(new EventLog()), { workerThreadCount });
      client.start('127.0.0.1', port, named('example.org', { asyncConnect }));
      await greeted(listener);
      expect(testFilter.takeNames()).toEqual(['example.org']);
    }
  });

  test('it is told the same whenever a connection is dialled again, and so is the client itself', async () => {
    await using listener = await netListener();
    const { host, port } = listener;
    testFilter.takeNames();
    const log = new EventLog();
    await using agent = new FilteredAgent(agentListener(log), { workerThreadCount });
    agent.start();
    agent.connect(host, port, named('example.com', { reconnect: quickly }));
    for (let round = 0; round < 3; round++) (await greeted(listener)).end();
    await agent.stop();
    const names = testFilter.takeNames();
    expect(names.length).toBeGreaterThanOrEqual(3);
    expect(new Set(names)).toEqual(new Set(['example.com']));
    await using client = new FilteredClient(clientListener(log), { workerThreadCount });
    client.start(host, port, named('example.org', { reconnect: quickly }));
    for (let round = 0; round < 3; round++) (await greeted(listener)).end();
    await client.stop();

    expect(new Set(testFilter.takeNames())).toEqual(new Set(['example.org']));
    // One filter for all attempts of a start.
    expect(client.filters).toBe(1);
  });

  test('a filter that cannot be made fails the start, which may be tried again', async () => {
    const refusal = (): never => {
      throw new HpSocketError(SocketError.SslEnvNotReady, 'There is no context.');
    };
    let createFilter: () => StreamFilterParts = refusal;
    const options = { workerThreadCount };
    const listener = {};
    await using server = new (class extends TcpServer {
      protected override createFilter = (): StreamFilterParts => createFilter();
    })(listener, options);
    await using agent = new (class extends TcpAgent {
      protected override createFilter = (): StreamFilterParts => createFilter();
    })(listener, options);
    await using client = new (class extends TcpClient {
      protected override createFilter = (): StreamFilterParts => createFilter();
    })(listener, options);
    const starts: readonly (readonly [TcpServer | TcpAgent | TcpClient, () => void])[] = [
      [server, () => server.start('127.0.0.1')],
      [agent, () => agent.start()],
      [client, () => client.start('127.0.0.1', server.listenAddress?.port ?? 1)],
    ];
    for (const [component, start] of starts) {
      expect(start).toThrow(expect.objectContaining({ socketError: SocketError.SslEnvNotReady }));
      expect([component.state, component.lastError]).toEqual([
        ServiceState.Stopped,
        SocketError.SslEnvNotReady,
      ]);
    }
    createFilter = filterParts;
    for (const [component, start] of starts) {
      start();
      expect(component.hasStarted).toBe(true);
    }
  });
});
