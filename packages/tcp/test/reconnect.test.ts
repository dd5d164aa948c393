// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { closedPort, EventLog, eventually, modes, netListener, UncaughtErrors } from '@hp/testkit';
import { ErrorCode, ServiceState, SocketError, SocketOperation, TcpAgent, TcpClient } from '@hp/tcp';
import { agentListener, clientListener } from './support/listeners.js';

const { Close, Connect } = SocketOperation;
const quickly = { minDelayMs: 5, maxDelayMs: 20 };

describe.each(modes)('reconnecting ($name)', ({ workerThreadCount }) => {
  test('a client dials again after its connection is lost, each time with a new id', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using client = new TcpClient(clientListener(log), { workerThreadCount });
    client.start(listener.host, listener.port, { reconnect: quickly });
    for (let round = 1; round <= 3; round++) {
      const peer = await listener.accepted();
      await log.next('onConnect', round);
      expect(client.state).toBe(ServiceState.Started);
      expect(client.send(Buffer.from('hello'))).toBe(true);
      expect(String(await peer.receivedBytes(5))).toBe('hello');
      if (round === 2) peer.reset();
      else peer.end();
      await log.next('onClose', round);
    }
    await log.next('onConnect', 4);

    expect(log.names().slice(0, 6)).toEqual([
      'onPrepareConnect',
      'onConnect',
      'onClose',
      'onPrepareConnect',
      'onConnect',
      'onClose',
    ]);
    expect(new Set(log.all('onConnect').map(({ id }) => id)).size).toBe(4);
    await client.stop();
    expect(client.state).toBe(ServiceState.Stopped);
    expect(log.count('onClose')).toBe(4);
  });

  test('a client keeps trying until somebody listens; each failure is told', async () => {
    const port = await closedPort();
    const log = new EventLog();
    await using client = new TcpClient(clientListener(log), { workerThreadCount });
    client.start('127.0.0.1', port, { reconnect: quickly });
    await log.next('onClose', 3);
    expect(log.all('onClose').slice(0, 3)).toMatchObject(
      Array.from({ length: 3 }, () => ({ operation: Connect, errorCode: ErrorCode.ConnectionRefused })),
    );
    expect(client.hasStarted).toBe(true);
    await using listener = await netListener({ port });
    await log.next('onConnect');
    await listener.accepted();

    expect(client.state).toBe(ServiceState.Started);
  });

  test('startAsync rejects for the first attempt, and the client goes on trying', async () => {
    const port = await closedPort();
    const log = new EventLog();
    await using client = new TcpClient(clientListener(log), { workerThreadCount });
    await expect(client.startAsync('127.0.0.1', port, { reconnect: quickly })).rejects.toMatchObject({
      systemCode: 'ECONNREFUSED',
    });
    await log.next('onClose', 2);

    expect(client.hasStarted).toBe(true);
  });

  test('maxAttempts ends it: the client is stopped then', async () => {
    const port = await closedPort();
    const log = new EventLog();
    await using client = new TcpClient(clientListener(log), { workerThreadCount });
    client.start('127.0.0.1', port, { reconnect: { ...quickly, maxAttempts: 2 } });
    await client.wait();

    expect(log.count('onClose')).toBe(3);
    expect(client.state).toBe(ServiceState.Stopped);
  });

  test('a connection that was made sets the attempts back', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using client = new TcpClient(clientListener(log), { workerThreadCount });
    client.start(listener.host, listener.port, { reconnect: { ...quickly, maxAttempts: 1 } });
    for (let round = 1; round <= 3; round++) {
      const peer = await listener.accepted();
      await log.next('onConnect', round);
      peer.end();
      await log.next('onClose', round);
    }
    await log.next('onConnect', 4);

    expect(client.isConnected).toBe(true);
  });

  test('stop ends it: while connected, while waiting, and inside onClose', async () => {
    await using listener = await netListener();
    const port = await closedPort();
    const log = new EventLog();
    const reconnect = { minDelayMs: 60_000, maxDelayMs: 60_000 };
    await using connected = new TcpClient(clientListener(log), { workerThreadCount });
    await connected.startAsync(listener.host, listener.port, { reconnect });
    await connected.stop();
    expect(connected.state).toBe(ServiceState.Stopped);

    await using waiting = new TcpClient(clientListener(log), { workerThreadCount });
    await expect(waiting.startAsync('127.0.0.1', port, { reconnect })).rejects.toThrow();
    await eventually(() => waiting.state === ServiceState.Starting, 'The wait for the next attempt');
    await waiting.stop();
    expect(waiting.state).toBe(ServiceState.Stopped);

    let stopped: Promise<void> | undefined;
    await using closing = new TcpClient(
      clientListener(log, { onClose: (client) => void (stopped = client.stop()) }),
      { workerThreadCount },
    );
    await expect(closing.startAsync('127.0.0.1', port, { reconnect })).rejects.toThrow();
    await stopped;
    expect(closing.state).toBe(ServiceState.Stopped);
    await closing.startAsync(listener.host, listener.port);
    expect(closing.isConnected).toBe(true);
  });

  test('a veto ends it: at onConnect, and at onPrepareConnect of a later attempt', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using vetoed = new TcpClient(clientListener(log, { onConnect: () => 2 }), { workerThreadCount });
    await expect(
      vetoed.startAsync(listener.host, listener.port, { reconnect: quickly }),
    ).rejects.toMatchObject({ errno: ErrorCode.Canceled });
    await vetoed.wait();
    expect(vetoed.state).toBe(ServiceState.Stopped);

    let count = 0;
    await using prepared = new TcpClient(
      { onPrepareConnect: () => (++count === 2 ? 2 : 0) },
      { workerThreadCount },
    );
    await prepared.startAsync(listener.host, listener.port, { reconnect: quickly });
    await listener.accepted();
    (await listener.accepted()).end();
    await prepared.wait();
    expect(count).toBe(2);
    expect(prepared.state).toBe(ServiceState.Stopped);
    expect(prepared.lastError).toBe(SocketError.SocketPrepare);
  });

  test('onPrepareConnect of a later attempt may throw: it ends there, uncaught', async () => {
    using uncaught = new UncaughtErrors();
    await using listener = await netListener();
    let count = 0;
    await using client = new TcpClient(
      {
        onPrepareConnect: () => {
          if (++count === 2) throw new Error('not again');
        },
      },
      { workerThreadCount },
    );
    await client.startAsync(listener.host, listener.port, { reconnect: quickly });
    (await listener.accepted()).end();
    await client.wait();

    expect(client.state).toBe(ServiceState.Stopped);
    expect(await uncaught.messages(1)).toEqual(['not again']);
  });

  test('an agent dials again under a new id, and keeps extra and host', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    agent.start();
    const first = agent.connect(listener.host, listener.port, { reconnect: quickly, extra: 'mine' });
    for (let round = 1; round <= 3; round++) {
      const peer = await listener.accepted();
      const { id } = await log.next('onConnect', round);
      expect(agent.getConnectionExtra(id)).toBe('mine');
      expect(agent.getRemoteHost(id)).toEqual({ host: listener.host, port: listener.port });
      peer.end();
      expect(await log.next('onClose', round)).toMatchObject({ id, operation: Close, errorCode: 0 });
    }
    const { id } = await log.next('onConnect', 4);
    expect(id).toBeGreaterThan(first);
    await agent.stop();

    expect(log.names().at(-1)).toBe('onShutdown');
    expect(log.count('onClose')).toBe(4);
  });

  test('an agent stops dialling when the connection is ended from here, and at maxAttempts', async () => {
    await using listener = await netListener();
    const port = await closedPort();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    agent.start();
    const kept = await agent.connectAsync(listener.host, listener.port, { reconnect: quickly });
    agent.disconnect(kept);
    await log.next('onClose');
    agent.connect('127.0.0.1', port, { reconnect: { ...quickly, maxAttempts: 2 } });
    await log.next('onClose', 4);
    // Longer than any delay of these attempts.
    await new Promise((resolve) => setTimeout(resolve, 50));

    expect(log.count('onPrepareConnect')).toBe(4);
    expect(agent.connectionCount).toBe(0);
  });

  test('stop of an agent ends all attempts that wait, and a restart does not revive them', async () => {
    const port = await closedPort();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    agent.start();
    const options = { reconnect: { minDelayMs: 30, maxDelayMs: 30 } };
    for (let count = 0; count < 5; count++) agent.connect('127.0.0.1', port, options);
    await log.next('onClose', 5);
    await agent.stop();
    const attempts = log.count('onPrepareConnect');
    agent.start();
    await new Promise((resolve) => setTimeout(resolve, 60));

    expect(log.count('onPrepareConnect')).toBe(attempts);
    expect(agent.connectionCount).toBe(0);
  });

  test('delays double up to the longest, half of each left to chance', async () => {
    const port = await closedPort();
    const log = new EventLog();
    const times: number[] = [];
    await using client = new TcpClient(
      clientListener(log, { onPrepareConnect: () => void times.push(performance.now()) }),
      { workerThreadCount },
    );
    client.start('127.0.0.1', port, { reconnect: { minDelayMs: 40, maxDelayMs: 80, maxAttempts: 4 } });
    await client.wait();
    const delays = times.slice(1).map((time, index) => time - times[index]!);

    expect(delays).toHaveLength(4);
    // At least half of 40, 80, 80, 80.
    for (const [index, least] of [20, 40, 40, 40].entries()) {
      expect(delays[index]).toBeGreaterThanOrEqual(least - 2);
    }
  });
});
