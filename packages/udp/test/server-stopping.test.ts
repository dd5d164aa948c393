// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { closedDatagramPort, DatagramPeer, deferred, EventLog, modes, within } from '@hp/testkit';
import { ErrorCode, HandleResult, ServiceState, SocketError, SocketOperation, UdpServer } from '@hp/udp';
import { thrownBy } from '../../core-native/test/support/thrown.js';
import { echo, portOf, serve, type ServerHooks, serverListener } from './support/served.js';

describe.each(modes)('stopping a UdpServer ($name)', ({ workerThreadCount }) => {
  test('with open connections: each onClose(Close, 0) once, then onShutdown', async () => {
    const states: unknown[] = [];
    await using served = serve(
      { workerThreadCount },
      { onReceive: echo, onShutdown: (server) => void states.push(server.state, server.connectionCount) },
    );
    const { server, log, port } = served;
    const peers = await Promise.all(Array.from({ length: 100 }, () => DatagramPeer.bind()));
    await Promise.all(peers.map((peer) => peer.send('x', port)));
    await Promise.all(peers.map((peer) => peer.next()));
    const stopped = server.stop();
    expect(server.state).toBe(ServiceState.Stopping);
    expect(server.listenAddress).toBeUndefined();
    expect(log.count('onClose')).toBe(0);
    await stopped;

    expect(server.state).toBe(ServiceState.Stopped);
    expect(states).toEqual([ServiceState.Stopping, 0]);
    const closes = log.all('onClose');
    expect(closes).toHaveLength(100);
    expect(new Set(closes.map(({ id }) => id)).size).toBe(100);
    expect(closes.every((each) => each.operation === SocketOperation.Close && each.errorCode === 0)).toBe(
      true,
    );
    expect(log.names().indexOf('onShutdown')).toBe(log.names().length - 1);
    for (const peer of peers) await peer[Symbol.asyncDispose]();
  });

  test('resolves at once where nothing runs, and may be called again and again', async () => {
    const log = new EventLog();
    const server = new UdpServer(serverListener(log), { workerThreadCount });
    await server.stop();
    expect(log.names()).toEqual([]);
    server.start('127.0.0.1');
    await Promise.all([server.stop(), server.stop(), server.stop()]);
    await server.stop();

    expect(log.names()).toEqual(['onPrepareListen', 'onShutdown']);
  });

  test.each(['onAccept', 'onReceive', 'onSend', 'onDrain', 'onClose', 'onReject'] as const)(
    'inside %s',
    async (event) => {
      const stopped = deferred();
      const hooks: ServerHooks = {
        onReceive: (it, id, data) => {
          it.send(id, data);
          if (event === 'onClose') it.disconnect(id);
        },
        [event]: (it: UdpServer) => void it.stop().then(() => stopped.resolve()),
      };
      await using served = serve(
        { workerThreadCount, maxConnections: 1, highWaterMarkBytes: 1, lowWaterMarkBytes: 0 },
        hooks,
      );
      const { server, log, port } = served;
      await using peer = await DatagramPeer.bind();
      await using other = await DatagramPeer.bind();
      await peer.send('hello', port);
      if (event === 'onReject') {
        await peer.next();
        await other.send('too many', port);
      }
      await within(stopped.promise, 5000, `stop inside ${event}`);

      expect(server.state).toBe(ServiceState.Stopped);
      expect(log.count('onClose')).toBe(1);
      expect(log.names().at(-1)).toBe('onShutdown');
      expect(log.count('onShutdown')).toBe(1);
    },
  );

  test('inside onPrepareListen: the start fails, and nothing runs', async () => {
    const log = new EventLog();
    let stopped = Promise.resolve();
    const server = new UdpServer(
      serverListener(log, { onPrepareListen: (it) => void (stopped = it.stop()) }),
      { workerThreadCount },
    );
    expect(thrownBy(() => server.start('127.0.0.1')).socketError).toBe(SocketError.IllegalState);
    await within(stopped, 5000, 'stop inside onPrepareListen');

    expect(server.state).toBe(ServiceState.Stopped);
    expect(server.listenAddress).toBeUndefined();
    expect(log.names()).toEqual(['onPrepareListen', 'onShutdown']);
  });

  test('inside onShutdown settles; a start there throws', async () => {
    let stopped = Promise.resolve();
    let error: unknown;
    const server = new UdpServer(
      {
        onShutdown: (it) => {
          stopped = it.stop();
          error = thrownBy(() => it.start('127.0.0.1'));
        },
      },
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    await within(server.stop(), 5000, 'stop');
    await within(stopped, 5000, 'stop inside onShutdown');

    expect(error).toMatchObject({ socketError: SocketError.IllegalState });
    expect(server.state).toBe(ServiceState.Stopped);
  });

  test('stop and refusal in one onAccept: no onClose', async () => {
    const stopped = deferred();
    await using served = serve(
      { workerThreadCount },
      {
        onAccept: (server) => {
          void server.stop().then(() => stopped.resolve());
          return HandleResult.Error;
        },
      },
    );
    await using peer = await DatagramPeer.bind();
    await peer.send('x', served.port);
    await within(stopped.promise, 5000, 'stop');

    expect(served.log.names()).toEqual(['onPrepareListen', 'onAccept', 'onShutdown']);
  });

  test('nothing is received and nothing can be sent from the call on', async () => {
    await using served = serve({ workerThreadCount }, { onReceive: echo });
    const { server, log, port } = served;
    await using peer = await DatagramPeer.bind();
    await peer.send('x', port);
    await peer.next();
    await Promise.all([peer.send('too', port), peer.send('late', port)]);
    const received = log.count('onReceive');
    const stopped = server.stop();
    expect(server.send(1, Buffer.from('x'))).toBe(false);
    expect(server.lastErrorCode).toBe(ErrorCode.ObjectNotFound);
    expect(server.disconnect(1)).toBe(false);
    await stopped;

    expect(log.count('onReceive')).toBe(received);
    expect(log.names().slice(-2)).toEqual(['onClose', 'onShutdown']);
  });

  test('what is sent in the same breath as stop still leaves', async () => {
    await using served = serve(
      { workerThreadCount },
      {
        onReceive: (server, id) => {
          server.send(id, Buffer.from('farewell'));
          void server.stop();
        },
      },
    );
    await using peer = await DatagramPeer.bind();
    await peer.send('x', served.port);

    expect(String((await peer.next()).data)).toBe('farewell');
    expect(await served.server.wait(5000)).toBe(true);
  });

  test('wait: until stopped, or false when the time is over', async () => {
    await using server = new UdpServer({}, { workerThreadCount });
    expect(await server.wait()).toBe(true);
    server.start('127.0.0.1');
    expect(await server.wait(1)).toBe(false);
    const waiting = server.wait();
    void server.stop();

    expect(await within(waiting, 5000, 'wait')).toBe(true);
    expect(server.state).toBe(ServiceState.Stopped);
  });

  test('await using stops, and the port is free at once', async () => {
    const log = new EventLog();
    const port = await closedDatagramPort();
    {
      await using server = new UdpServer(serverListener(log), { workerThreadCount });
      server.start('127.0.0.1', port);
      expect(portOf(server)).toBe(port);
    }
    await using peer = await DatagramPeer.bind({ port });

    expect(peer.port).toBe(port);
    expect(log.names()).toEqual(['onPrepareListen', 'onShutdown']);
  });
});
