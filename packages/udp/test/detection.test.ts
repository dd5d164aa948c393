// SPDX-License-Identifier: Apache-2.0
// Who is silent for too long is dead. All of this takes seconds: the tests run side by side.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { DatagramPeer, modes } from '@hp/testkit';
import { ErrorCode, ServiceState, SocketOperation } from '@hp/udp';
import { loggedClient, textsIn } from './support/client-log.js';
import { serve } from './support/served.js';

/** The shortest interval there is. */
const INTERVAL = 1000;
/** What a loaded machine may add. */
const SLACK = 2500;

const dead = { operation: SocketOperation.Close, errorCode: ErrorCode.TimedOut };

function expectPeriod(since: number, least: number): void {
  const period = performance.now() - since;
  // Clocks of whole milliseconds.
  expect(period).toBeGreaterThanOrEqual(least - 2);
  expect(period).toBeLessThan(least + SLACK);
}

describe.concurrent.each(modes)('detection by a client ($name)', ({ workerThreadCount }) => {
  const settings = { workerThreadCount, detectInterval: INTERVAL };

  test.each([1, 2])('%i attempts: a silent server is dead one interval after them', async (attempts) => {
    await using peer = await DatagramPeer.bind();
    const arrivals: number[] = [];
    peer.answer(() => void arrivals.push(performance.now()));
    await using side = loggedClient({ ...settings, detectAttempts: attempts });
    const { client, log } = side;
    const begun = performance.now();
    await client.startAsync(peer.host, peer.port);
    expect(await log.next('onClose')).toMatchObject(dead);
    expectPeriod(begun, INTERVAL * (attempts + 1));
    await client.wait();
    expect(client.state).toBe(ServiceState.Stopped);

    // The one after onConnect, and the probes; a machine under load may lose some.
    expect(new Set(peer.texts)).toEqual(new Set(['']));
    expect(peer.datagrams.length).toBeLessThanOrEqual(attempts + 1);
    for (const [index, time] of arrivals.entries()) {
      expect(time - begun).toBeGreaterThanOrEqual(index * INTERVAL - 2);
    }
    expect(log.names()).toEqual(['onPrepareConnect', 'onConnect', 'onClose']);
  });

  test('what is sent to a silent server does not count', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = loggedClient({ ...settings, detectAttempts: 1 });
    const begun = performance.now();
    await side.client.startAsync(peer.host, peer.port);
    const talk = setInterval(() => side.client.send(Buffer.from('anybody there?')), 100);
    expect(await side.log.next('onClose')).toMatchObject(dead);
    clearInterval(talk);

    expectPeriod(begun, INTERVAL * 2);
    expect(peer.texts.filter((text) => text === '').length).toBeLessThanOrEqual(2);
  });

  test('a server that answers with no bytes is alive, and nothing is told of that', async () => {
    await using peer = await DatagramPeer.bind();
    peer.answer(({ data }) => data);
    await using side = loggedClient({ ...settings, detectAttempts: 2 });
    await side.client.startAsync(peer.host, peer.port);
    await peer.next(6, 10 * INTERVAL);

    expect(side.client.isConnected).toBe(true);
    expect(side.log.names()).toEqual(['onPrepareConnect', 'onConnect']);
  });

  test('a server that sends data instead is alive; silent from then on, it is dead', async () => {
    await using peer = await DatagramPeer.bind();
    let last = 0;
    peer.answer(() => {
      if (peer.datagrams.length > 4) return undefined;
      last = performance.now();
      return 'data';
    });
    await using side = loggedClient({ ...settings, detectAttempts: 2 });
    await side.client.startAsync(peer.host, peer.port);
    expect(await side.log.next('onClose', 1, 20 * INTERVAL)).toMatchObject(dead);

    // From the fifth on they are not answered.
    expect(textsIn(side.log)).toEqual(['data', 'data', 'data', 'data']);
    expect(peer.datagrams.length).toBeGreaterThanOrEqual(5);
    expect(performance.now() - last).toBeGreaterThan(2 * INTERVAL);
  });

  test('no attempts, or no interval: no probes, and nobody is dead', async () => {
    await using peer = await DatagramPeer.bind();
    await using withoutAttempts = loggedClient({ ...settings, detectAttempts: 0 });
    await using withoutInterval = loggedClient({ ...settings, detectInterval: 0 });
    await using counting = loggedClient({ ...settings, detectAttempts: 2 });
    for (const { client } of [withoutAttempts, withoutInterval, counting]) {
      await client.startAsync(peer.host, peer.port);
    }
    const patient = [withoutAttempts.client, withoutInterval.client];
    const ports = patient.map(({ localAddress }) => localAddress!.port);
    await counting.log.next('onClose');

    expect(patient.map(({ isConnected }) => isConnected)).toEqual([true, true]);
    expect(peer.datagrams.filter(({ port }) => ports.includes(port))).toHaveLength(2);
  });

  test('after a long rest of its thread, an interval counts from the start', async () => {
    await using peer = await DatagramPeer.bind();
    await using other = loggedClient({ workerThreadCount });
    await other.client.startAsync(peer.host, peer.port);
    await sleep(INTERVAL);
    await using side = loggedClient({ ...settings, detectAttempts: 1 });
    const begun = performance.now();
    await side.client.startAsync(peer.host, peer.port);
    await side.log.next('onClose');

    expectPeriod(begun, INTERVAL * 2);
  });

  test('a paused client probes on and finds nobody dead, before it listens again', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = loggedClient(
      { ...settings, detectAttempts: 1 },
      { onConnect: (it) => void it.pauseReceive() },
    );
    await side.client.startAsync(peer.host, peer.port);
    await peer.next(5, 10 * INTERVAL);
    expect(side.client.isConnected).toBe(true);
    const resumed = performance.now();
    side.client.pauseReceive(false);
    expect(await side.log.next('onClose')).toMatchObject(dead);

    // It may have sent a probe just before.
    expect(performance.now() - resumed).toBeGreaterThan(INTERVAL / 2);
  });

  test('a client that is to reconnect does so from a new port', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = loggedClient({ ...settings, detectAttempts: 1 });
    const { client, log } = side;
    client.start(peer.host, peer.port, { reconnect: { minDelayMs: 1, maxDelayMs: 1 } });
    await log.next('onConnect', 2);
    await peer.next(3);

    expect(log.all('onClose')).toMatchObject([dead]);
    expect(new Set(log.all('onConnect').map(({ id }) => id)).size).toBe(2);
    expect(peer.datagrams[2]?.port).not.toBe(peer.datagrams[0]?.port);
  });

  test('probes and answers do not put idleTimeoutMs off', async () => {
    await using peer = await DatagramPeer.bind();
    peer.answer(({ data }) => data);
    await using side = loggedClient({ ...settings, detectAttempts: 3, idleTimeoutMs: 2 * INTERVAL + 500 });
    const begun = performance.now();
    await side.client.startAsync(peer.host, peer.port);
    expect(await side.log.next('onClose')).toMatchObject(dead);

    expectPeriod(begun, 2 * INTERVAL + 500);
    expect(peer.datagrams.length).toBeGreaterThanOrEqual(2);
  });
});

