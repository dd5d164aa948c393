// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { dialPeer, EventLog, modes, netListener, UncaughtErrors } from '@hp/testkit';
import { ErrorCode, ServiceState, SocketOperation, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';
import { agentListener, clientListener, serverListener } from './support/listeners.js';
import { roles } from './support/sides.js';

function fail(event: string): never {
  throw new Error(`thrown by ${event}`);
}

describe.each(modes)('a callback that throws ($name)', ({ workerThreadCount }) => {
  test('onPrepareListen: start throws just that, and may be repeated', async () => {
    using uncaught = new UncaughtErrors();
    const log = new EventLog();
    let throws = true;
    await using server = new TcpServer(
      serverListener(log, {
        onPrepareListen: () => {
          if (throws) fail('onPrepareListen');
        },
      }),
      { workerThreadCount },
    );

    expect(() => server.start('127.0.0.1')).toThrow('thrown by onPrepareListen');
    expect(server.state).toBe(ServiceState.Stopped);
    expect(log.names()).toEqual(['onPrepareListen', 'onShutdown']);
    throws = false;
    server.start('127.0.0.1');
    expect(server.state).toBe(ServiceState.Started);
    expect(uncaught.errors).toEqual([]);
  });

  test('onAccept: refused without onClose, uncaught, others are served', async () => {
    using uncaught = new UncaughtErrors();
    const log = new EventLog();
    await using server = new TcpServer(
      serverListener(log, { onAccept: (_server, id) => (id === 1 ? fail('onAccept') : undefined) }),
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    const { port } = server.listenAddress!;
    await using refused = await dialPeer(port);
    await refused.ended;
    await using served = await dialPeer(port);
    await log.next('onAccept', 2);
    expect(await uncaught.messages(1)).toEqual(['thrown by onAccept']);
    expect(served.socket.readyState).toBe('open');
    await server.stop();
    expect(log.names(1)).toEqual(['onAccept']);
  });

  test('onPrepareConnect of an agent: connect throws just that', async () => {
    using uncaught = new UncaughtErrors();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log, { onPrepareConnect: () => fail('it') }), {
      workerThreadCount,
    });
    agent.start();

    expect(() => agent.connect('127.0.0.1', 9)).toThrow('thrown by it');
    await expect(agent.connectAsync('127.0.0.1', 9)).rejects.toThrow('thrown by it');
    expect(agent.connectionCount).toBe(0);
    await agent.stop();
    expect(log.names()).toEqual(['onPrepareConnect', 'onPrepareConnect', 'onShutdown']);
    expect(uncaught.errors).toEqual([]);
  });

  test('onPrepareConnect of a client: start throws just that, no onClose, Stopped', async () => {
    using uncaught = new UncaughtErrors();
    await using listener = await netListener();
    const log = new EventLog();
    let throws = true;
    await using client = new TcpClient(
      clientListener(log, {
        onPrepareConnect: () => {
          if (throws) fail('it');
        },
      }),
      { workerThreadCount },
    );

    expect(() => client.start(listener.host, listener.port)).toThrow('thrown by it');
    expect(client.state).toBe(ServiceState.Stopped);
    throws = false;
    await client.startAsync(listener.host, listener.port);
    expect(log.names()).toEqual(['onPrepareConnect', 'onPrepareConnect', 'onConnect']);
    expect(uncaught.errors).toEqual([]);
  });

  test('onConnect of an agent: refused without onClose, connectAsync rejects, uncaught', async () => {
    using uncaught = new UncaughtErrors();
    await using listener = await netListener();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log, { onConnect: () => fail('onConnect') }), {
      workerThreadCount,
    });
    agent.start();

    await expect(agent.connectAsync(listener.host, listener.port)).rejects.toMatchObject({
      errno: ErrorCode.Canceled,
    });
    await (
      await listener.accepted()
    ).ended;
    expect(await uncaught.messages(1)).toEqual(['thrown by onConnect']);
    await agent.stop();
    expect(log.names()).toEqual(['onPrepareConnect', 'onConnect', 'onShutdown']);
  });

  test('onConnect of a client: refused without onClose, Stopped, uncaught', async () => {
    using uncaught = new UncaughtErrors();
    await using listener = await netListener();
    const log = new EventLog();
    await using client = new TcpClient(clientListener(log, { onConnect: () => fail('onConnect') }), {
      workerThreadCount,
    });

    await expect(client.startAsync(listener.host, listener.port)).rejects.toMatchObject({
      errno: ErrorCode.Canceled,
    });
    await client.wait();
    expect(client.state).toBe(ServiceState.Stopped);
    expect(await uncaught.messages(1)).toEqual(['thrown by onConnect']);
    expect(log.names()).toEqual(['onPrepareConnect', 'onConnect']);
  });

  test('onClose and onShutdown: uncaught, and stop settles all the same', async () => {
    using uncaught = new UncaughtErrors();
    const log = new EventLog();
    await using server = new TcpServer(
      serverListener(log, { onClose: () => fail('onClose'), onShutdown: () => fail('onShutdown') }),
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    await using a = await dialPeer(server.listenAddress!.port);
    await using b = await dialPeer(server.listenAddress!.port);
    await log.next('onAccept', 2);
    await server.stop();

    expect(server.state).toBe(ServiceState.Stopped);
    expect(await uncaught.messages(3)).toEqual([
      'thrown by onClose',
      'thrown by onClose',
      'thrown by onShutdown',
    ]);
    await Promise.all([a.ended, b.ended]);
    server.start('127.0.0.1');
    expect(server.hasStarted).toBe(true);
  });

  test('onShutdown of a start that fails: start still throws why it failed', async () => {
    using uncaught = new UncaughtErrors();
    await using taken = await netListener();
    await using server = new TcpServer({ onShutdown: () => fail('onShutdown') }, { workerThreadCount });

    expect(() => server.start(taken.host, taken.port)).toThrow(/in use/);
    expect(server.state).toBe(ServiceState.Stopped);
    expect(await uncaught.messages(1)).toEqual(['thrown by onShutdown']);
  });

  test('onReject: uncaught, and the server serves on', async () => {
    using uncaught = new UncaughtErrors();
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log, { onReject: () => fail('onReject') }), {
      workerThreadCount,
      maxConnections: 1,
    });
    server.start('127.0.0.1');
    await using served = await dialPeer(server.listenAddress!.port);
    await log.next('onAccept');
    await using rejected = await dialPeer(server.listenAddress!.port);
    await rejected.ended;
    expect(await uncaught.messages(1)).toEqual(['thrown by onReject']);
    await served.send('still there');
    await log.receivedBytes(11);
    expect(server.connectionCount).toBe(1);
  });

  describe.each(roles)('of a $role', ({ open }) => {
    test('onReceive: closed with (Receive, ECANCELED), uncaught', async () => {
      using uncaught = new UncaughtErrors();
      await using side = await open({ onReceive: () => fail('onReceive') }, { workerThreadCount });
      await side.peer.send('x');
      const close = await side.log.next('onClose');

      expect(close).toMatchObject({ operation: SocketOperation.Receive, errorCode: ErrorCode.Canceled });
      expect(await uncaught.messages(1)).toEqual(['thrown by onReceive']);
    });

    test('onSend: uncaught, and the connection goes on', async () => {
      using uncaught = new UncaughtErrors();
      await using side = await open(
        { onReceive: (it, data) => void it.send(data), onSend: () => fail('onSend') },
        { workerThreadCount },
      );
      await side.peer.send('one');
      await side.peer.receivedBytes(3);
      expect(await uncaught.messages(1)).toEqual(['thrown by onSend']);
      await side.peer.send('two');
      expect(String(await side.peer.receivedBytes(6))).toBe('onetwo');
    });

    test('onDrain: uncaught, drained() settles, and the connection goes on', async () => {
      using uncaught = new UncaughtErrors();
      await using side = await open(
        { onDrain: () => fail('onDrain') },
        { workerThreadCount, peerReads: false, highWaterMarkBytes: 1 },
      );
      while (!side.isCongested) side.send(Buffer.alloc(1024 * 1024));
      const drained = side.drained();
      side.peer.resume();
      await drained;

      expect(await uncaught.messages(1)).toEqual(['thrown by onDrain']);
      expect(side.isConnected).toBe(true);
    });

    test('onClose: uncaught, once', async () => {
      using uncaught = new UncaughtErrors();
      await using side = await open({ onClose: () => fail('onClose') }, { workerThreadCount });
      side.peer.end();
      await side.log.next('onClose');

      expect(await uncaught.messages(1)).toEqual(['thrown by onClose']);
      await side.component.stop();
      expect(side.log.count('onClose')).toBe(1);
      expect(uncaught.errors).toHaveLength(1);
    });
  });
});
