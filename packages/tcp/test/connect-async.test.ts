// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { closedPort, EventLog, modes, netListener, silentListener } from '@hp/testkit';
import { ErrorCode, ServiceState, SocketError, SocketOperation, TcpAgent, TcpClient } from '@hp/tcp';
import { agentListener, clientListener } from './support/listeners.js';

const { Close, Connect } = SocketOperation;

describe.each(modes)('connecting ($name)', ({ workerThreadCount }) => {
  test('connectAsync resolves to the id once onConnect has returned', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    agent.start();
    const id = await agent.connectAsync(listener.host, listener.port);

    expect(log.names(id)).toEqual(['onPrepareConnect', 'onConnect']);
    expect(agent.isConnected(id)).toBe(true);
    expect(agent.send(id, Buffer.from('at once'))).toBe(true);
    expect(String(await (await listener.accepted()).receivedBytes(7))).toBe('at once');
  });

  test('startAsync resolves once the client is usable', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using client = new TcpClient(clientListener(log), { workerThreadCount });
    await client.startAsync(listener.host, listener.port);

    expect(client.state).toBe(ServiceState.Started);
    expect(client.send(Buffer.from('at once'))).toBe(true);
    expect(String(await (await listener.accepted()).receivedBytes(7))).toBe('at once');
  });

  test('a send before the connection is there is refused as InvalidState', async () => {
    await using listener = await netListener();
    await using agent = new TcpAgent({}, { workerThreadCount });
    await using client = new TcpClient({}, { workerThreadCount });
    agent.start();
    const id = agent.connect(listener.host, listener.port);
    client.start(listener.host, listener.port);

    expect(agent.send(id, Buffer.from('x'))).toBe(false);
    expect(agent.lastErrorCode).toBe(ErrorCode.InvalidState);
    expect(agent.pauseReceive(id)).toBe(false);
    expect(agent.lastErrorCode).toBe(ErrorCode.InvalidState);
    expect(client.send(Buffer.from('x'))).toBe(false);
    expect(client.lastErrorCode).toBe(ErrorCode.InvalidState);
    expect(client.pauseReceive()).toBe(false);
    expect(client.lastErrorCode).toBe(ErrorCode.InvalidState);
  });

  test('refused: the promise rejects after onClose(Connect, ECONNREFUSED)', async () => {
    const port = await closedPort();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    await using client = new TcpClient(clientListener(log), { workerThreadCount });
    agent.start();

    await expect(agent.connectAsync('127.0.0.1', port)).rejects.toMatchObject({
      name: 'HpSocketError',
      socketError: SocketError.ConnectServer,
      systemCode: 'ECONNREFUSED',
      systemErrno: process.platform === 'win32' ? 10061 : 111,
      syscall: 'connect',
      address: '127.0.0.1',
      port,
    });
    expect(log.names()).toEqual(['onPrepareConnect', 'onClose']);
    await expect(client.startAsync('127.0.0.1', port)).rejects.toMatchObject({
      systemCode: 'ECONNREFUSED',
    });
    expect(log.all('onClose')).toMatchObject([
      { operation: Connect, errorCode: ErrorCode.ConnectionRefused },
      { operation: Connect, errorCode: ErrorCode.ConnectionRefused },
    ]);
    await client.wait();
    expect(client.state).toBe(ServiceState.Stopped);
    expect(agent.connectionCount).toBe(0);
  });

  test('refused: once startAsync has rejected, the client can be started again', async () => {
    await using listener = await netListener();
    await using client = new TcpClient({}, { workerThreadCount });

    await expect(client.startAsync('127.0.0.1', await closedPort())).rejects.toMatchObject({
      systemCode: 'ECONNREFUSED',
    });
    await client.startAsync(listener.host, listener.port);

    expect(client.isConnected).toBe(true);
  });

  test('whatever fails at once is told later all the same', async () => {
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    agent.start();
    // No network has such an address: connect() itself fails.
    const id = agent.connect('255.255.255.255', 9);
    expect(log.names()).toEqual(['onPrepareConnect']);
    expect(agent.connectionCount).toBe(1);

    expect(await log.next('onClose')).toMatchObject({ id, operation: Connect });
    expect(log.all('onClose')[0]?.errorCode).toBeGreaterThan(0);
  });

  test('connectTimeoutMs, or timeoutMs of the call: (Connect, ETIMEDOUT), and not early', async () => {
    await using silent = await silentListener();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount, connectTimeoutMs: 200 });
    await using client = new TcpClient(clientListener(log), { workerThreadCount });
    agent.start();
    const begun = performance.now();
    const timedOut = { socketError: SocketError.ConnectServer, systemCode: 'ETIMEDOUT' };
    await Promise.all([
      expect(agent.connectAsync(silent.host, silent.port)).rejects.toMatchObject(timedOut),
      expect(agent.connectAsync(silent.host, silent.port, { timeoutMs: 150 })).rejects.toMatchObject(
        timedOut,
      ),
      expect(client.startAsync(silent.host, silent.port, { timeoutMs: 150 })).rejects.toMatchObject(timedOut),
    ]);

    expect(performance.now() - begun).toBeGreaterThanOrEqual(198);
    for (const close of log.all('onClose')) {
      expect(close).toMatchObject({ operation: Connect, errorCode: ErrorCode.TimedOut });
    }
    expect(log.count('onClose')).toBe(3);
    expect(log.count('onConnect')).toBe(0);
  });

  test('a deadline after a long rest of the component counts from the call', async () => {
    await using silent = await silentListener();
    await using agent = new TcpAgent({}, { workerThreadCount });
    agent.start();
    // Nothing happens in the reactor meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const begun = performance.now();
    await expect(agent.connectAsync(silent.host, silent.port, { timeoutMs: 200 })).rejects.toThrow();

    expect(performance.now() - begun).toBeGreaterThanOrEqual(198);
  });

  test('an AbortSignal calls a connect off: rejects with its reason, onClose(Close, 0)', async () => {
    await using silent = await silentListener();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    await using client = new TcpClient(clientListener(log), { workerThreadCount });
    agent.start();
    const stop = new AbortController();
    const outcomes = Promise.allSettled([
      agent.connectAsync(silent.host, silent.port, { signal: stop.signal }),
      client.startAsync(silent.host, silent.port, { signal: stop.signal }),
    ]);
    const reason = new Error('no longer wanted');
    stop.abort(reason);

    expect(await outcomes).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ]);
    await log.next('onClose', 2);
    expect(log.all('onClose')).toMatchObject([
      { operation: Close, errorCode: 0 },
      { operation: Close, errorCode: 0 },
    ]);
    expect(agent.connectionCount).toBe(0);
    await client.wait();
    expect(client.state).toBe(ServiceState.Stopped);
  });

  test('an AbortSignal that is aborted already: nothing is begun', async () => {
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    await using client = new TcpClient(clientListener(log), { workerThreadCount });
    agent.start();
    const signal = AbortSignal.abort();

    await expect(agent.connectAsync('127.0.0.1', 9, { signal })).rejects.toThrow('aborted');
    await expect(client.startAsync('127.0.0.1', 9, { signal })).rejects.toThrow('aborted');
    expect(log.names()).toEqual([]);
    expect(client.state).toBe(ServiceState.Stopped);
  });

  test('an AbortSignal that aborts inside onPrepareConnect', async () => {
    await using silent = await silentListener();
    const stop = new AbortController();
    const prepare = () => {
      stop.abort(new Error('changed my mind'));
    };
    await using agent = new TcpAgent({ onPrepareConnect: prepare }, { workerThreadCount });
    agent.start();

    const options = { signal: stop.signal };
    await expect(agent.connectAsync(silent.host, silent.port, options)).rejects.toThrow('changed my mind');
    const again = new AbortController();
    await using client = new TcpClient(
      { onPrepareConnect: () => again.abort(new Error('mine too')) },
      { workerThreadCount },
    );
    const call = client.startAsync(silent.host, silent.port, { signal: again.signal });
    await expect(call).rejects.toThrow('mine too');
    await client.wait();
    expect(client.state).toBe(ServiceState.Stopped);
  });

  test('a signal that aborts after the connection is there changes nothing', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    agent.start();
    const stop = new AbortController();
    const id = await agent.connectAsync(listener.host, listener.port, { signal: stop.signal });
    stop.abort();
    agent.send(id, Buffer.from('still here'));
    await (await listener.accepted()).receivedBytes(10);

    expect(agent.isConnected(id)).toBe(true);
    expect(log.count('onClose')).toBe(0);
  });

  test('disconnect of an agent while connecting: (Close, 0)', async () => {
    await using silent = await silentListener();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    agent.start();
    const connecting = agent.connectAsync(silent.host, silent.port);
    const outcome = Promise.allSettled([connecting]);
    const [id] = agent.getAllConnectionIds();
    expect(agent.disconnect(id!)).toBe(true);
    expect(agent.disconnect(id!)).toBe(false);

    expect(await log.next('onClose')).toMatchObject({ id, operation: Close, errorCode: 0 });
    expect(await outcome).toMatchObject([{ status: 'rejected', reason: { errno: ErrorCode.Canceled } }]);
    expect(log.count('onConnect')).toBe(0);
  });

  test('stop of an agent and a client while connecting: (Close, 0)', async () => {
    await using silent = await silentListener();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    await using client = new TcpClient(clientListener(log), { workerThreadCount });
    agent.start();
    const outcomes = Promise.allSettled([
      agent.connectAsync(silent.host, silent.port),
      client.startAsync(silent.host, silent.port),
    ]);
    await Promise.all([agent.stop(), client.stop()]);

    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(log.all('onClose')).toMatchObject([
      { operation: Close, errorCode: 0 },
      { operation: Close, errorCode: 0 },
    ]);
    expect(log.count('onConnect')).toBe(0);
    expect(client.state).toBe(ServiceState.Stopped);
  });

  test('a connect that reaches its own socket fails', async () => {
    const port = await closedPort();
    const log = new EventLog();
    await using client = new TcpClient(clientListener(log), { workerThreadCount });
    client.start('127.0.0.1', port, { localAddress: '127.0.0.1', localPort: port });

    expect(await log.next('onClose')).toMatchObject({
      operation: Connect,
      errorCode: ErrorCode.SelfConnect,
    });
    expect(log.count('onConnect')).toBe(0);
  });
});

