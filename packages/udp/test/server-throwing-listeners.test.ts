// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { DatagramPeer, modes, UncaughtErrors } from '@hp/testkit';
import { ErrorCode, ServiceState, SocketOperation, UdpServer } from '@hp/udp';
import { echo, portOf, serve } from './support/served.js';

function fail(event: string): never {
  throw new Error(`thrown by ${event}`);
}

describe.each(modes)('a callback of a UdpServer that throws ($name)', ({ workerThreadCount }) => {
  test('onPrepareListen: start throws just that, and may be repeated', async () => {
    using uncaught = new UncaughtErrors();
    let throws = true;
    let shutdowns = 0;
    await using server = new UdpServer(
      {
        onPrepareListen: () => {
          if (throws) fail('onPrepareListen');
        },
        onShutdown: () => {
          shutdowns++;
        },
      },
      { workerThreadCount },
    );

    expect(() => server.start('127.0.0.1')).toThrow('thrown by onPrepareListen');
    expect(server.state).toBe(ServiceState.Stopped);
    expect(shutdowns).toBe(1);
    throws = false;
    server.start('127.0.0.1');
    expect(server.state).toBe(ServiceState.Started);
    expect(uncaught.errors).toEqual([]);
  });

  test('onAccept and onReceive, in one batch with others: uncaught, the others are served', async () => {
    using uncaught = new UncaughtErrors();
    const wrong = await Promise.all([DatagramPeer.bind(), DatagramPeer.bind()]);
    const [refused, thrown] = wrong;
    await using served = serve(
      { workerThreadCount },
      {
        onAccept: (_server, _id, { port }) => {
          if (port === refused.port) fail('onAccept');
        },
        onReceive: (server, id, data) => {
          if (String(data) === 'throw') fail('onReceive');
          server.send(id, data);
        },
      },
    );
    const { log, port } = served;
    const others = await Promise.all(Array.from({ length: 20 }, () => DatagramPeer.bind()));
    await Promise.all([
      ...others.slice(0, 10).map((peer) => peer.send('served', port)),
      refused.send('refused', port),
      thrown.send('throw', port),
      ...others.slice(10).map((peer) => peer.send('served', port)),
    ]);
    await Promise.all(others.map((peer) => peer.next()));

    expect((await uncaught.messages(2)).sort()).toEqual(['thrown by onAccept', 'thrown by onReceive']);
    expect(await log.next('onClose')).toMatchObject({
      operation: SocketOperation.Receive,
      errorCode: ErrorCode.Canceled,
    });
    expect(log.count('onAccept')).toBe(22);
    await served.server.stop();
    expect(log.count('onClose')).toBe(21);
    for (const peer of [...wrong, ...others]) await peer[Symbol.asyncDispose]();
  });

  test('onSend and onDrain: uncaught, and the connection goes on', async () => {
    using uncaught = new UncaughtErrors();
    await using served = serve(
      { workerThreadCount, highWaterMarkBytes: 1, lowWaterMarkBytes: 0 },
      { onReceive: echo, onSend: () => fail('onSend'), onDrain: () => fail('onDrain') },
    );
    await using peer = await DatagramPeer.bind();
    await peer.send('one', served.port);
    await peer.next();
    expect((await uncaught.messages(2)).sort()).toEqual(['thrown by onDrain', 'thrown by onSend']);
    await peer.send('two', served.port);

    expect(String((await peer.next(2)).data)).toBe('two');
    expect(served.server.isConnected(1)).toBe(true);
  });

  test('onClose and onShutdown: uncaught, and stop settles all the same', async () => {
    using uncaught = new UncaughtErrors();
    await using served = serve(
      { workerThreadCount },
      { onReceive: echo, onClose: () => fail('onClose'), onShutdown: () => fail('onShutdown') },
    );
    const { server, log, port } = served;
    for (let count = 1; count <= 2; count++) {
      await using peer = await DatagramPeer.bind();
      await peer.send('x', port);
      await peer.next();
    }
    await server.stop();

    expect(server.state).toBe(ServiceState.Stopped);
    expect(await uncaught.messages(3)).toEqual([
      'thrown by onClose',
      'thrown by onClose',
      'thrown by onShutdown',
    ]);
    expect(log.count('onClose')).toBe(2);
    server.start('127.0.0.1');
    expect(server.hasStarted).toBe(true);
  });

  test('onShutdown of a start that fails: start still throws why it failed', async () => {
    using uncaught = new UncaughtErrors();
    await using taken = await DatagramPeer.bind();
    await using server = new UdpServer({ onShutdown: () => fail('onShutdown') }, { workerThreadCount });

    expect(() => server.start('127.0.0.1', taken.port)).toThrow(/in use/);
    expect(server.state).toBe(ServiceState.Stopped);
    expect(await uncaught.messages(1)).toEqual(['thrown by onShutdown']);
  });

  test('a promise that rejects is an unhandled rejection of the application, and counts as Ok', async () => {
    using uncaught = new UncaughtErrors();
    const rejections: unknown[] = [];
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    const listener = (reason: unknown) => void rejections.push(reason);
    process.on('unhandledRejection', listener);
    try {
      await using server = new UdpServer(
        {
          onReceive: async (it, id, data) => {
            it.send(id, data);
            await Promise.reject(new Error('rejected'));
          },
        },
        { workerThreadCount },
      );
      server.start('127.0.0.1');
      await using peer = await DatagramPeer.bind();
      for (let count = 1; count <= 2; count++) {
        await peer.send('x', portOf(server));
        await peer.next(count);
      }
      expect(server.isConnected(1)).toBe(true);
      expect(rejections).toEqual([new Error('rejected'), new Error('rejected')]);
      expect(uncaught.errors).toEqual([]);
    } finally {
      process.off('unhandledRejection', listener);
      for (const each of others) process.on('unhandledRejection', each);
    }
  });
});
