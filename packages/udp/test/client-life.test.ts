// SPDX-License-Identifier: Apache-2.0
// From start to stop, and again.
import { describe, expect, test } from 'vitest';
import { closedDatagramPort, DatagramPeer, EventLog, eventually, modes, repeats } from '@hp/testkit';
import { ErrorCode, ServiceState, SocketOperation, UdpClient, type UdpClientListener } from '@hp/udp';
import { thrownBy } from '../../core-native/test/support/thrown.js';
import { type LoggedClient, loggedClient } from './support/client-log.js';

const { Close, Receive } = SocketOperation;
const quickly = { minDelayMs: 5, maxDelayMs: 20 };

describe.each(modes)('the life of a client ($name)', ({ workerThreadCount }) => {
  function logged(hooks: UdpClientListener<UdpClient> = {}): LoggedClient {
    return loggedClient({ workerThreadCount }, hooks);
  }

  test('addresses, host and id, from before the start until after the end', async () => {
    await using peer = await DatagramPeer.bind();
    const seen: unknown[] = [];
    const look = (it: UdpClient) => void seen.push([it.localAddress, it.remoteAddress, it.remoteHost]);
    const { log, client } = logged({ onConnect: look, onReceive: look, onClose: look });
    const nothing = [undefined, undefined, undefined];
    look(client);
    expect(client.connectionId).toBe(0);
    await client.startAsync('localhost', peer.port, { localAddress: '127.0.0.1' });
    const { connectionId } = client;
    expect(connectionId).toBeGreaterThan(0);
    const local = client.localAddress!;
    expect(await peer.next()).toMatchObject(local);
    await peer.send('hello', local.port);
    await log.next('onReceive');
    await client.stop();
    look(client);

    const remoteHost = { host: 'localhost', port: peer.port };
    const connected = [local, { address: '127.0.0.1', port: peer.port }, remoteHost];
    expect(seen).toEqual([nothing, connected, connected, connected, nothing]);
    expect(client.connectionId).toBe(connectionId);
    await client.startAsync(peer.host, peer.port);
    expect(client.connectionId).toBeGreaterThan(connectionId);
    await client.stop();
    expect(log.all('onClose')).toMatchObject([
      { operation: Close, errorCode: 0 },
      { operation: Close, errorCode: 0 },
    ]);
  });

  test('a fixed port is free as soon as stop has settled', async () => {
    await using peer = await DatagramPeer.bind();
    const { log, client } = logged();
    const from = { localAddress: '127.0.0.1', localPort: await closedDatagramPort() };
    const rounds = repeats(30);
    for (let round = 1; round <= rounds; round++) {
      await client.startAsync(peer.host, peer.port, { ...from, asyncConnect: round % 2 === 0 });
      client.send(Buffer.from(`round ${round}`));
      expect(await peer.find(`round ${round}`)).toMatchObject({ port: from.localPort });
      await client.stop();
    }

    expect(log.names()).toEqual(
      Array.from({ length: rounds }, () => ['onPrepareConnect', 'onConnect', 'onClose']).flat(),
    );
  });

  test('so it is when the server has ended it, or onConnect has refused', async () => {
    const port = await closedDatagramPort();
    const from = { localAddress: '127.0.0.1', localPort: await closedDatagramPort() };
    let result = 0;
    const { log, client } = logged({ onConnect: () => result });
    for (let round = 1; round <= repeats(10); round++) {
      await client.startAsync('127.0.0.1', port, from);
      await client.wait();
      expect(log.all('onClose').at(-1)).toMatchObject({ errorCode: ErrorCode.ConnectionRefused });
    }
    result = 2;
    for (let round = 1; round <= repeats(10); round++) {
      const asyncConnect = round % 2 === 0;
      await expect(client.startAsync('127.0.0.1', port, { ...from, asyncConnect })).rejects.toMatchObject({
        systemCode: 'ECANCELED',
      });
      await client.wait();
    }
  });

  test('without a local address a local port may be fixed too', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = logged();
    const { client } = side;
    const localPort = await closedDatagramPort();
    await client.startAsync(peer.host, peer.port, { localPort });

    expect(client.localAddress).toEqual({ address: '127.0.0.1', port: localPort });
    expect(await peer.next()).toMatchObject({ port: localPort });
  });

  test('stop inside onPrepareConnect: start throws, no onClose', async () => {
    const { log, client } = logged({ onPrepareConnect: (it) => void it.stop() });
    for (const asyncConnect of [true, false]) {
      expect(thrownBy(() => client.start('127.0.0.1', 9, { asyncConnect }))).toMatchObject({
        code: 'SE_ILLEGAL_STATE',
        errno: ErrorCode.Canceled,
      });
      expect(client.state).toBe(ServiceState.Stopped);
    }
    await client.stop();
    expect(log.names()).toEqual(['onPrepareConnect', 'onPrepareConnect']);
  });

  test.each(['onConnect', 'onReceive', 'onSend', 'onClose'] as const)(
    'stop inside %s: onClose once, stopped, and it can be started again',
    async (event) => {
      await using peer = await DatagramPeer.bind();
      peer.answer(({ data }) => (data.length === 0 ? 'welcome' : undefined));
      let stopped: Promise<void> | undefined;
      const { log, client } = logged({
        onSend: () => undefined,
        onConnect: (it) => void it.send(Buffer.from('hello')),
        [event]: (it: UdpClient) => void (stopped ??= it.stop()),
      });
      client.start(peer.host, peer.port);
      await log.next(event === 'onClose' ? 'onReceive' : event);
      if (event === 'onClose') void client.stop();
      await log.next('onClose');
      await stopped;
      expect(client.state).toBe(ServiceState.Stopped);
      expect(log.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
      expect(log.names().at(-1)).toBe('onClose');
      client.start(peer.host, peer.port);
      await log.next('onConnect', 2);
      await client.stop();
      expect(log.count('onClose')).toBe(2);
    },
  );

  test('stop inside onConnect of a start that blocks: it throws, no onClose, and can be repeated', async () => {
    await using peer = await DatagramPeer.bind();
    let stops = true;
    const { log, client } = logged({ onConnect: (it) => void (stops && it.stop()) });
    const blocking = {
      asyncConnect: false,
      localAddress: '127.0.0.1',
      localPort: await closedDatagramPort(),
    };
    expect(() => client.start(peer.host, peer.port, blocking)).toThrow();
    await client.stop();
    expect(client.state).toBe(ServiceState.Stopped);
    stops = false;
    await client.startAsync(peer.host, peer.port);
    client.send(Buffer.from('works'));
    await peer.find('works');

    expect(log.names()).toEqual(['onPrepareConnect', 'onConnect', 'onPrepareConnect', 'onConnect']);
    expect(client.state).toBe(ServiceState.Started);
    await client.stop();
  });

  test('stop of a client that does nothing, twice, and while it looks a name up', async () => {
    const { log, client } = logged();
    await client.stop();
    client.start('localhost', 9);
    await Promise.all([client.stop(), client.stop()]);

    expect(log.names()).toEqual(['onPrepareConnect', 'onClose']);
    expect(log.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
    expect(client.state).toBe(ServiceState.Stopped);
  });

  test('extra survives restarts and reconnects', async () => {
    const port = await closedDatagramPort();
    const log = new EventLog();
    const seen: (string | undefined)[] = [];
    const look = (it: UdpClient<string>) => void seen.push(it.extra);
    const client = new UdpClient<string>(
      {
        onConnect: look,
        onClose: (it) => {
          look(it);
          log.add({ name: 'onClose', id: it.connectionId });
        },
      },
      { workerThreadCount },
    );
    expect(client.extra).toBeUndefined();
    client.extra = 'mine';
    client.start('127.0.0.1', port, { reconnect: quickly });
    await log.next('onClose', 2);
    await client.stop();
    await client.startAsync('127.0.0.1', port);
    await client.stop();

    expect(new Set(seen)).toEqual(new Set(['mine']));
    expect(client.extra).toBe('mine');
  });

  test('reconnect: again and again until the server is there, with a new id each time', async () => {
    const port = await closedDatagramPort();
    await using side = logged();
    const { log, client } = side;
    client.start('127.0.0.1', port, { reconnect: quickly });
    await log.next('onClose', 3);
    expect(log.all('onClose').slice(0, 3)).toMatchObject(
      Array.from({ length: 3 }, () => ({ operation: Receive, errorCode: ErrorCode.ConnectionRefused })),
    );
    expect(client.hasStarted).toBe(true);
    await using peer = await DatagramPeer.bind({ port });
    const greeting = await peer.next();
    await peer.send('found', greeting.port);
    await log.next('onReceive');
    await peer.close();
    while (client.isConnected) {
      client.send(Buffer.from('still there?'));
      await new Promise(setImmediate);
    }
    await using successor = await DatagramPeer.bind({ port });
    client.send(Buffer.from('x'));
    await successor.next();
    await eventually(() => client.isConnected, 'The connection to the successor');

    const ids = log.all('onConnect').map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(log.count('onClose')).toBe(ids.length - 1);
    await client.stop();
    expect(client.state).toBe(ServiceState.Stopped);
  });

  test('reconnect with a fixed port: every attempt has it', async () => {
    const port = await closedDatagramPort();
    await using side = logged();
    const { log, client } = side;
    const from = { localAddress: '127.0.0.1', localPort: await closedDatagramPort() };
    client.start('127.0.0.1', port, { ...from, reconnect: { minDelayMs: 1, maxDelayMs: 1 } });
    const rounds = repeats(30);
    await log.next('onClose', rounds);

    expect(log.all('onClose').slice(0, rounds)).toMatchObject(
      Array.from({ length: rounds }, () => ({ errorCode: ErrorCode.ConnectionRefused })),
    );
  });

  test('reconnect: the delays grow, and maxAttempts ends it, until something is received', async () => {
    const port = await closedDatagramPort();
    const times: number[] = [];
    await using side = logged({ onPrepareConnect: () => void times.push(performance.now()) });
    const { log, client } = side;
    client.start('127.0.0.1', port, { reconnect: { minDelayMs: 40, maxDelayMs: 60_000, maxAttempts: 3 } });
    await client.wait();
    const delays = times.slice(1).map((time, index) => time - times[index]!);

    // At least half of each; a timer may be a millisecond early.
    expect(delays).toHaveLength(3);
    for (const [index, delay] of delays.entries()) expect(delay).toBeGreaterThanOrEqual(20 * 2 ** index - 1);
    expect(log.count('onConnect')).toBe(4);
    expect(log.count('onClose')).toBe(4);
  });

  test.each(['data', 'heartbeats'])(
    'reconnect: %s of the server make the next attempt the first',
    async (what) => {
      await using peer = await DatagramPeer.bind();
      await using side = logged();
      const { log, client } = side;
      client.start(peer.host, peer.port, { reconnect: { minDelayMs: 1, maxDelayMs: 1, maxAttempts: 1 } });
      for (let round = 1; round <= 3; round++) {
        const { port } = await peer.next(round);
        await peer.send(what === 'data' ? 'welcome' : '', port);
        await eventually(() => client.stats().receives + client.stats().heartbeats === 1, 'The answer');
        await peer.send(Buffer.alloc(client.maxDatagramSize + 1), port);
        await log.next('onClose', round);
      }
      await peer.next(4);
      await peer.close();
      client.send(Buffer.from('still there?'));
      await client.wait();

      expect(log.count('onConnect')).toBe(4);
      expect(client.state).toBe(ServiceState.Stopped);
    },
  );

  test('reconnect: maxAttempts ends what cannot even begin', async () => {
    const { log, client } = logged();
    const reconnect = { minDelayMs: 1, maxDelayMs: 1, maxAttempts: 2 };
    client.start('nowhere.invalid', 9, { reconnect });
    await client.wait();
    expect(client.state).toBe(ServiceState.Stopped);
    client.start('255.255.255.255', 9, { reconnect });
    await client.wait();

    expect(log.count('onClose')).toBe(6);
    expect(log.count('onConnect')).toBe(0);
  });

  test('reconnect ends with stop: while connected, while waiting, inside onClose', async () => {
    await using peer = await DatagramPeer.bind();
    const port = await closedDatagramPort();
    const reconnect = { minDelayMs: 60_000, maxDelayMs: 60_000 };
    const { client: connected } = logged();
    await connected.startAsync(peer.host, peer.port, { reconnect });
    await connected.stop();
    expect(connected.state).toBe(ServiceState.Stopped);

    const { log, client: waiting } = logged();
    await waiting.startAsync('127.0.0.1', port, { reconnect });
    await log.next('onClose');
    await eventually(() => waiting.state === ServiceState.Starting, 'The wait for the next attempt');
    await waiting.stop();
    expect(waiting.state).toBe(ServiceState.Stopped);

    const { client: closing } = logged({ onClose: (it) => void it.stop() });
    await closing.startAsync('127.0.0.1', port, { reconnect });
    await closing.wait();
    expect(closing.state).toBe(ServiceState.Stopped);
  });
});
