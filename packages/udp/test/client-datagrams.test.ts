// SPDX-License-Identifier: Apache-2.0
// What a client sends and receives, and what it makes of it.
import { describe, expect, test } from 'vitest';
import { closedDatagramPort, DatagramPeer, modes, Pattern } from '@hp/testkit';
import {
  ErrorCode,
  ServiceState,
  SocketOperation,
  type UdpClient,
  type UdpClientListener,
  type UdpClientOptions,
} from '@hp/udp';
import { type LoggedClient, loggedClient, textsIn } from './support/client-log.js';

const { Receive } = SocketOperation;
const LARGEST = 65_507;

describe.each(modes)('datagrams of a client ($name)', ({ workerThreadCount }) => {
  function logged(options: UdpClientOptions = {}, hooks: UdpClientListener<UdpClient> = {}): LoggedClient {
    return loggedClient({ workerThreadCount, ...options }, hooks);
  }

  test.each([
    { detection: 'on', options: {} },
    { detection: 'off', options: { detectAttempts: 0 } },
    { detection: 'off too', options: { detectInterval: 0 } },
  ])('the server gets a datagram of no bytes before any data; detection $detection', async ({ options }) => {
    await using peer = await DatagramPeer.bind();
    const { client } = logged(options, { onConnect: (it) => void it.send(Buffer.from('hello')) });
    for (const asyncConnect of [true, false]) {
      const before = peer.datagrams.length;
      await client.startAsync(peer.host, peer.port, { asyncConnect });
      client.send(Buffer.from('after'));
      await peer.next(before + 3);
      expect(peer.texts.slice(before)).toEqual(['', 'hello', 'after']);
      expect(peer.datagrams.at(-1)).toMatchObject(client.localAddress!);
      await client.stop();
    }
  });

  test('one onReceive for each datagram, in order, and one datagram for each send', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = logged();
    const { log, client } = side;
    await client.startAsync(peer.host, peer.port);
    const texts = Array.from({ length: 200 }, (_each, index) => `${'x'.repeat((index % 7) + 1)}${index}`);
    for (const text of texts) expect(client.send(Buffer.from(text))).toBe(true);
    await peer.next(201);
    expect(peer.texts).toEqual(['', ...texts]);
    peer.socket.setSendBufferSize(1 << 20);
    for (const text of texts) await peer.send(text, client.localAddress!.port);
    await log.next('onReceive', 200);

    expect(textsIn(log)).toEqual(texts);
  });

  test('events come in order: onPrepareConnect, onConnect, then onSend and onReceive, onClose last', async () => {
    await using peer = await DatagramPeer.bind();
    peer.answer(({ data }) => (data.length === 0 ? undefined : data));
    const { log, client } = logged({}, { onSend: () => undefined });
    await client.startAsync(peer.host, peer.port);
    client.send(Buffer.from('hello'));
    await log.next('onReceive');
    await log.next('onSend');
    await client.stop();
    const [prepare, connect, ...rest] = log.events;

    expect([prepare?.name, connect?.name]).toEqual(['onPrepareConnect', 'onConnect']);
    expect(rest).toHaveLength(3);
    // The datagram of no bytes is no send of the application's.
    expect(rest.slice(0, 2)).toEqual(
      expect.arrayContaining([
        { name: 'onSend', id: client.connectionId, length: 5 },
        { name: 'onReceive', id: client.connectionId, data: Buffer.from('hello') },
      ]),
    );
    expect(rest[2]).toMatchObject({ name: 'onClose', operation: SocketOperation.Close, errorCode: 0 });
  });

  test('datagrams of others are not seen, not even those that arrive before its server is known', async () => {
    await using peer = await DatagramPeer.bind();
    await using stranger = await DatagramPeer.bind();
    await using neighbour = await DatagramPeer.bind({ host: '127.0.0.2', port: peer.port });
    await using side = logged();
    const { log, client } = side;
    await client.startAsync(peer.host, peer.port);
    const { port } = client.localAddress!;
    await stranger.send('from another port', port);
    await neighbour.send('from another host', port, '127.0.0.1');
    await stranger.send('', port);
    await peer.send('from the server', port);
    await log.next('onReceive');

    expect(textsIn(log)).toEqual(['from the server']);
    expect(client.stats()).toMatchObject({ receives: 1, droppedDatagrams: 0 });
  });

  test('datagrams of no bytes are no events', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = logged();
    const { log, client } = side;
    await client.startAsync(peer.host, peer.port);
    const { port } = client.localAddress!;
    for (const text of ['', 'one', '', '', 'two']) await peer.send(text, port);
    await log.next('onReceive', 2);
    client.send(Buffer.from('done'));
    await peer.find('done');

    expect(textsIn(log)).toEqual(['one', 'two']);
    // Nor are they answered: that is the server's part.
    expect(peer.texts).toEqual(['', 'done']);
  });

  test('the largest datagram is received, a byte more is (Receive, EMSGSIZE)', async () => {
    for (const maxDatagramSize of [1, 1432, 60_000]) {
      await using peer = await DatagramPeer.bind();
      await using side = logged({ maxDatagramSize });
      const { log, client } = side;
      await client.startAsync(peer.host, peer.port);
      const { port } = client.localAddress!;
      await peer.send(new Pattern().take(maxDatagramSize), port);
      await peer.send(new Pattern().take(maxDatagramSize + 1), port);
      await peer.send('never seen', port);
      expect(await log.next('onClose')).toMatchObject({
        operation: Receive,
        errorCode: ErrorCode.MessageSize,
      });
      await client.wait();
      expect(log.names().slice(2)).toEqual(['onReceive', 'onClose']);
      expect(() => new Pattern().check(log.received())).not.toThrow();
      expect(log.receivedLength()).toBe(maxDatagramSize);
      expect(client.state).toBe(ServiceState.Stopped);
    }
  });

  test('65,507 bytes go both ways, as many as IPv4 can carry', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = logged({ maxDatagramSize: LARGEST });
    const { log, client } = side;
    await client.startAsync(peer.host, peer.port);
    for (let round = 1; round <= 3; round++) {
      expect(client.send(new Pattern().take(LARGEST))).toBe(true);
      const { data } = await peer.next(round + 1);
      expect(data).toHaveLength(LARGEST);
      expect(() => new Pattern().check(data)).not.toThrow();
      await peer.send(data, client.localAddress!.port);
      const echoed = await log.next('onReceive', round);
      expect(() => new Pattern().check(echoed.data!)).not.toThrow();
      expect(echoed.data).toHaveLength(LARGEST);
    }
  });

  test('sends are limited to 1 to maxDatagramSize bytes; nothing of a refused one leaves', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = logged({ maxDatagramSize: 10 });
    const { client } = side;
    await client.startAsync(peer.host, peer.port);
    const refused = (sent: boolean): void => {
      expect(sent).toBe(false);
      expect(client.lastErrorCode).toBe(ErrorCode.InvalidArgument);
      client.lastErrorCode = ErrorCode.Ok;
    };
    const ten = Buffer.from('0123456789');
    refused(client.send(Buffer.alloc(0)));
    refused(client.send(ten, 5, 0));
    refused(client.send(Buffer.alloc(11)));
    refused(client.send(Buffer.alloc(20), 3, 11));
    refused(client.send(ten, 5, 6));
    refused(client.send(ten, -1, 5));
    refused(client.send('text' as unknown as Buffer));
    expect(client.send(ten)).toBe(true);
    expect(client.send(ten, 3, 4)).toBe(true);
    expect(client.send(ten, 9)).toBe(true);
    await peer.next(4);

    expect(peer.texts).toEqual(['', '0123456789', '3456', '9']);
  });

  test('sendPackets is one datagram; too long is EMSGSIZE, nothing at all EINVAL', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = logged({ maxDatagramSize: 10 }, { onSend: () => undefined });
    const { log, client } = side;
    await client.startAsync(peer.host, peer.port);
    const pieces = ['one', '', 'three'].map((text) => Buffer.from(text));
    expect(client.sendPackets([Buffer.alloc(10), Buffer.alloc(1)])).toBe(false);
    expect(client.lastErrorCode).toBe(ErrorCode.MessageSize);
    for (const nothing of [[], [Buffer.alloc(0)]]) {
      expect(client.sendPackets(nothing)).toBe(false);
      expect(client.lastErrorCode).toBe(ErrorCode.InvalidArgument);
    }
    expect(client.sendPackets(pieces)).toBe(true);
    expect(client.sendPackets([Buffer.alloc(10, 'x')])).toBe(true);
    await peer.next(3);
    await log.next('onSend', 2);

    expect(peer.texts).toEqual(['', 'onethree', 'xxxxxxxxxx']);
    expect(log.all('onSend').map(({ length }) => length)).toEqual([8, 10]);
  });

  test('what is sent may be overwritten at once', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = logged();
    const { client } = side;
    await client.startAsync(peer.host, peer.port);
    const data = Buffer.alloc(1000);
    for (let value = 1; value <= 20; value++) {
      client.send(data.fill(value));
      client.sendPackets([data.fill(value + 100)]);
    }
    data.fill(0);
    await peer.next(41);

    expect(peer.datagrams.slice(1).map((each) => new Set(each.data))).toEqual(
      Array.from({ length: 20 }, (_each, index) => [new Set([index + 1]), new Set([index + 101])]).flat(),
    );
  });

  test('calls while it is not connected are refused as InvalidState', async () => {
    await using peer = await DatagramPeer.bind();
    const { client } = logged();
    const refuseAll = (): void => {
      for (const call of [
        () => client.send(Buffer.from('x')),
        () => client.sendPackets([Buffer.from('x')]),
        () => client.pauseReceive(),
      ]) {
        client.lastErrorCode = ErrorCode.Ok;
        expect(call()).toBe(false);
        expect(client.lastErrorCode).toBe(ErrorCode.InvalidState);
      }
    };
    refuseAll();
    client.start(peer.host, peer.port);
    refuseAll();
    await client.stop();
    refuseAll();
  });

  test('nobody at the port: it connects, then (Receive, ECONNREFUSED), and no exception', async () => {
    const port = await closedDatagramPort();
    for (const asyncConnect of [true, false]) {
      const { log, client } = logged();
      await client.startAsync('127.0.0.1', port, { asyncConnect });
      expect(await log.next('onClose')).toMatchObject({
        operation: Receive,
        errorCode: ErrorCode.ConnectionRefused,
      });
      await client.wait();
      expect(log.names()).toEqual(['onPrepareConnect', 'onConnect', 'onClose']);
      expect(client.state).toBe(ServiceState.Stopped);
    }
  });

  test('a server that goes away is noticed by what is sent to it, once', async () => {
    await using peer = await DatagramPeer.bind();
    const { log, client } = logged();
    await client.startAsync(peer.host, peer.port);
    await peer.next();
    await peer.close();
    // Some of them meet the socket's error, others the end of the connection: none throws.
    for (let count = 0; count < 100; count++) {
      client.send(Buffer.from('anybody there?'));
      if (count % 10 === 0) await new Promise(setImmediate);
    }
    await client.wait();

    expect(log.all('onClose')).toMatchObject([
      { operation: Receive, errorCode: ErrorCode.ConnectionRefused },
    ]);
    expect(log.count('onReceive')).toBe(0);
  });
});
