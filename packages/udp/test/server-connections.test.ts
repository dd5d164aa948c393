// SPDX-License-Identifier: Apache-2.0
// What makes a connection of a server, and what ends one.
import { describe, expect, test } from 'vitest';
import {
  DatagramPeer,
  deferred,
  EventLog,
  eventually,
  modes,
  Pattern,
  UncaughtErrors,
  within,
} from '@hp/testkit';
import { ErrorCode, HandleResult, SocketOperation, UdpServer } from '@hp/udp';
import { echo, portOf, serve, serverListener } from './support/served.js';

const { Close, Receive } = SocketOperation;

describe.each(modes)('connections of a UdpServer ($name)', ({ workerThreadCount }) => {
  test('the first datagram of a peer: onAccept with its address, then onReceive with the same bytes', async () => {
    const calls: unknown[][] = [];
    const received = deferred();
    await using server = new UdpServer(
      {
        onAccept: (...args) => void calls.push(args),
        onReceive: (...args) => {
          calls.push(args);
          received.resolve();
        },
      },
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    await using peer = await DatagramPeer.bind();
    await peer.send('hello', portOf(server));
    await within(received.promise, 5000, 'onReceive');

    expect(calls).toEqual([
      [server, 1, { address: '127.0.0.1', port: peer.port }],
      [server, 1, Buffer.from('hello'), 0, 5],
    ]);
  });

  test('each datagram is one onReceive, in order, of each size from 1 to the largest', async () => {
    await using served = serve({ workerThreadCount });
    const { log, port } = served;
    await using peer = await DatagramPeer.bind();
    const sent = new Pattern();
    for (let size = 1; size <= 1432; size++) {
      await peer.send(sent.take(size), port);
      // The buffers of the system have room for this many.
      if (size % 32 === 0) await log.next('onReceive', size - 31);
    }
    await log.next('onReceive', 1432);

    expect(log.all('onReceive').map(({ data }) => data?.length)).toEqual(
      Array.from({ length: 1432 }, (_each, index) => index + 1),
    );
    expect(() => new Pattern().check(log.received())).not.toThrow();
    expect(log.count('onAccept')).toBe(1);
  });

  test('a datagram of no bytes from somebody new: onAccept, no onReceive, and one of no bytes back', async () => {
    await using served = serve({ workerThreadCount });
    const { server, log, port } = served;
    await using peer = await DatagramPeer.bind();
    await peer.send('', port);
    const reply = await peer.next();
    expect(reply).toEqual({ data: Buffer.alloc(0), address: '127.0.0.1', port });
    expect(log.names()).toEqual(['onPrepareListen', 'onAccept']);

    await peer.send('data', port);
    await log.next('onReceive');
    expect(log.names(1)).toEqual(['onAccept', 'onReceive']);
    expect(server.stats()).toMatchObject({ accepted: 1, receives: 1, bytesReceived: 4, bytesSent: 0 });
  });

  test('a datagram of no bytes from somebody who is refused is not answered', async () => {
    let refuses = true;
    await using served = serve(
      { workerThreadCount },
      { onAccept: () => (refuses ? HandleResult.Error : HandleResult.Ok), onReceive: echo },
    );
    const { server, log, port } = served;
    await using peer = await DatagramPeer.bind();
    await peer.send('', port);
    await log.next('onAccept');
    await eventually(() => server.connectionCount === 0, 'The end of what was refused');
    refuses = false;
    await peer.send('data', port);
    await peer.next();

    expect(peer.texts).toEqual(['data']);
  });

  test('a datagram of no bytes from a known peer: answered, told to nobody, and silence goes on', async () => {
    await using served = serve({ workerThreadCount });
    const { server, log, port } = served;
    await using peer = await DatagramPeer.bind();
    await peer.send('x', port);
    await log.next('onReceive');
    await eventually(() => (server.getSilencePeriod(1) ?? 0) >= 30, 'The silence');
    await peer.send('', port);
    await peer.next();

    expect(server.getSilencePeriod(1)).toBeGreaterThanOrEqual(30);
    expect(peer.texts).toEqual(['']);
    expect(log.names(1)).toEqual(['onAccept', 'onReceive']);
    await peer.send('y', port);
    await log.next('onReceive', 2);
    expect(server.getSilencePeriod(1)).toBeLessThan(server.getConnectPeriod(1) ?? 0);
  });

  test('more than the largest from a stranger: counted, and nothing else', async () => {
    await using served = serve({ workerThreadCount, maxDatagramSize: 100 });
    const { server, log, port } = served;
    await using peer = await DatagramPeer.bind();
    await peer.send(Buffer.alloc(101), port);
    await peer.send(Buffer.alloc(9000), port);
    await eventually(() => server.stats().droppedDatagrams === 2, 'The count of what was dropped');
    expect(log.names()).toEqual(['onPrepareListen']);
    expect(server.connectionCount).toBe(0);

    await peer.send(Buffer.alloc(100), port);
    expect((await log.next('onReceive')).data).toHaveLength(100);
    expect(log.names(1)).toEqual(['onAccept', 'onReceive']);
    expect(server.stats()).toMatchObject({ accepted: 1, receives: 1, bytesReceived: 100 });
  });

  test('more than the largest from a known peer: onClose(Receive, MessageSize), and a later one is somebody new', async () => {
    await using served = serve({ workerThreadCount, maxDatagramSize: 100 });
    const { log, port } = served;
    await using peer = await DatagramPeer.bind();
    await peer.send('first', port);
    await log.next('onReceive');
    await peer.send(Buffer.alloc(101), port);
    expect(await log.next('onClose')).toMatchObject({
      id: 1,
      operation: Receive,
      errorCode: ErrorCode.MessageSize,
    });
    await peer.send('again', port);
    await log.next('onReceive', 2);

    expect(log.names(1)).toEqual(['onAccept', 'onReceive', 'onClose']);
    expect(log.names(2)).toEqual(['onAccept', 'onReceive']);
    expect(String(log.received(2))).toBe('again');
  });

  test.each(['HandleResult.Error', 'an exception'])(
    'refused in onAccept by %s: no onReceive, no onClose, and the next datagram asks again',
    async (how) => {
      using uncaught = new UncaughtErrors();
      await using served = serve(
        { workerThreadCount },
        {
          onAccept: (_server, id) => {
            if (id === 3) return HandleResult.Ok;
            if (how === 'an exception') throw new Error(`refused ${id}`);
            return HandleResult.Error;
          },
          onReceive: echo,
        },
      );
      const { server, log, port } = served;
      await using peer = await DatagramPeer.bind();
      for (const text of ['one', 'two', 'three']) {
        await peer.send(text, port);
        await log.next('onAccept', ['one', 'two', 'three'].indexOf(text) + 1);
        if (text !== 'three') await eventually(() => server.connectionCount === 0, 'The end of it');
      }
      expect((await peer.next()).data.toString()).toBe('three');
      await server.stop();

      expect(log.names(1)).toEqual(['onAccept']);
      expect(log.names(2)).toEqual(['onAccept']);
      expect(log.names(3)).toEqual(['onAccept', 'onReceive', 'onClose']);
      const messages = how === 'an exception' ? ['refused 1', 'refused 2'] : [];
      expect(await uncaught.messages(messages.length)).toEqual(messages);
    },
  );

  test('disconnect: onClose(Close, 0), the peer is not told, and its next datagram is somebody new', async () => {
    await using served = serve({ workerThreadCount }, { onReceive: echo });
    const { server, log, port } = served;
    await using peer = await DatagramPeer.bind();
    await peer.send('one', port);
    await log.next('onReceive');
    expect(server.disconnect(1)).toBe(true);
    expect(server.disconnect(1)).toBe(false);
    expect(server.lastErrorCode).toBe(ErrorCode.ObjectNotFound);
    expect(log.count('onClose')).toBe(0);
    expect(await log.next('onClose')).toMatchObject({ id: 1, operation: Close, errorCode: 0 });
    expect(server.send(1, Buffer.from('late'))).toBe(false);
    await peer.send('two', port);
    await peer.next(2);

    expect(log.names(2)).toEqual(['onAccept', 'onReceive']);
    expect(peer.texts).toEqual(['one', 'two']);
  });

  test('what is sent before a disconnect still arrives', async () => {
    await using served = serve(
      { workerThreadCount },
      {
        onReceive: (server, id) => {
          for (const text of ['last', 'words']) server.send(id, Buffer.from(text));
          server.disconnect(id);
        },
      },
    );
    await using peer = await DatagramPeer.bind();
    await peer.send('?', served.port);
    await peer.next(2);

    expect(peer.texts).toEqual(['last', 'words']);
    await served.log.next('onClose');
  });

  test('disconnect in onReceive: each connection gets one datagram, one close, and nothing after it', async () => {
    await using served = serve({ workerThreadCount }, { onReceive: (it, id) => void it.disconnect(id) });
    const { server, log, port } = served;
    await using peer = await DatagramPeer.bind();
    for (let count = 0; count < 20; count++) await Promise.all([peer.send('x', port), peer.send('y', port)]);
    await log.next('onClose');
    await server.stop();

    const ids = log.all('onAccept').map(({ id }) => id);
    for (const id of ids) expect(log.names(id)).toEqual(['onAccept', 'onReceive', 'onClose']);
  });

  test('an onReceive that returns Error: onClose(Receive, its code), and the next datagram is somebody new', async () => {
    await using served = serve(
      { workerThreadCount },
      {
        onReceive: (server, id) => {
          if (id === 2) server.lastErrorCode = ErrorCode.BadMessage;
          return id < 3 ? HandleResult.Error : HandleResult.Ok;
        },
      },
    );
    const { log, port } = served;
    await using peer = await DatagramPeer.bind();
    for (const count of [1, 2]) {
      await peer.send('x', port);
      await log.next('onClose', count);
    }
    await peer.send('y', port);
    await log.next('onReceive', 3);

    expect(log.all('onClose')).toMatchObject([
      { id: 1, operation: Receive, errorCode: ErrorCode.Canceled },
      { id: 2, operation: Receive, errorCode: ErrorCode.BadMessage },
    ]);
    expect(log.names(3)).toEqual(['onAccept', 'onReceive']);
  });

  test('a server without any listener function receives all the same', async () => {
    await using server = new UdpServer({}, { workerThreadCount });
    server.start('127.0.0.1');
    await using peer = await DatagramPeer.bind();
    await peer.send('to nobody', portOf(server));
    await eventually(() => server.stats().bytesReceived === 9, 'The receipt');
    await eventually(() => server.connectionCount === 1, 'The connection');

    expect(server.getRemoteAddress(1)).toEqual({ address: '127.0.0.1', port: peer.port });
    expect(server.send(1, Buffer.from('from nobody'))).toBe(true);
    expect(String((await peer.next()).data)).toBe('from nobody');
  });

  test('sends made in onAccept go out before those made in onReceive', async () => {
    await using served = serve(
      { workerThreadCount },
      { onAccept: (server, id) => void server.send(id, Buffer.from('welcome')), onReceive: echo },
    );
    await using peer = await DatagramPeer.bind();
    await peer.send('hello', served.port);
    await peer.next(2);

    expect(peer.texts).toEqual(['welcome', 'hello']);
  });

  test('the listener without onAccept hears of a connection by its first datagram', async () => {
    const log = new EventLog();
    const listener = serverListener(log, { onReceive: echo });
    delete listener.onAccept;
    await using server = new UdpServer(listener, { workerThreadCount });
    server.start('127.0.0.1');
    await using peer = await DatagramPeer.bind();
    for (const text of ['', 'one', 'two']) await peer.send(text, portOf(server));
    await peer.next(3);
    await server.stop();

    expect(peer.texts).toEqual(['', 'one', 'two']);
    expect(log.names(1)).toEqual(['onReceive', 'onReceive', 'onClose']);
  });
});
