// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { DatagramPeer, eventually, modes, once } from '@hp/testkit';
import { UdpServer } from '@hp/udp';
import { echo, portOf, serve } from './support/served.js';

const isWindows = process.platform === 'win32';

/** Datagrams that were received, dropped or lost. */
function seen(server: UdpServer): number {
  const { receives, droppedDatagrams, lostDatagrams } = server.stats();
  return receives + droppedDatagrams + lostDatagrams;
}

/** Has a peer send, each datagram once `isReady` for it, and JavaScript does nothing else meanwhile. */
async function blockSending(
  peer: DatagramPeer,
  port: number,
  datagrams: readonly Buffer[],
  isReady: (index: number) => boolean,
): Promise<void> {
  const connected = once(peer.socket, 'connect');
  peer.socket.connect(port, '127.0.0.1');
  await connected;
  const end = performance.now() + 10_000;
  for (const [index, datagram] of datagrams.entries()) {
    while (!isReady(index) && performance.now() < end);
    // A socket that is connected sends within the call.
    peer.socket.send(datagram);
  }
  while (!isReady(datagrams.length) && performance.now() < end);
  peer.socket.disconnect();
}

describe.each(modes)('stats of a UdpServer ($name)', ({ workerThreadCount }) => {
  test('count what is received and sent, in datagrams and bytes', async () => {
    await using served = serve({ workerThreadCount, maxDatagramSize: 1000 }, { onReceive: echo });
    const { server, log, port } = served;
    await using one = await DatagramPeer.bind();
    await using two = await DatagramPeer.bind();
    for (const [index, size] of [1, 10, 100, 1000].entries()) {
      for (const peer of [one, two]) {
        await peer.send(Buffer.alloc(size), port);
        await peer.next(index + 1);
      }
    }
    await two.send('', port);
    await two.next(5);
    await one.send(Buffer.alloc(1001), port);
    await log.next('onClose');

    expect(server.stats()).toMatchObject({
      accepted: 2,
      connected: 0,
      closed: 1,
      rejected: 0,
      receives: 8,
      heartbeats: 1,
      bytesReceived: 2222,
      sends: 8,
      bytesSent: 2222,
      droppedDatagrams: 0,
      lostDatagrams: 0,
      queuedBytes: 0,
    });
    const { receiveCalls, sendCalls, batches, batchedEvents } = server.stats();
    expect(receiveCalls).toBeGreaterThanOrEqual(1);
    expect(sendCalls).toBeGreaterThanOrEqual(1);
    expect(batches).toBeGreaterThanOrEqual(1);
    expect(batchedEvents).toBeGreaterThanOrEqual(11);
  });

  test('a burst is received and answered in few calls', async () => {
    await using served = serve({ workerThreadCount }, { onReceive: echo });
    const { server, port } = served;
    await using peer = await DatagramPeer.bind();
    await peer.send('x', port);
    await peer.next();
    const before = server.stats();
    for (let round = 0; round < 10; round++) {
      // All of them are sent before JavaScript comes to anything else.
      await Promise.all(Array.from({ length: 100 }, () => peer.send('x', port)));
      await peer.next(1 + (round + 1) * 100);
    }

    const after = server.stats();
    expect(after.receives - before.receives).toBe(1000);
    // A thread receives them while they are being sent.
    const most = workerThreadCount === 0 ? 100 : 3000;
    expect(after.receiveCalls - before.receiveCalls).toBeLessThanOrEqual(most);
    expect(after.sendCalls - before.sendCalls).toBeLessThanOrEqual(most);
  });

  test('are all 0 while it does not run, and begin again with each start', async () => {
    await using server = new UdpServer({ onReceive: echo }, { workerThreadCount });
    expect(Object.values(server.stats()).every((value) => value === 0)).toBe(true);
    server.start('127.0.0.1');
    await using peer = await DatagramPeer.bind();
    await peer.send('x', portOf(server));
    await peer.next();
    expect(server.stats().accepted).toBe(1);
    await server.stop();
    expect(Object.values(server.stats()).every((value) => value === 0)).toBe(true);
    server.start('127.0.0.1');
    expect(server.stats()).toMatchObject({ accepted: 0, receives: 0, sends: 0 });
  });

  test('while JavaScript is busy, what finds no room is counted: nothing vanishes unseen', async () => {
    await using served = serve({ workerThreadCount, recvBufferSize: 4096, maxDatagramSize: 30_000 });
    const { server, log, port } = served;
    await using peer = await DatagramPeer.bind();
    await peer.send('x', port);
    await log.next('onReceive');
    const sent = 200;
    await blockSending(peer, port, Array<Buffer>(sent).fill(Buffer.alloc(1400)), () => true);
    const whatIs = () => `The count of all (${seen(server)} of ${sent + 1})`;
    await eventually(() => isWindows || seen(server) === sent + 1, whatIs);

    const { lostDatagrams } = server.stats();
    expect(lostDatagrams).toBeGreaterThanOrEqual(workerThreadCount === 0 ? 100 : 0);
    expect(lostDatagrams).toBeLessThanOrEqual(isWindows ? 0 : sent);
    expect(log.count('onClose')).toBe(0);
    await peer.send('still served', port);
    await eventually(() => String(log.all('onReceive').at(-1)?.data) === 'still served', 'The last datagram');
  });
});

describe.each(modes.filter(({ workerThreadCount }) => workerThreadCount !== 0))(
  'a UdpServer while JavaScript is blocked ($name)',
  ({ workerThreadCount }) => {
    test('goes on receiving, keeps 1 MiB of each peer at most, and drops the rest', async () => {
      await using served = serve({ workerThreadCount, maxDatagramSize: 50_000, recvBufferSize: 8_000_000 });
      const { server, log, port } = served;
      await using peer = await DatagramPeer.bind();
      await peer.send('x', port);
      await log.next('onReceive');
      const sent = 100;
      const datagrams = Array<Buffer>(sent).fill(Buffer.alloc(50_000));
      await blockSending(peer, port, datagrams, (index) => seen(server) > index);
      const { receives, droppedDatagrams } = server.stats();
      await log.next('onReceive', receives);

      // Full is who has more than that waiting.
      const kept = Math.ceil(2 ** 20 / 50_000);
      expect([receives, droppedDatagrams]).toEqual([1 + kept, sent - kept]);
      await peer.send('still served', port);
      await eventually(
        () => String(log.all('onReceive').at(-1)?.data) === 'still served',
        'The last datagram',
      );
    });
  },
);
