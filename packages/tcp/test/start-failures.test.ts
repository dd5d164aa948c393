// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { closedPort, deferred, dialPeer, EventLog, modes, netListener } from '@hp/testkit';
import { ErrorCode, HpSocketError, ServiceState, SocketError, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';
import { agentListener, clientListener, serverListener } from './support/listeners.js';
import { thrownBy } from '../../core-native/test/support/thrown.js';

describe.each(modes)('a start that fails ($name)', ({ workerThreadCount }) => {
  test('server: a second start throws, tells nothing and changes nothing', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    server.start('127.0.0.1');
    const address = server.listenAddress;

    expect(thrownBy(() => server.start('127.0.0.1'))).toMatchObject({
      name: 'HpSocketError',
      socketError: SocketError.IllegalState,
      code: 'SE_ILLEGAL_STATE',
    });
    expect(server.lastError).toBe(SocketError.IllegalState);
    expect(server.state).toBe(ServiceState.Started);
    expect(server.listenAddress).toEqual(address);
    expect(log.names()).toEqual(['onPrepareListen']);
    await using peer = await dialPeer(address!.port);
    await log.next('onAccept');
    expect(peer.socket.readyState).toBe('open');
  });

  test('server: start while stopping throws', async () => {
    await using server = new TcpServer({}, { workerThreadCount });
    server.start('127.0.0.1');
    const stopped = server.stop();

    expect(thrownBy(() => server.start('127.0.0.1')).socketError).toBe(SocketError.IllegalState);
    await stopped;
    server.start('127.0.0.1');
    expect(server.state).toBe(ServiceState.Started);
  });

  test('server: port in use; told as prepare and shutdown, and the port can be had later', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    let port: number;
    {
      await using taken = await netListener();
      ({ port } = taken);
      const error = thrownBy(() => server.start('127.0.0.1', port));

      expect(error).toBeInstanceOf(HpSocketError);
      expect(error).toMatchObject({
        socketError: SocketError.SocketBind,
        code: 'SE_SOCKET_BIND',
        errno: ErrorCode.AddressInUse,
        systemCode: 'EADDRINUSE',
        systemErrno: process.platform === 'win32' ? 10048 : 98,
        syscall: 'bind',
        address: '127.0.0.1',
        port,
      });
      expect(error.message).toMatch(new RegExp(`127\\.0\\.0\\.1:${port}.*choose another port`));
    }
    expect(server.state).toBe(ServiceState.Stopped);
    expect(server.lastError).toBe(SocketError.SocketBind);
    expect(server.lastErrorDesc).not.toBe('');
    expect(server.listenAddress).toBeUndefined();
    expect(log.names()).toEqual(['onPrepareListen', 'onShutdown']);
    await server.stop();

    server.start('127.0.0.1', port);
    await using peer = await dialPeer(port);
    await log.next('onAccept');
    expect(peer.socket.remotePort).toBe(port);
  });

  test('server: an address that is not of this host', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });

    expect(thrownBy(() => server.start('192.0.2.1'))).toMatchObject({
      socketError: SocketError.SocketBind,
      systemCode: 'EADDRNOTAVAIL',
      address: '192.0.2.1',
    });
    expect(log.names()).toEqual(['onPrepareListen', 'onShutdown']);
    expect(server.state).toBe(ServiceState.Stopped);
  });

  test('server: a wrong argument tells nothing at all', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });

    for (const address of ['no-literal', '1.2.3', '::g', '127.0.0.1:80', 17 as never, null as never]) {
      const error = thrownBy(() => server.start(address));
      expect(error).toMatchObject({ socketError: SocketError.InvalidParam, code: 'SE_INVALID_PARAM' });
      expect(error.message).toMatch(/^address /);
      expect(server.lastError).toBe(SocketError.InvalidParam);
    }
    for (const port of [70_000, 65_536, -1, 1.5, Number.NaN, '80' as never, null as never]) {
      server.lastErrorCode = ErrorCode.Ok;
      const error = thrownBy(() => server.start('127.0.0.1', port));
      expect(error.socketError).toBe(SocketError.InvalidParam);
      expect(error.message).toMatch(/^port must be a whole number from 0 to 65535/);
    }
    expect(log.names()).toEqual([]);
    expect(server.state).toBe(ServiceState.Stopped);
    await server.stop();
    expect(log.names()).toEqual([]);
  });

  test('server: startAsync for a name without an address rejects with an HpSocketError', async () => {
    await using server = new TcpServer({}, { workerThreadCount });

    await expect(server.startAsync('no-such-host.invalid')).rejects.toMatchObject({
      name: 'HpSocketError',
      address: 'no-such-host.invalid',
    });
    await expect(server.startAsync('', 0)).rejects.toMatchObject({ socketError: SocketError.InvalidParam });
    expect(server.state).toBe(ServiceState.Stopped);
    await server.startAsync('localhost');
    expect(server.state).toBe(ServiceState.Started);
  });

  test('server: onPrepareListen runs before bind, and its veto leaves the port alone', async () => {
    await using taken = await netListener();
    const bound = deferred<unknown>();
    await using server = new TcpServer(
      {
        onPrepareListen: (_server, socket) => {
          bound.resolve(socket.localAddress);
          return 2;
        },
      },
      { workerThreadCount },
    );

    expect(thrownBy(() => server.start(taken.host, taken.port)).socketError).toBe(SocketError.SocketPrepare);
    const none = process.platform === 'win32' ? undefined : { address: '0.0.0.0', port: 0 };
    expect(await bound.promise).toEqual(none);
  });

  test('agent: a second start, and a connect before the first, throw', async () => {
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });

    expect(thrownBy(() => agent.connect('127.0.0.1', 9)).socketError).toBe(SocketError.IllegalState);
    agent.start();
    expect(thrownBy(() => agent.start()).socketError).toBe(SocketError.IllegalState);
    expect(agent.state).toBe(ServiceState.Started);
    const stopped = agent.stop();
    expect(thrownBy(() => agent.connect('127.0.0.1', 9)).socketError).toBe(SocketError.IllegalState);
    await stopped;
    expect(thrownBy(() => agent.connect('127.0.0.1', 9)).socketError).toBe(SocketError.IllegalState);
    expect(log.names()).toEqual(['onShutdown']);
  });

  test('agent: a bind address that is none, or not of this host', async () => {
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });

    const wrong = thrownBy(() => agent.start('localhost'));
    expect(wrong.socketError).toBe(SocketError.InvalidParam);
    expect(wrong.message).toMatch(/^bindAddress /);
    expect(agent.lastError).toBe(SocketError.InvalidParam);
    expect(log.names()).toEqual([]);

    expect(thrownBy(() => agent.start('192.0.2.1'))).toMatchObject({
      socketError: SocketError.SocketBind,
      systemCode: 'EADDRNOTAVAIL',
      address: '192.0.2.1',
    });
    expect(agent.state).toBe(ServiceState.Stopped);
    expect(log.names()).toEqual(['onShutdown']);
    agent.start('127.0.0.1');
    expect(agent.state).toBe(ServiceState.Started);
  });

  test('agent and client: wrong arguments of a connect name themselves and tell nothing', async () => {
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    await using client = new TcpClient(clientListener(log), { workerThreadCount });
    agent.start();
    const wrong: [argument: string, host: unknown, port: unknown, options?: object][] = [
      ['host', '', 80],
      ['host', 'two words', 80],
      ['host', undefined, 80],
      ['host', 1, 80],
      ['port', '127.0.0.1', 70_000],
      ['port', '127.0.0.1', -1],
      ['port', '127.0.0.1', undefined],
      ['localAddress', '127.0.0.1', 80, { localAddress: 'localhost' }],
      ['localPort', '127.0.0.1', 80, { localPort: 65_536 }],
      ['timeoutMs', '127.0.0.1', 80, { timeoutMs: -1 }],
      ['timeoutMs', '127.0.0.1', 80, { timeoutMs: '5' }],
      ['reconnect.minDelayMs', '127.0.0.1', 80, { reconnect: { minDelayMs: 0 } }],
      ['reconnect.maxDelayMs', '127.0.0.1', 80, { reconnect: { minDelayMs: 10, maxDelayMs: 9 } }],
      ['reconnect', '127.0.0.1', 80, { reconnect: 5 }],
      ['options', '127.0.0.1', 80, null as never],
      ['options', '127.0.0.1', 80, 5 as never],
      ['reconnect.maxAttempts', '127.0.0.1', 80, { reconnect: { maxAttempts: -1 } }],
    ];
    for (const [argument, host, port, options] of wrong) {
      for (const component of [agent, client]) {
        const call = () =>
          component instanceof TcpAgent
            ? component.connect(host as string, port as number, options)
            : component.start(host as string, port as number, options);
        const error = thrownBy(call);

        expect(error.socketError).toBe(SocketError.InvalidParam);
        expect(error.message).toMatch(new RegExp(`^${argument.replace('.', '\\.')} must be `));
        expect(component.lastError).toBe(SocketError.InvalidParam);
      }
    }
    expect(agent.connectionCount).toBe(0);
    expect(client.state).toBe(ServiceState.Stopped);
    expect(log.names()).toEqual([]);
  });

  test('agent and client: what is no AbortSignal, and no boolean, names itself', async () => {
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    await using client = new TcpClient(clientListener(log), { workerThreadCount });
    const noBoolean = 'no' as never;

    expect(thrownBy(() => agent.start('', noBoolean)).message).toMatch(/^asyncConnect must be /);
    agent.start();
    expect(thrownBy(() => client.start('127.0.0.1', 9, { asyncConnect: noBoolean })).message).toMatch(
      /^asyncConnect must be /,
    );
    for (const [name, options] of [
      ['signal', { signal: new AbortController() as never }],
      ['signal', { signal: null as never }],
      ['options', null as never],
    ] as const) {
      const refused = {
        socketError: SocketError.InvalidParam,
        message: expect.stringMatching(`^${name} must be `) as string,
      };
      await expect(agent.connectAsync('127.0.0.1', 9, options)).rejects.toMatchObject(refused);
      await expect(client.startAsync('127.0.0.1', 9, options)).rejects.toMatchObject(refused);
    }
    expect(client.state).toBe(ServiceState.Stopped);
    expect(log.names()).toEqual([]);
  });

  test('client: a second start throws, and the first goes on', async () => {
    await using listener = await netListener();
    await using client = new TcpClient({}, { workerThreadCount });
    const started = client.startAsync(listener.host, listener.port);

    expect(thrownBy(() => client.start(listener.host, listener.port)).socketError).toBe(
      SocketError.IllegalState,
    );
    await started;
    expect(thrownBy(() => client.start(listener.host, listener.port)).socketError).toBe(
      SocketError.IllegalState,
    );
    expect(client.isConnected).toBe(true);
    const stopped = client.stop();
    expect(thrownBy(() => client.start(listener.host, listener.port)).socketError).toBe(
      SocketError.IllegalState,
    );
    await stopped;
  });

  test('client: after a blocking start that threw, the next one is not disturbed', async () => {
    const port = await closedPort();
    await using listener = await netListener();
    let vetoes = true;
    const log = new EventLog();
    await using client = new TcpClient(clientListener(log, { onConnect: () => (vetoes ? 2 : 0) }), {
      workerThreadCount,
    });

    expect(thrownBy(() => client.start('127.0.0.1', port, { asyncConnect: false })).socketError).toBe(
      SocketError.ConnectServer,
    );
    expect(client.state).toBe(ServiceState.Stopped);
    const call = () => client.start(listener.host, listener.port, { asyncConnect: false });
    expect(thrownBy(call).socketError).toBe(SocketError.ConnectServer);
    expect(client.state).toBe(ServiceState.Stopped);
    vetoes = false;
    call();
    expect(client.isConnected).toBe(true);
    await (
      await listener.accepted()
    ).ended;
    const peer = await listener.accepted();
    await peer.send('hello');
    expect(String(await log.receivedBytes(5))).toBe('hello');
    expect(client.state).toBe(ServiceState.Started);
    expect(log.count('onClose')).toBe(0);
  });
});
