// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { closedPort, deferred, dialPeer, EventLog, modes, netListener, within } from '@hp/testkit';
import { ErrorCode, ServiceState, SocketError, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';
import { agentListener, clientListener, serverListener } from './support/listeners.js';
import { thrownBy } from '../../core-native/test/support/thrown.js';

describe.each(modes)('stopping and waiting ($name)', ({ workerThreadCount }) => {
  test('each role can be started and stopped twice in a row', async () => {
    await using listener = await netListener();
    const server = new TcpServer({}, { workerThreadCount });
    const agent = new TcpAgent({}, { workerThreadCount });
    const client = new TcpClient({}, { workerThreadCount });
    for (let round = 0; round < 2; round++) {
      for (const component of [server, agent, client]) {
        expect(component.state).toBe(ServiceState.Stopped);
      }
      server.start('127.0.0.1');
      agent.start();
      await client.startAsync(listener.host, listener.port);
      for (const component of [server, agent, client]) {
        expect(component.state).toBe(ServiceState.Started);
      }
      await Promise.all([server.stop(), agent.stop(), client.stop()]);
    }
  });

  test('stop resolves at once where nothing runs, and may be called again and again', async () => {
    const log = new EventLog();
    const server = new TcpServer(serverListener(log), { workerThreadCount });
    await server.stop();
    expect(log.names()).toEqual([]);
    server.start('127.0.0.1');
    const stops = [server.stop(), server.stop(), server.stop()];
    await Promise.all(stops);
    await server.stop();

    expect(log.names()).toEqual(['onPrepareListen', 'onShutdown']);
  });

  test('stop inside callbacks: onAccept, onReceive, onClose, onConnect', async () => {
    for (const event of ['onAccept', 'onReceive', 'onClose'] as const) {
      const log = new EventLog();
      const stopped = deferred();
      const hooks = { [event]: (it: TcpServer) => void it.stop().then(stopped.resolve) };
      const server = new TcpServer(serverListener(log, hooks), { workerThreadCount });
      server.start('127.0.0.1');
      await using peer = await dialPeer(server.listenAddress!.port);
      if (event !== 'onAccept') peer.end(Buffer.from('x'));
      await within(stopped.promise, 5000, `stop inside ${event}`);
      expect(server.state).toBe(ServiceState.Stopped);
      expect(log.count('onClose')).toBe(1);
      expect(log.names().at(-1)).toBe('onShutdown');
    }
    await using listener = await netListener();
    const log = new EventLog();
    const stopped = deferred();
    const stop = (it: TcpAgent | TcpClient) => void it.stop().then(stopped.resolve);
    const agent = new TcpAgent(agentListener(log, { onConnect: stop }), { workerThreadCount });
    agent.start();
    agent.connect(listener.host, listener.port);
    await within(stopped.promise, 5000, 'stop inside onConnect of an agent');
    expect(log.names()).toEqual(['onPrepareConnect', 'onConnect', 'onClose', 'onShutdown']);

    const clientStopped = deferred();
    const clientLog = new EventLog();
    const client = new TcpClient(
      clientListener(clientLog, { onConnect: (it) => void it.stop().then(clientStopped.resolve) }),
      { workerThreadCount },
    );
    client.start(listener.host, listener.port);
    await within(clientStopped.promise, 5000, 'stop inside onConnect of a client');
    expect(clientLog.names()).toEqual(['onPrepareConnect', 'onConnect', 'onClose']);
  });

  test('stop inside onPrepareListen and onShutdown does not hang', async () => {
    const log = new EventLog();
    let stopped: Promise<void> | undefined;
    const server = new TcpServer(serverListener(log, { onShutdown: (it) => void (stopped = it.stop()) }), {
      workerThreadCount,
    });
    server.start('127.0.0.1');
    await within(server.stop(), 5000, 'stop');
    await within(stopped!, 5000, 'stop inside onShutdown');
    expect(log.count('onShutdown')).toBe(1);

    const preparing = new TcpServer(
      { onPrepareListen: (it) => void (stopped = it.stop()) },
      { workerThreadCount },
    );
    expect(thrownBy(() => preparing.start('127.0.0.1')).socketError).toBe(SocketError.IllegalState);
    await within(stopped!, 5000, 'stop inside onPrepareListen');
    expect(preparing.state).toBe(ServiceState.Stopped);
    expect(preparing.listenAddress).toBeUndefined();
  });

  test('stop inside onPrepareConnect calls the connect off, without an onClose', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    let stopped: Promise<void> | undefined;
    const client = new TcpClient(
      clientListener(log, { onPrepareConnect: (it) => void (stopped = it.stop()) }),
      { workerThreadCount },
    );
    expect(thrownBy(() => client.start(listener.host, listener.port))).toMatchObject({
      socketError: SocketError.IllegalState,
      errno: ErrorCode.Canceled,
    });
    await within(stopped!, 5000, 'stop of the client');
    expect(client.state).toBe(ServiceState.Stopped);
    const agent = new TcpAgent(agentListener(log, { onPrepareConnect: (it) => void (stopped = it.stop()) }), {
      workerThreadCount,
    });
    agent.start();
    expect(thrownBy(() => agent.connect(listener.host, listener.port)).errno).toBe(ErrorCode.Canceled);
    await within(stopped!, 5000, 'stop of the agent');

    expect(agent.state).toBe(ServiceState.Stopped);
    expect(log.names()).toEqual(['onPrepareConnect', 'onPrepareConnect', 'onShutdown']);
  });

  test('disconnect inside onPrepareConnect calls the connect off too', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using agent = new TcpAgent(
      agentListener(log, { onPrepareConnect: (it, id) => void it.disconnect(id) }),
      { workerThreadCount },
    );
    agent.start();

    expect(thrownBy(() => agent.connect(listener.host, listener.port)).errno).toBe(ErrorCode.Canceled);
    expect(agent.connectionCount).toBe(0);
    await agent.stop();
    expect(log.names()).toEqual(['onPrepareConnect', 'onShutdown']);
  });

  test('stop inside onConnect of a start that blocks: it throws, no onClose, and may be repeated', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    let stops = true;
    await using client = new TcpClient(
      clientListener(log, { onConnect: (it) => void (stops && it.stop()) }),
      { workerThreadCount },
    );
    const blocking = { asyncConnect: false };
    expect(thrownBy(() => client.start(listener.host, listener.port, blocking)).errno).toBe(
      ErrorCode.Canceled,
    );
    expect(client.state).toBe(ServiceState.Stopped);
    stops = false;
    client.start(listener.host, listener.port, blocking);
    await listener.accepted();
    const peer = await listener.accepted();
    await peer.send('x');
    await log.next('onReceive');

    expect(log.names().filter((name) => name !== 'onReceive')).toEqual([
      ...['onPrepareConnect', 'onConnect', 'onPrepareConnect', 'onConnect'],
    ]);
    expect(client.state).toBe(ServiceState.Started);
  });

  test('start inside onShutdown throws', async () => {
    let error: unknown;
    const server = new TcpServer(
      {
        onShutdown: (it) => {
          error = thrownBy(() => it.start('127.0.0.1'));
        },
      },
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    await server.stop();

    expect(error).toMatchObject({ socketError: SocketError.IllegalState });
    expect(server.state).toBe(ServiceState.Stopped);
  });

  test('sends and disconnects go on to work while stopping, for connections not yet closed', async () => {
    const log = new EventLog();
    const server = new TcpServer(serverListener(log), { workerThreadCount });
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port);
    await log.next('onAccept');
    const stopped = server.stop();

    expect(server.send(1, Buffer.from('x'))).toBe(false);
    expect(server.lastErrorCode).toBe(ErrorCode.ObjectNotFound);
    await stopped;
    await peer.ended;
  });

  test('wait: until stopped, or false when the time is over', async () => {
    await using server = new TcpServer({}, { workerThreadCount });
    expect(await server.wait()).toBe(true);
    expect(await server.wait(0)).toBe(true);
    server.start('127.0.0.1');
    const begun = performance.now();
    expect(await server.wait(50)).toBe(false);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(48);
    const waiting = [server.wait(), server.wait(5000)];
    await server.stop();

    expect(await Promise.all(waiting)).toEqual([true, true]);
  });

  test.each([-1, 2_147_483_648, 0.5, Number.NaN, '5' as never, null as never])(
    'wait of %o ms rejects and names the argument',
    async (timeoutMs) => {
      await using server = new TcpServer({}, { workerThreadCount });
      server.start('127.0.0.1');

      await expect(server.wait(timeoutMs)).rejects.toMatchObject({
        socketError: SocketError.InvalidParam,
        message: expect.stringMatching(/^timeoutMs must be /) as string,
      });
      expect(server.lastError).toBe(SocketError.InvalidParam);
    },
  );

  test('wait of a client ends when its connection does', async () => {
    await using listener = await netListener();
    await using client = new TcpClient({}, { workerThreadCount });
    await client.startAsync(listener.host, listener.port);
    const waiting = client.wait();
    (await listener.accepted()).end();

    expect(await within(waiting, 5000, 'wait')).toBe(true);
    expect(client.state).toBe(ServiceState.Stopped);
  });

  test('await using stops', async () => {
    const log = new EventLog();
    const port = await closedPort();
    {
      await using server = new TcpServer(serverListener(log), { workerThreadCount });
      server.start('127.0.0.1', port);
    }
    expect(log.names()).toEqual(['onPrepareListen', 'onShutdown']);
    await expect(dialPeer(port)).rejects.toThrow('ECONNREFUSED');
  });

  test('lastErrorCode: of the last refusal, kept after the stop, set by hand', async () => {
    await using server = new TcpServer({}, { workerThreadCount });
    expect(server.lastErrorCode).toBe(ErrorCode.Ok);
    server.lastErrorCode = ErrorCode.BrokenPipe;
    expect(server.lastErrorCode).toBe(ErrorCode.BrokenPipe);
    server.start('127.0.0.1');
    expect(server.lastErrorCode).toBe(ErrorCode.Ok);
    server.send(99, Buffer.from('x'));
    expect(server.lastErrorCode).toBe(ErrorCode.ObjectNotFound);
    await server.stop();
    expect(server.lastErrorCode).toBe(ErrorCode.ObjectNotFound);
  });

  test('lastError: of the last call that threw, in words too', async () => {
    await using server = new TcpServer({}, { workerThreadCount });
    expect(server.lastError).toBe(SocketError.Ok);
    expect(server.lastErrorDesc).toBe('no error');
    expect(() => (server.keepAliveTime = 999)).toThrow();
    expect(server.lastError).toBe(SocketError.InvalidParam);
    const words = server.lastErrorDesc;
    server.start('127.0.0.1');
    expect(() => server.start()).toThrow();
    expect(server.lastError).toBe(SocketError.IllegalState);
    expect(server.lastErrorDesc).not.toBe(words);
  });

  test('ref and unref return the component', () => {
    const server = new TcpServer({}, { workerThreadCount });

    expect(server.unref()).toBe(server);
    expect(server.ref()).toBe(server);
  });

  test('a listener, an event, options or a model that are none are refused by name', () => {
    for (const wrong of [undefined, null, 42, 'text']) {
      for (const Role of [TcpServer, TcpAgent, TcpClient]) {
        const error = thrownBy(() => new Role(wrong as never));
        expect(error.socketError).toBe(SocketError.InvalidParam);
        expect(error.message).toMatch(/^listener must be /);
      }
    }
    for (const Role of [TcpServer, TcpAgent, TcpClient]) {
      for (const [name, listener, options] of [
        ['listener.onReceive', { onReceive: 'later' }],
        ['listener.onClose', { onClose: null }],
        ['options', {}, 5],
        ['options', {}, null],
        ['model', {}, { model: 5 }],
        ['model', {}, { model: {} }],
      ] as const) {
        const error = thrownBy(() => new Role(listener as never, options as never));
        expect(error.socketError).toBe(SocketError.InvalidParam);
        expect(error.message.startsWith(`${name} must be `)).toBe(true);
      }
    }
  });
});