describe.each(modes)('blocking connects ($name)', ({ workerThreadCount }) => {
  test('of an agent: connected when connect returns, with onConnect before that', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using agent = new TcpAgent(
      agentListener(log, { onReceive: (sender, id, data) => void sender.send(id, data) }),
      { workerThreadCount },
    );
    agent.start('', false);
    const id = agent.connect(listener.host, listener.port);
    expect(log.names()).toEqual(['onPrepareConnect', 'onConnect']);
    expect(agent.isConnected(id)).toBe(true);
    const peer = await listener.accepted();
    await peer.send('echo');
    expect(String(await peer.receivedBytes(4))).toBe('echo');
    expect(await agent.connectAsync(listener.host, listener.port)).toBe(id + 1);
    peer.end();
    expect(await log.next('onClose')).toMatchObject({ id, operation: Close, errorCode: 0 });
  });

  test('of a client: started when start returns', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using client = new TcpClient(clientListener(log), { workerThreadCount });
    client.start(listener.host, listener.port, { asyncConnect: false });
    expect(log.names()).toEqual(['onPrepareConnect', 'onConnect']);
    expect(client.state).toBe(ServiceState.Started);
    client.send(Buffer.from('now'));

    expect(String(await (await listener.accepted()).receivedBytes(3))).toBe('now');
  });

  test('a failure is thrown, and no event tells of it', async () => {
    const port = await closedPort();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    await using client = new TcpClient(clientListener(log), { workerThreadCount });
    agent.start('', false);
    const refused = {
      socketError: SocketError.ConnectServer,
      systemCode: 'ECONNREFUSED',
      syscall: 'connect',
    };

    expect(() => agent.connect('127.0.0.1', port)).toThrow(expect.objectContaining(refused) as Error);
    expect(() => client.start('127.0.0.1', port, { asyncConnect: false })).toThrow(
      expect.objectContaining(refused) as Error,
    );
    expect(agent.lastError).toBe(SocketError.ConnectServer);
    expect(client.lastError).toBe(SocketError.ConnectServer);
    expect(client.state).toBe(ServiceState.Stopped);
    expect(agent.connectionCount).toBe(0);
    await agent.stop();
    expect(log.names()).toEqual(['onPrepareConnect', 'onPrepareConnect', 'onShutdown']);
  });

  test('a veto of onConnect is thrown, and no onClose follows', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using agent = new TcpAgent(
      agentListener(log, {
        onConnect: (sender) => {
          sender.lastErrorCode = ErrorCode.NetworkUnreachable;
          return 2;
        },
      }),
      { workerThreadCount },
    );
    agent.start('', false);

    expect(() => agent.connect(listener.host, listener.port)).toThrow(
      expect.objectContaining({ errno: ErrorCode.NetworkUnreachable }) as Error,
    );
    await (
      await listener.accepted()
    ).ended;
    await agent.stop();
    expect(log.names()).toEqual(['onPrepareConnect', 'onConnect', 'onShutdown']);
  });

  test('a time-out is thrown after its time', async () => {
    await using silent = await silentListener();
    await using client = new TcpClient({}, { workerThreadCount, connectTimeoutMs: 200 });
    const begun = performance.now();

    expect(() => client.start(silent.host, silent.port, { asyncConnect: false })).toThrow(
      expect.objectContaining({ systemCode: 'ETIMEDOUT' }) as Error,
    );
    expect(performance.now() - begun).toBeGreaterThanOrEqual(198);
  });

  test('one that reaches its own socket is refused', async () => {
    const port = await closedPort();
    await using client = new TcpClient({}, { workerThreadCount });
    const options = { asyncConnect: false, localAddress: '127.0.0.1', localPort: port };

    expect(() => client.start('127.0.0.1', port, options)).toThrow(
      expect.objectContaining({ errno: ErrorCode.SelfConnect }) as Error,
    );
  });

  test('inside a callback of another component', async () => {
    await using listener = await netListener();
    await using client = new TcpClient({}, { workerThreadCount });
    const log = new EventLog();
    await using agent = new TcpAgent(
      agentListener(log, {
        onConnect: () => client.start(listener.host, listener.port, { asyncConnect: false }),
      }),
      { workerThreadCount },
    );
    agent.start();
    await agent.connectAsync(listener.host, listener.port);
    expect(client.isConnected).toBe(true);
    client.send(Buffer.from('from the second'));
    const peers = [await listener.accepted(), await listener.accepted()];

    expect(String(await peers[1]!.receivedBytes(15))).toBe('from the second');
  });
});
