// SPDX-License-Identifier: Apache-2.0
// The 16 bytes by which HP-Socket 5.6.1 and later tell a peer that its connection is over.
import { describe, expect, test } from 'vitest';
import { DatagramPeer, eventually, modes } from '@hp/testkit';
import { ErrorCode, HandleResult, SocketOperation, type UdpServerOptions } from '@hp/udp';
import { echo, serve, type Served, type ServerHooks } from './support/served.js';

const NOTICE = Buffer.from('beb61febda5246ba923359dbbfe6c8e4', 'hex');
const { Close, Receive } = SocketOperation;

describe.each(modes)('closeNotify of a UdpServer ($name)', ({ workerThreadCount }) => {
  /** A server that has echoed one datagram of each peer. */
  async function meet(
    peers: readonly DatagramPeer[],
    options: UdpServerOptions = {},
    hooks: ServerHooks = {},
  ): Promise<Served> {
    const served = serve({ workerThreadCount, closeNotify: true, ...options }, { onReceive: echo, ...hooks });
    for (const peer of peers) {
      await peer.send('hello', served.port);
      await peer.next();
    }
    return served;
  }

  test('off by default: nobody is told, and the 16 bytes are data', async () => {
    await using peer = await DatagramPeer.bind();
    await using met = await meet([peer], { closeNotify: false });
    const { server, log, port } = met;
    await peer.send(NOTICE, port);
    expect((await peer.next(2)).data).toEqual(NOTICE);
    server.disconnect(1);
    await log.next('onClose');
    await peer.send(NOTICE, port);
    await peer.next(3);
    await server.stop();
    await using other = await DatagramPeer.bind();
    await other.send('the end', peer.port);
    await peer.next(4);

    expect(peer.datagrams.map(({ data }) => data)).toEqual([
      Buffer.from('hello'),
      NOTICE,
      NOTICE,
      Buffer.from('the end'),
    ]);
    expect(log.count('onAccept')).toBe(2);
  });

  test('disconnect tells the peer, after what was sent before', async () => {
    await using peer = await DatagramPeer.bind();
    await using met = await meet([peer]);
    const { server, log } = met;
    for (const text of ['one', 'two']) server.send(1, Buffer.from(text));
    server.disconnect(1);
    await peer.next(4);

    expect(peer.datagrams.slice(1, 3).map(({ data }) => String(data))).toEqual(['one', 'two']);
    expect(peer.datagrams[3]).toEqual({ data: NOTICE, address: '127.0.0.1', port: met.port });
    expect(await log.next('onClose')).toMatchObject({ operation: Close, errorCode: 0 });
    expect(server.stats()).toMatchObject({ sends: 3, bytesSent: 11 });
  });

  test('a disconnect that is not forced, and a sweep, tell the peer', async () => {
    await using one = await DatagramPeer.bind();
    await using two = await DatagramPeer.bind();
    await using met = await meet([one, two]);
    const { server } = met;
    server.send(1, Buffer.from('last'));
    server.disconnect(1, false);
    server.disconnectLongConnections(0);
    await one.next(3);
    await two.next(2);

    expect(one.texts.slice(0, 2)).toEqual(['hello', 'last']);
    expect(one.datagrams[2]?.data).toEqual(NOTICE);
    expect(two.datagrams[1]?.data).toEqual(NOTICE);
  });

  test('stop tells every peer', async () => {
    const peers = await Promise.all(Array.from({ length: 100 }, () => DatagramPeer.bind()));
    await using met = await meet(peers);
    await met.server.stop();
    await Promise.all(peers.map((peer) => peer.next(2)));

    expect(peers.every(({ datagrams }) => datagrams[1]?.data.equals(NOTICE))).toBe(true);
    expect(met.log.count('onClose')).toBe(100);
    for (const peer of peers) await peer[Symbol.asyncDispose]();
  });

  test('an Error of onAccept or onReceive tells the peer', async () => {
    await using peer = await DatagramPeer.bind();
    await using served = serve(
      { workerThreadCount, closeNotify: true },
      {
        onAccept: (_server, id) => (id === 1 ? HandleResult.Error : HandleResult.Ok),
        onReceive: () => HandleResult.Error,
      },
    );
    const { log, port } = served;
    await peer.send('refused', port);
    await peer.next();
    await peer.send('accepted', port);
    await peer.next(2);

    expect(peer.datagrams.map(({ data }) => data)).toEqual([NOTICE, NOTICE]);
    await log.next('onClose');
    expect(log.names(1)).toEqual(['onAccept']);
    expect(log.names(2)).toEqual(['onAccept', 'onReceive', 'onClose']);
  });

  test('too large a datagram tells a known peer, and no stranger', async () => {
    await using peer = await DatagramPeer.bind();
    await using stranger = await DatagramPeer.bind();
    await using met = await meet([peer], { maxDatagramSize: 100 });
    const { server, log, port } = met;
    await stranger.send(Buffer.alloc(101), port);
    await peer.send(Buffer.alloc(101), port);
    expect((await peer.next(2)).data).toEqual(NOTICE);
    expect(await log.next('onClose')).toMatchObject({ operation: Receive, errorCode: ErrorCode.MessageSize });
    await stranger.send('x', port);
    await stranger.next();

    expect(stranger.texts).toEqual(['x']);
    expect(server.stats().droppedDatagrams).toBe(1);
  });

  test('a stranger too many is told each time', async () => {
    await using peer = await DatagramPeer.bind();
    await using stranger = await DatagramPeer.bind();
    await using met = await meet([peer], { maxConnections: 1 });
    for (let count = 1; count <= 3; count++) {
      await stranger.send('x', met.port);
      expect((await stranger.next(count)).data).toEqual(NOTICE);
    }

    expect(met.server.stats().rejected).toBe(3);
    expect(met.server.connectionCount).toBe(1);
  });

  test.each([{ maxLifetimeMs: 50 }, { idleTimeoutMs: 50 }])(
    'an end by time tells the peer: %o',
    async (limit) => {
      await using peer = await DatagramPeer.bind();
      await using met = await meet([peer], limit);
      expect((await peer.next(2)).data).toEqual(NOTICE);

      expect(await met.log.next('onClose')).toMatchObject({
        operation: Close,
        errorCode: ErrorCode.TimedOut,
      });
    },
  );

  test('is believed of a known peer: onClose(Close, 0), no answer, and the next datagram is somebody new', async () => {
    await using peer = await DatagramPeer.bind();
    await using met = await meet([peer]);
    const { log, port } = met;
    await peer.send(NOTICE, port);
    expect(await log.next('onClose')).toMatchObject({ id: 1, operation: Close, errorCode: 0 });
    await peer.send('again', port);
    await peer.next(2);

    expect(peer.texts).toEqual(['hello', 'again']);
    expect(log.names(1)).toEqual(['onAccept', 'onReceive', 'onClose']);
    expect(log.names(2)).toEqual(['onAccept', 'onReceive']);
  });

  test('of a stranger is dropped and counted', async () => {
    await using stranger = await DatagramPeer.bind();
    await using met = await meet([]);
    await stranger.send(NOTICE, met.port);
    await eventually(() => met.server.stats().droppedDatagrams === 1, 'The count');
    await stranger.send('x', met.port);
    await stranger.next();

    expect(met.log.names(1)).toEqual(['onAccept', 'onReceive']);
    expect(stranger.texts).toEqual(['x']);
  });

  test('only exactly these bytes are the notice', async () => {
    await using peer = await DatagramPeer.bind();
    await using met = await meet([peer]);
    const others = [
      NOTICE.subarray(0, 15),
      Buffer.concat([NOTICE, Buffer.alloc(1)]),
      Buffer.from(NOTICE).fill(0, 15),
    ];
    for (const [index, data] of others.entries()) {
      await peer.send(data, met.port);
      expect((await peer.next(index + 2)).data).toEqual(data);
    }

    expect(met.log.count('onClose')).toBe(0);
  });
});
