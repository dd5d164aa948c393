// SPDX-License-Identifier: Apache-2.0
import dns from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { closedPort, deferred, EventLog, modes, netListener, silentListener } from '@hp/testkit';
import { binding } from '@hp/core-native';
import { ErrorCode, ServiceState, SocketOperation, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';
import { agentListener, clientListener } from './support/listeners.js';

interface Found {
  readonly address: string;
}

const names = new Map<string, () => Promise<Found[]>>();
const families: unknown[] = [];

async function lookup(name: string, options: { readonly family: unknown }): Promise<Found[]> {
  families.push(options.family);
  const find = names.get(name);
  if (find === undefined) throw new Error(`ENOTFOUND ${name}`);
  return await find();
}

function addName(name: string, ...addresses: string[]): void {
  names.set(name, () => Promise.resolve(addresses.map((address) => ({ address }))));
}

/** As `addName`, for blocking connects, which do not ask node:dns. */
function resolvesTo(...addresses: string[]): void {
  vi.spyOn(binding, 'resolve').mockReturnValue({ error: ErrorCode.Ok, call: 'getaddrinfo', addresses });
}

// The exports are synchronised for whoever imports the function by its name.
beforeEach(() => {
  vi.spyOn(dns, 'lookup').mockImplementation(lookup as typeof dns.lookup);
  syncBuiltinESMExports();
});
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

describe.each(modes)('names ($name)', ({ workerThreadCount }) => {
  test('are tried address by address: ::1 refuses, 127.0.0.1 answers', async () => {
    addName('twin.test', '::1', '127.0.0.1');
    await using listener = await netListener();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    await using client = new TcpClient({}, { workerThreadCount });
    agent.start();
    const id = await agent.connectAsync('twin.test', listener.port);
    await client.startAsync('twin.test', listener.port);

    expect(agent.getRemoteAddress(id)).toEqual({ address: '127.0.0.1', port: listener.port });
    expect(agent.getRemoteHost(id)).toEqual({ host: 'twin.test', port: listener.port });
    expect(client.remoteAddress).toEqual({ address: '127.0.0.1', port: listener.port });
    expect(log.names()).toEqual(['onPrepareConnect', 'onConnect']);
  });

  test('that nobody answers fail with the error of the last address, once', async () => {
    addName('dead.test', '::1', '127.0.0.1', '127.0.0.2');
    const port = await closedPort();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    agent.start();

    await expect(agent.connectAsync('dead.test', port)).rejects.toMatchObject({
      systemCode: 'ECONNREFUSED',
      address: 'dead.test',
    });
    expect(log.names()).toEqual(['onPrepareConnect', 'onClose']);
  });

  test('an address that does not answer is left for the next one', async () => {
    await using silent = await silentListener();
    await using listener = await netListener({ host: '127.0.0.2', port: silent.port });
    addName('slow.test', silent.host, listener.host);
    await using agent = new TcpAgent({}, { workerThreadCount });
    agent.start();
    const id = await agent.connectAsync('slow.test', silent.port);

    expect(agent.getRemoteAddress(id)?.address).toBe(listener.host);
  });

  test('an address that does not answer in time is tried again when the others refuse', async () => {
    await using silent = await silentListener(600);
    addName('late.test', silent.host, '127.0.0.2');
    resolvesTo(silent.host, '127.0.0.2');
    await using agent = new TcpAgent({}, { workerThreadCount });
    await using client = new TcpClient({}, { workerThreadCount });
    agent.start();
    const connecting = agent.connectAsync('late.test', silent.port);
    client.start('late.test', silent.port, { asyncConnect: false });

    expect(client.remoteAddress?.address).toBe(silent.host);
    expect(agent.getRemoteAddress(await connecting)?.address).toBe(silent.host);
  });

  test('share one deadline among their addresses', async () => {
    await using silent = await silentListener();
    addName('silent.test', silent.host, silent.host, silent.host);
    await using agent = new TcpAgent({}, { workerThreadCount });
    agent.start();
    const begun = performance.now();

    await expect(agent.connectAsync('silent.test', silent.port, { timeoutMs: 200 })).rejects.toMatchObject({
      systemCode: 'ETIMEDOUT',
    });
    expect(performance.now() - begun).toBeGreaterThanOrEqual(198);
  });

  test('that do not exist: (Connect, EADDRNOTAVAIL), later', async () => {
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    await using client = new TcpClient(clientListener(log), { workerThreadCount });
    agent.start();
    agent.connect('no-such-name.test', 80);
    client.start('no-such-name.test', 80);
    expect(log.names()).toEqual(['onPrepareConnect', 'onPrepareConnect']);

    await log.next('onClose', 2);
    for (const close of log.all('onClose')) {
      expect(close).toMatchObject({
        operation: SocketOperation.Connect,
        errorCode: ErrorCode.AddressNotAvailable,
      });
    }
    await client.wait();
    expect(client.state).toBe(ServiceState.Stopped);
    await expect(agent.connectAsync('no-such-name.test', 80)).rejects.toMatchObject({
      systemCode: 'EADDRNOTAVAIL',
    });
  });

  test('that are still being looked up when the component stops: (Close, 0)', async () => {
    const found = deferred<Found[]>();
    names.set('pending.test', () => found.promise);
    await using listener = await netListener();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    await using client = new TcpClient(clientListener(log), { workerThreadCount });
    agent.start();
    const id = agent.connect('pending.test', listener.port);
    client.start('pending.test', listener.port);
    expect(agent.getRemoteAddress(id)).toBeUndefined();
    await Promise.all([agent.stop(), client.stop()]);
    expect(log.all('onClose')).toMatchObject([
      { operation: SocketOperation.Close, errorCode: 0 },
      { operation: SocketOperation.Close, errorCode: 0 },
    ]);

    found.resolve([{ address: listener.host }]);
    await new Promise(setImmediate);
    expect(log.count('onConnect')).toBe(0);
    expect(agent.state).toBe(ServiceState.Stopped);
  });

  test('disconnect and a signal call a lookup off too', async () => {
    names.set('never.test', () => new Promise(() => {}));
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    agent.start();
    const first = agent.connect('never.test', 80);
    expect(agent.disconnect(first)).toBe(true);
    expect(await log.next('onClose')).toMatchObject({ id: first, errorCode: 0 });
    const stop = new AbortController();
    const connecting = Promise.allSettled([agent.connectAsync('never.test', 80, { signal: stop.signal })]);
    stop.abort(new Error('enough'));

    expect(await connecting).toMatchObject([{ reason: { message: 'enough' } }]);
    expect(await log.next('onClose', 2)).toMatchObject({ errorCode: 0 });
  });

  test('the deadline of a connect holds for the lookup too', async () => {
    names.set('never.test', () => new Promise(() => {}));
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    agent.start();

    const connecting = agent.connectAsync('never.test', 80, { timeoutMs: 100 });
    await expect(connecting).rejects.toMatchObject({ systemCode: 'ETIMEDOUT' });
    expect(log.all('onClose')).toMatchObject([
      { operation: SocketOperation.Connect, errorCode: ErrorCode.TimedOut },
    ]);
  });

  test('the deadline of a blocking connect holds for the lookup too', async () => {
    await using listener = await netListener();
    vi.spyOn(binding, 'resolve').mockImplementation(() => {
      const begun = performance.now();
      while (performance.now() - begun < 20);
      return { error: ErrorCode.Ok, call: 'getaddrinfo', addresses: [listener.host] };
    });
    const connect = vi.spyOn(binding, 'connectBlocking');
    await using client = new TcpClient({}, { workerThreadCount, connectTimeoutMs: 10_000 });
    client.start('late.test', listener.port, { asyncConnect: false });

    expect(connect.mock.lastCall?.[1].timeoutMs).toBeLessThanOrEqual(9980);
  });

  test('are looked up in the family of the local address', async () => {
    addName('twin.test', '127.0.0.1');
    await using listener = await netListener();
    await using agent = new TcpAgent({}, { workerThreadCount });
    agent.start('127.0.0.2');
    families.length = 0;
    await agent.connectAsync('twin.test', listener.port);
    agent.connect('twin.test', listener.port, { localAddress: '::1' });

    await expect.poll(() => families).toEqual([4, 6]);
  });

  test('a server takes one through startAsync', async () => {
    addName('mine.test', '127.0.0.5');
    await using server = new TcpServer({}, { workerThreadCount });
    await server.startAsync('mine.test');

    expect(server.listenAddress?.address).toBe('127.0.0.5');
  });
});
