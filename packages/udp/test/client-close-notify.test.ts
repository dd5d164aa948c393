// SPDX-License-Identifier: Apache-2.0
// The 16 bytes that say that a connection is over: of a client, and between server and clients.
import { describe, expect, test } from 'vitest';
import { DatagramPeer, modes } from '@hp/testkit';
import { ErrorCode, HandleResult, SocketOperation } from '@hp/udp';
import { loggedClient } from './support/client-log.js';
import { serve } from './support/served.js';

const NOTICE = Buffer.from('beb61febda5246ba923359dbbfe6c8e4', 'hex');
const { Close, Receive } = SocketOperation;
const inOrder = { operation: Close, errorCode: ErrorCode.Ok };

describe.each(modes)('closeNotify of a UdpClient ($name)', ({ workerThreadCount }) => {
  const on = { workerThreadCount, closeNotify: true };

  test('off by default: the server is not told, and the 16 bytes are data', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = loggedClient({ workerThreadCount });
    const { client, log } = side;
    await client.startAsync(peer.host, peer.port);
    const { port } = client.localAddress!;
    await peer.send(NOTICE, port);
    expect((await log.next('onReceive')).data).toEqual(NOTICE);
    client.send(Buffer.from('last'));
    await client.stop();
    await peer.send('the end', peer.port);
    await peer.find('the end');

    expect(peer.texts).toEqual(['', 'last', 'the end']);
  });

  test('stop tells the server, after what was sent before, and once', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = loggedClient(on);
    const { client } = side;
    await client.startAsync(peer.host, peer.port);
    for (const text of ['one', 'two']) client.send(Buffer.from(text));
    await Promise.all([client.stop(), client.stop()]);
    await peer.send('the end', peer.port);
    await peer.find('the end');

    expect(peer.datagrams.slice(0, -1).map(({ data }) => data)).toEqual([
      ...['', 'one', 'two'].map((text) => Buffer.from(text)),
      NOTICE,
    ]);
    expect(side.log.all('onClose')).toMatchObject([inOrder]);
  });

  test('so do an Error of onReceive, too large a datagram, and an end by time', async () => {
    await using peer = await DatagramPeer.bind();
    await using refusing = loggedClient(on, { onReceive: () => HandleResult.Error });
    await using small = loggedClient({ ...on, maxDatagramSize: 2 });
    await using short = loggedClient({ ...on, maxLifetimeMs: 50 });
    for (const { client, log } of [refusing, small, short]) {
      await client.startAsync(peer.host, peer.port);
      const { port } = client.localAddress!;
      if (client.maxLifetimeMs === 0) await peer.send('data', port);
      await log.next('onClose');
      await client.wait();
    }
    await peer.next(6);

    expect(peer.datagrams.map(({ data }) => data)).toEqual(
      Array.from({ length: 3 }, () => [Buffer.alloc(0), NOTICE]).flat(),
    );
    expect([refusing, small, short].map(({ log }) => log.all('onClose')[0])).toMatchObject([
      { operation: Receive, errorCode: ErrorCode.Canceled },
      { operation: Receive, errorCode: ErrorCode.MessageSize },
      { operation: Close, errorCode: ErrorCode.TimedOut },
    ]);
  });

  test('is believed of the server: onClose(Close, 0), and no answer', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = loggedClient(on);
    const { client, log } = side;
    await client.startAsync(peer.host, peer.port);
    const { port } = client.localAddress!;
    for (const data of ['data', NOTICE, 'too late']) await peer.send(data, port);
    await client.wait();
    await peer.send('the end', peer.port);
    await peer.find('the end');

    expect(log.names().slice(2)).toEqual(['onReceive', 'onClose']);
    expect(log.all('onClose')).toMatchObject([inOrder]);
    expect(peer.texts).toEqual(['', 'the end']);
  });

  test('a client that is to reconnect does so then', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = loggedClient(on);
    const { client, log } = side;
    client.start(peer.host, peer.port, { reconnect: { minDelayMs: 1, maxDelayMs: 1 } });
    for (let round = 1; round <= 3; round++) {
      await log.next('onConnect', round);
      const { port } = await peer.next(round);
      await peer.send(NOTICE, port);
      expect(await log.next('onClose', round)).toMatchObject(inOrder);
    }
    await log.next('onConnect', 4);
  });

  test('only these bytes, whole, and only of the server', async () => {
    await using peer = await DatagramPeer.bind();
    await using stranger = await DatagramPeer.bind();
    await using side = loggedClient(on);
    const { client, log } = side;
    await client.startAsync(peer.host, peer.port);
    const { port } = client.localAddress!;
    const others = [NOTICE.subarray(1), Buffer.concat([NOTICE, NOTICE]), Buffer.from(NOTICE).fill(0, 0, 1)];
    await stranger.send(NOTICE, port);
    for (const data of others) await peer.send(data, port);
    await log.next('onReceive', 3);

    expect(log.all('onReceive').map(({ data }) => data)).toEqual(others);
    expect(client.isConnected).toBe(true);
  });

  test('may be sent as data by whoever is to end the other side', async () => {
    await using side = serve(on);
    const { client } = loggedClient(on);
    await client.startAsync('127.0.0.1', side.port);
    client.send(NOTICE);
    expect(await side.log.next('onClose')).toMatchObject(inOrder);
    await client.stop();

    expect(side.log.names()).toEqual(['onPrepareListen', 'onAccept', 'onClose']);
  });
});