describe.concurrent.each(modes)('detection by a server ($name)', ({ workerThreadCount }) => {
  const settings = { workerThreadCount, detectInterval: INTERVAL };

  test.each([1, 2])('%i attempts: a silent client is dead one interval after them', async (attempts) => {
    await using side = serve({ ...settings, detectAttempts: attempts });
    await using peer = await DatagramPeer.bind();
    const begun = performance.now();
    await peer.send('hello', side.port);
    expect(await side.log.next('onClose')).toMatchObject({ ...dead, id: 1 });

    expectPeriod(begun, INTERVAL * (attempts + 1));
    expect(side.server.connectionCount).toBe(0);
    // It probes nobody.
    expect(peer.datagrams).toEqual([]);
  });

  test.each(['', 'data'])(
    "a client that sends '%s' is alive; silent from then on, it is dead",
    async (text) => {
      await using side = serve({ ...settings, detectAttempts: 1 });
      await using peer = await DatagramPeer.bind();
      let last = 0;
      for (let count = 0; count < 5; count++) {
        last = performance.now();
        await peer.send(text, side.port);
        await sleep(INTERVAL * 0.8);
      }
      expect(side.log.count('onClose')).toBe(0);
      expect(await side.log.next('onClose')).toMatchObject({ ...dead, id: 1 });

      expectPeriod(last, INTERVAL * 2);
      expect(side.log.count('onAccept')).toBe(1);
    },
  );

  test('what it sends to a silent client does not count', async () => {
    await using side = serve({ ...settings, detectAttempts: 1 });
    await using peer = await DatagramPeer.bind();
    const begun = performance.now();
    await peer.send('hello', side.port);
    await side.log.next('onAccept');
    const talk = setInterval(() => side.server.send(1, Buffer.from('anybody there?')), 100);
    expect(await side.log.next('onClose')).toMatchObject(dead);
    clearInterval(talk);

    expectPeriod(begun, INTERVAL * 2);
  });

  test('no attempts, or no interval: nobody is dead', async () => {
    await using withoutAttempts = serve({ ...settings, detectAttempts: 0 });
    await using withoutInterval = serve({ ...settings, detectInterval: 0 });
    await using counting = serve({ ...settings, detectAttempts: 2 });
    await using peer = await DatagramPeer.bind();
    for (const { port } of [withoutAttempts, withoutInterval, counting]) await peer.send('hello', port);
    await counting.log.next('onClose');

    expect(withoutAttempts.server.connectionCount).toBe(1);
    expect(withoutInterval.server.connectionCount).toBe(1);
  });

  test('one of many falls silent: it alone is dead, and a later datagram makes it somebody new', async () => {
    await using side = serve({ ...settings, detectAttempts: 1 });
    await using talkative = await DatagramPeer.bind();
    await using silent = await DatagramPeer.bind();
    await silent.send('hello', side.port);
    const talk = setInterval(() => void talkative.send('', side.port), INTERVAL / 4);
    const { id } = await side.log.next('onClose');
    await silent.send('hello again', side.port);
    await side.log.next('onAccept', 3);
    clearInterval(talk);

    expect(side.log.all('onReceive').map((event) => [event.id === id, String(event.data)])).toEqual([
      [true, 'hello'],
      [false, 'hello again'],
    ]);
    expect(side.log.count('onClose')).toBe(1);
  });
});

