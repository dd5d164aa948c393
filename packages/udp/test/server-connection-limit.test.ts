// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { DatagramPeer, eventually, modes, UncaughtErrors } from '@hp/testkit';
import { HandleResult, UdpServer } from '@hp/udp';
import { echo, portOf, serve } from './support/served.js';

describe.each(modes)('maxConnections of a UdpServer ($name)', ({ workerThreadCount }) => {
  test('a stranger too many is dropped and told as onReject alone; known peers are served on', async () => {
    await using served = serve({ workerThreadCount, maxConnections: 2 }, { onReceive: echo });
    const { server, log, port } = served;
    await using first = await DatagramPeer.bind();
    await using second = await DatagramPeer.bind();
    await using third = await DatagramPeer.bind();
    for (const peer of [first, second]) {
      await peer.send('one', port);
      await peer.next();
    }
    await third.send('too many', port);
    await log.next('onReject');
    expect(log.names().slice(-1)).toEqual(['onReject']);
    expect(server.connectionCount).toBe(2);
    expect(server.stats()).toMatchObject({ accepted: 2, rejected: 1, droppedDatagrams: 0 });
    for (const peer of [first, second]) {
      await peer.send('two', port);
      await peer.next(2);
    }

    expect(third.datagrams).toEqual([]);
    expect(log.count('onAccept')).toBe(2);
  });

  test("a place that becomes free is the next stranger's", async () => {
    await using served = serve({ workerThreadCount, maxConnections: 1 }, { onReceive: echo });
    const { server, log, port } = served;
    await using first = await DatagramPeer.bind();
    await using second = await DatagramPeer.bind();
    await first.send('one', port);
    await first.next();
    await second.send('too early', port);
    await log.next('onReject');
    server.disconnect(1);
    await log.next('onClose');
    // With threads its place is free a moment after onClose.
    await eventually(() => {
      void second.send('two', port);
      return second.datagrams.length !== 0;
    }, 'The answer to the second peer');
    await first.send('too late', port);
    await log.next('onReject', 2);

    expect(log.all('onAccept').map(({ id }) => id)).toEqual([1, 2]);
    expect(second.texts[0]).toBe('two');
    expect(server.connectionCount).toBe(1);
  });

  test('a connection that is refused takes no place for long', async () => {
    await using served = serve(
      { workerThreadCount, maxConnections: 1 },
      { onAccept: () => HandleResult.Error },
    );
    const { server, log, port } = served;
    for (let count = 1; count <= 20; count++) {
      await using peer = await DatagramPeer.bind();
      await eventually(() => {
        void peer.send('x', port);
        return log.count('onAccept') >= count;
      }, `Refusal ${count}`);
    }

    await eventually(() => server.connectionCount === 0, 'The end of all');
    expect(log.count('onClose')).toBe(0);
  });

  test('strangers that come together are told once, each is counted', async () => {
    await using served = serve({ workerThreadCount, maxConnections: 1 }, { onReceive: echo });
    const { server, log, port } = served;
    await using known = await DatagramPeer.bind();
    await known.send('x', port);
    await known.next();
    const strangers = await Promise.all(Array.from({ length: 50 }, () => DatagramPeer.bind()));
    await Promise.all(strangers.map((peer) => peer.send('x', port)));
    await eventually(() => server.stats().rejected === 50, 'The count of all strangers');
    await known.send('y', port);
    await known.next(2);
    await log.next('onReject');
    for (const peer of strangers) await peer[Symbol.asyncDispose]();

    // Inline they are all there before the server looks; a thread takes them as they come.
    expect(log.count('onReject')).toBeLessThanOrEqual(workerThreadCount === 0 ? 3 : 50);
    expect(server.stats()).toMatchObject({ accepted: 1, rejected: 50 });
    expect(strangers.every(({ datagrams }) => datagrams.length === 0)).toBe(true);
  });

  test('without onReject: counted all the same', async () => {
    await using server = new UdpServer({ onReceive: echo }, { workerThreadCount, maxConnections: 1 });
    server.start('127.0.0.1');
    await using known = await DatagramPeer.bind();
    await known.send('x', portOf(server));
    await known.next();
    await using stranger = await DatagramPeer.bind();
    for (let count = 0; count < 10; count++) await stranger.send('x', portOf(server));

    await eventually(() => server.stats().rejected === 10, 'The count');
    expect(server.connectionCount).toBe(1);
  });

  test('an onReject that throws is an uncaught exception, and the server serves on', async () => {
    using uncaught = new UncaughtErrors();
    await using served = serve(
      { workerThreadCount, maxConnections: 1 },
      {
        onReceive: echo,
        onReject: () => {
          throw new Error('thrown by onReject');
        },
      },
    );
    await using known = await DatagramPeer.bind();
    await known.send('x', served.port);
    await known.next();
    await using stranger = await DatagramPeer.bind();
    await stranger.send('x', served.port);
    expect(await uncaught.messages(1)).toEqual(['thrown by onReject']);
    await known.send('still there', served.port);

    expect(String((await known.next(2)).data)).toBe('still there');
  });
});