describe.each(modes)('closeNotify between server and clients ($name)', ({ workerThreadCount }) => {
  const on = { workerThreadCount, closeNotify: true };

  test('a client that stops is gone from the server at once', async () => {
    await using side = serve(on);
    const clients = Array.from({ length: 20 }, () => loggedClient(on));
    for (const { client } of clients) await client.startAsync('127.0.0.1', side.port);
    await side.log.next('onAccept', 20);
    for (const [index, { client }] of clients.entries()) {
      client.send(Buffer.from(`client ${index}`));
      await client.stop();
    }
    await side.log.next('onClose', 20);

    expect(side.log.all('onClose').every(({ errorCode }) => errorCode === 0)).toBe(true);
    expect(side.log.count('onReceive')).toBe(20);
    for (let id = 1; id <= 20; id++) {
      expect(side.log.names(id)).toEqual(['onAccept', 'onReceive', 'onClose']);
    }
  });

  test('whom the server disconnects hears of it, after what was sent before', async () => {
    await using side = serve(on);
    await using one = loggedClient(on);
    await using two = loggedClient(on);
    await one.client.startAsync('127.0.0.1', side.port);
    const { id } = await side.log.next('onAccept');
    await two.client.startAsync('127.0.0.1', side.port);
    await side.log.next('onAccept', 2);
    side.server.send(id, Buffer.from('farewell'));
    side.server.disconnect(id);
    expect(await one.log.next('onClose')).toMatchObject(inOrder);
    await one.client.wait();
    await side.log.next('onClose');

    expect(one.log.names().slice(2)).toEqual(['onReceive', 'onClose']);
    expect(two.client.isConnected).toBe(true);
    expect(side.log.all('onClose')).toMatchObject([{ ...inOrder, id }]);
  });

  test('a server that stops ends all its clients', async () => {
    await using side = serve(on);
    const clients = Array.from({ length: 20 }, () => loggedClient(on));
    for (const { client } of clients) await client.startAsync('127.0.0.1', side.port);
    await side.log.next('onAccept', 20);
    await side.server.stop();
    for (const { client, log } of clients) {
      await client.wait();
      expect(log.all('onClose')).toMatchObject([inOrder]);
    }

    // One says it, the other believes it: neither answers.
    expect(side.log.count('onClose')).toBe(20);
  });

  test('a server that is full sends clients away', async () => {
    await using side = serve({ ...on, maxConnections: 1 });
    await using first = loggedClient(on);
    await using second = loggedClient(on);
    await first.client.startAsync('127.0.0.1', side.port);
    await side.log.next('onAccept');
    await second.client.startAsync('127.0.0.1', side.port);
    expect(await second.log.next('onClose')).toMatchObject(inOrder);
    await side.log.next('onReject');

    expect(first.client.isConnected).toBe(true);
  });

  test('where the client knows nothing of it, the notice is data', async () => {
    await using side = serve(on);
    await using deaf = loggedClient({ workerThreadCount });
    await deaf.client.startAsync('127.0.0.1', side.port);
    const { id } = await side.log.next('onAccept');
    side.server.disconnect(id);
    expect((await deaf.log.next('onReceive')).data).toEqual(NOTICE);

    expect(deaf.client.isConnected).toBe(true);
  });

  test('both stop in the same moment: each has one close', async () => {
    await using side = serve(on);
    await using one = loggedClient(on);
    await one.client.startAsync('127.0.0.1', side.port);
    await side.log.next('onAccept');
    await Promise.all([one.client.stop(), side.server.stop()]);

    expect(one.log.all('onClose')).toMatchObject([inOrder]);
    expect(side.log.all('onClose')).toMatchObject([inOrder]);
  });
});