describe.concurrent.each(modes)('detection on both sides ($name)', ({ workerThreadCount }) => {
  const settings = { workerThreadCount, detectInterval: INTERVAL, detectAttempts: 1 };

  test('server and clients live on without any data', async () => {
    await using side = serve(settings);
    const clients = Array.from({ length: 10 }, () => loggedClient(settings));
    for (const { client } of clients) await client.startAsync('127.0.0.1', side.port);
    await side.log.next('onAccept', 10);
    await sleep(4.5 * INTERVAL);
    expect(side.log.count('onClose')).toBe(0);
    expect(side.log.count('onReceive')).toBe(0);
    for (const { client, log } of clients) {
      expect(log.names()).toEqual(['onPrepareConnect', 'onConnect']);
      await client.stop();
    }
    // Nobody has said good-bye.
    expect(await side.log.next('onClose', 10)).toMatchObject(dead);
  });

  test('a server that stops without a word is found dead by its clients', async () => {
    await using side = serve(settings);
    await using one = loggedClient(settings);
    // Somebody else is on the port then, or the system would say that nobody is.
    await one.client.startAsync('127.0.0.1', side.port);
    await side.log.next('onAccept');
    await side.server.stop();
    await using successor = await DatagramPeer.bind({ port: side.port });
    expect(await one.log.next('onClose')).toMatchObject(dead);

    // The probe that was not answered.
    expect(successor.texts).toEqual(['']);
  });
});
