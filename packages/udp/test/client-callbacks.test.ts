// SPDX-License-Identifier: Apache-2.0
// Pausing, borrowed buffers, async contexts, and callbacks that refuse or throw.
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { closedDatagramPort, DatagramPeer, EventLog, eventually, modes, UncaughtErrors } from '@hp/testkit';
import {
  ErrorCode,
  HandleResult,
  ServiceState,
  SocketOperation,
  UdpClient,
  type UdpClientListener,
  type UdpClientOptions,
} from '@hp/udp';
import { clientListener, textsIn } from './support/client-log.js';

const { Receive } = SocketOperation;

function fail(event: string): never {
  throw new Error(`thrown by ${event}`);
}

describe.each(modes)('callbacks of a client ($name)', ({ workerThreadCount }) => {
  /** A client that is connected to a peer, which has had the first datagram. */
  async function connected(
    hooks: UdpClientListener<UdpClient> = {},
    options: UdpClientOptions = {},
  ): Promise<{ log: EventLog; client: UdpClient; peer: DatagramPeer; port: number } & AsyncDisposable> {
    const peer = await DatagramPeer.bind();
    const log = new EventLog();
    const client = new UdpClient(clientListener(log, hooks), { workerThreadCount, ...options });
    await client.startAsync(peer.host, peer.port);
    await peer.next();
    return {
      ...{ log, client, peer, port: client.localAddress!.port },
      async [Symbol.asyncDispose]() {
        await client.stop();
        await peer.close();
      },
    };
  }

  test('pauseReceive holds datagrams back, and all of them come once it is lifted', async () => {
    await using side = await connected();
    const { client, peer, log, port } = side;
    expect(client.isPauseReceive).toBe(false);
    expect(client.pauseReceive()).toBe(true);
    expect(client.isPauseReceive).toBe(true);
    await eventually(() => client.stats().readPauses === 1, 'The pause');
    const texts = Array.from({ length: 30 }, (_, index) => `datagram ${index}`);
    for (const text of texts) await peer.send(text, port);
    client.send(Buffer.from('sending goes on'));
    await peer.find('sending goes on');
    expect(log.count('onReceive')).toBe(0);
    client.pauseReceive(false);
    await log.next('onReceive', 30);

    expect(textsIn(log)).toEqual(texts);
  });

  test('pauseReceive holds from the moment of the call, also inside onReceive', async () => {
    let isPaused = false;
    let strays = 0;
    await using side = await connected({
      onReceive: (it) => {
        if (isPaused) strays++;
        isPaused = it.pauseReceive();
      },
    });
    const { client, peer, log, port } = side;
    const texts = Array.from({ length: 20 }, (_, index) => `datagram ${index}`);
    for (const text of texts) await peer.send(text, port);
    for (let round = 1; round <= 20; round++) {
      await log.next('onReceive', round);
      await new Promise(setImmediate);
      isPaused = false;
      client.pauseReceive(false);
    }

    expect(strays).toBe(0);
    expect(textsIn(log)).toEqual(texts);
  });

  test('pauseReceive inside onConnect: nothing is received until it is lifted', async () => {
    await using side = await connected({ onConnect: (it) => void it.pauseReceive() });
    const { client, peer, log, port } = side;
    await peer.send('early', port);
    client.send(Buffer.from('x'));
    await peer.find('x');
    expect(log.count('onReceive')).toBe(0);
    client.pauseReceive(false);
    await log.next('onReceive');

    expect(textsIn(log)).toEqual(['early']);
  });

  test('the end that a paused client learns of is told when reading goes on', async () => {
    const log = new EventLog();
    const listener = clientListener<UdpClient>(log, { onConnect: (it) => void it.pauseReceive() });
    await using client = new UdpClient(listener, { workerThreadCount });
    await client.startAsync('127.0.0.1', await closedDatagramPort());
    // The answer to the first datagram meets the second.
    for (let count = 0; count < 20; count++) {
      client.send(Buffer.from('x'));
      await new Promise(setImmediate);
    }
    expect(log.names()).toEqual(['onPrepareConnect', 'onConnect']);
    client.pauseReceive(false);
    expect(await log.next('onClose')).toMatchObject({
      operation: Receive,
      errorCode: ErrorCode.ConnectionRefused,
    });
  });

  test('a paused client can be stopped', async () => {
    await using side = await connected();
    side.client.pauseReceive();
    await side.peer.send('unheard', side.port);
    await side.client.stop();

    expect(side.log.names().slice(2)).toEqual(['onClose']);
    expect(side.client.isPauseReceive).toBe(false);
  });

  test("'borrowed': a shared buffer, and where in it the datagram is", async () => {
    const buffers = new Set<Buffer>();
    const places: [number, number][] = [];
    await using side = await connected(
      {
        onReceive: (it, buffer, offset, length) => {
          buffers.add(buffer);
          places.push([offset, length]);
          it.send(buffer, offset, length);
        },
      },
      { receiveBuffer: 'borrowed' },
    );
    const { peer, log, port } = side;
    const texts = Array.from({ length: 300 }, (_, index) => 'x'.repeat(index + 1));
    for (const [index, text] of texts.entries()) {
      await peer.send(text, port);
      if (index % 20 === 19) await peer.next(index + 2);
    }
    await log.next('onReceive', 300);
    await peer.next(301);

    expect(textsIn(log)).toEqual(texts);
    expect(peer.texts.slice(1)).toEqual(texts);
    expect(places.map(([, length]) => length)).toEqual(texts.map(({ length }) => length));
    expect(buffers.size).toBeLessThan(20);
  });

  test("'borrowed': what arrived during a pause is whole when it is told", async () => {
    await using side = await connected(
      {
        onReceive: (it) => {
          it.pauseReceive();
          setImmediate(() => it.pauseReceive(false));
        },
      },
      { receiveBuffer: 'borrowed' },
    );
    const texts = Array.from({ length: 30 }, (_, index) => `datagram ${index}`);
    for (const text of texts) await side.peer.send(text, side.port);
    await side.log.next('onReceive', 30);

    expect(textsIn(side.log)).toEqual(texts);
  });

  test("'owned': buffers are the listener's for good, offset 0", async () => {
    const kept: Buffer[] = [];
    const places: [number, number][] = [];
    await using side = await connected({
      onReceive: (_client, data, ...place) => {
        kept.push(data);
        places.push(place);
      },
    });
    for (let count = 0; count < 50; count++) await side.peer.send(String(count).repeat(100), side.port);
    await side.log.next('onReceive', 50);
    for (let count = 0; count < 50; count++) await side.peer.send('later'.repeat(100), side.port);
    await side.log.next('onReceive', 100);

    expect(kept.slice(0, 50).map(String)).toEqual(
      Array.from({ length: 50 }, (_, index) => String(index).repeat(100)),
    );
    expect(places).toEqual(kept.map(({ length }) => [0, length]));
  });

  test('asyncContext: the store of whoever called start is that of all callbacks', async () => {
    const store = new AsyncLocalStorage<string>();
    const seen: string[] = [];
    const note = (event: string) => () => void seen.push(`${event} ${store.getStore()}`);
    await using peer = await DatagramPeer.bind();
    await using client = new UdpClient(
      {
        onConnect: note('onConnect'),
        onReceive: note('onReceive'),
        onSend: note('onSend'),
        onClose: note('onClose'),
      },
      { workerThreadCount, asyncContext: true },
    );
    await store.run('mine', () => client.startAsync(peer.host, peer.port));
    client.send(Buffer.from('x'));
    await peer.find('x');
    await eventually(() => seen.length === 2, 'onSend');
    await peer.send('y', client.localAddress!.port);
    await eventually(() => seen.length === 3, 'onReceive');
    await client.stop();

    expect(seen).toEqual(['onConnect mine', 'onSend mine', 'onReceive mine', 'onClose mine']);
  });

  test('onReceive refuses: (Receive, ECANCELED), or what lastErrorCode was set to', async () => {
    for (const errorCode of [ErrorCode.Canceled, ErrorCode.BadMessage]) {
      await using side = await connected({
        onReceive: (it) => {
          if (errorCode !== ErrorCode.Canceled) it.lastErrorCode = errorCode;
          return HandleResult.Error;
        },
      });
      await side.peer.send('x', side.port);
      expect(await side.log.next('onClose')).toMatchObject({ operation: Receive, errorCode });
      await side.client.wait();
      expect(side.client.state).toBe(ServiceState.Stopped);
    }
  });

  test('onReceive throws: (Receive, ECANCELED), and uncaught', async () => {
    using uncaught = new UncaughtErrors();
    await using side = await connected({ onReceive: () => fail('onReceive') });
    await side.peer.send('x', side.port);
    await side.peer.send('not told any more', side.port);

    expect(await side.log.next('onClose')).toMatchObject({
      operation: Receive,
      errorCode: ErrorCode.Canceled,
    });
    expect(await uncaught.messages(1)).toEqual(['thrown by onReceive']);
    expect(side.log.count('onReceive')).toBe(1);
  });

  test('onSend throws: uncaught, and it goes on; onClose throws: uncaught, once', async () => {
    using uncaught = new UncaughtErrors();
    await using side = await connected({ onSend: () => fail('onSend'), onClose: () => fail('onClose') });
    side.client.send(Buffer.from('one'));
    await side.peer.find('one');
    expect(await uncaught.messages(1)).toEqual(['thrown by onSend']);
    side.client.send(Buffer.from('two'));
    await side.peer.find('two');
    expect(await uncaught.messages(2)).toHaveLength(2);
    await side.client.stop();

    expect(await uncaught.messages(3)).toEqual(['thrown by onSend', 'thrown by onSend', 'thrown by onClose']);
    expect(side.client.state).toBe(ServiceState.Stopped);
  });

  test('onPrepareConnect throws: start throws just that, and may be repeated', async () => {
    using uncaught = new UncaughtErrors();
    await using peer = await DatagramPeer.bind();
    const log = new EventLog();
    let throws = true;
    const listener = clientListener<UdpClient>(log, {
      onPrepareConnect: () => (throws ? fail('onPrepareConnect') : undefined),
    });
    await using client = new UdpClient(listener, { workerThreadCount });
    expect(() => client.start(peer.host, peer.port)).toThrow('thrown by onPrepareConnect');
    await expect(client.startAsync(peer.host, peer.port)).rejects.toThrow('thrown by onPrepareConnect');
    expect(client.state).toBe(ServiceState.Stopped);
    throws = false;
    await client.startAsync(peer.host, peer.port);

    expect(log.count('onClose')).toBe(0);
    expect(uncaught.errors).toEqual([]);
  });

  test('onConnect throws: no onClose, stopped; uncaught, or thrown by a start that blocks', async () => {
    using uncaught = new UncaughtErrors();
    await using peer = await DatagramPeer.bind();
    const log = new EventLog();
    let throws = true;
    const listener = clientListener<UdpClient>(log, {
      onConnect: () => (throws ? fail('onConnect') : undefined),
    });
    await using client = new UdpClient(listener, { workerThreadCount });
    await expect(client.startAsync(peer.host, peer.port)).rejects.toMatchObject({ systemCode: 'ECANCELED' });
    await client.wait();
    expect(await uncaught.messages(1)).toEqual(['thrown by onConnect']);
    const blocking = { asyncConnect: false };
    expect(() => client.start(peer.host, peer.port, blocking)).toThrow('thrown by onConnect');
    expect(client.state).toBe(ServiceState.Stopped);
    throws = false;
    client.start(peer.host, peer.port, blocking);
    await client.stop();

    expect(uncaught.errors).toHaveLength(1);
    expect(log.count('onClose')).toBe(1);
  });
});
