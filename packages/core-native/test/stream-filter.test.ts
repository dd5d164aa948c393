// SPDX-License-Identifier: Apache-2.0
// The seam for stream filters, by way of the filter in test-filter: a handshake of 'h', 'i' and '!',
// then every byte changed by a key, 0xff for the end.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { dialPeer, eventually, modes, netListener, threadCount } from '@hp/testkit';
import { ErrorCode, SocketError, SocketOperation, toDuplex } from '@hp/core-native';
import {
  Filtered,
  type FilteredHooks,
  flip,
  greetedPeer,
  KEY,
  plain,
  STRANGE,
  testFilter,
} from './support/filtered.js';

const { Close, Connect, Receive } = SocketOperation;
const OTHER_KEY = 0x11;
const NEW_KEY = 1;
const SAY = 3;
const SAID = 2;
const MIB = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe.each(modes)('a stream filter ($name)', ({ workerThreadCount }) => {
  const start = (hooks: FilteredHooks = {}): Filtered =>
    new Filtered(testFilter.createFilter(KEY), workerThreadCount, hooks);

  test('handshake first, then bytes both ways, between two ends of ours', async () => {
    await using server = start();
    await using agent = start();
    const id = agent.dial(server.listen());
    await Promise.all([server.log.next('onHandshake'), agent.log.next('onHandshake')]);
    const sizes = [1, 100, 20_000, 65_536, MIB];
    const all = Buffer.concat(sizes.map(plain));
    for (const size of sizes) {
      expect(agent.send(id, plain(size))).toBe(true);
      expect(server.send(1, plain(size))).toBe(true);
    }
    for (const { log } of [server, agent]) {
      await log.receivedBytes(all.length);
      const data = log.all('onReceive').flatMap((event) => event.data ?? []);
      expect(Buffer.concat(data).equals(all)).toBe(true);
    }

    expect([...new Set(server.log.names())]).toEqual(['onAccept', 'filter', 'onHandshake', 'onReceive']);
    expect([...new Set(agent.log.names())]).toEqual(['onConnect', 'filter', 'onHandshake', 'onReceive']);
  });

  test('the wire carries what the filter makes of the bytes', async () => {
    await using server = start();
    await using peer = await greetedPeer(server.listen());
    await peer.send(flip(Buffer.from('to the server')));
    expect(String((await server.log.next('onReceive')).data)).toBe('to the server');
    server.send(1, Buffer.from('to the peer'));

    expect(await peer.receivedBytes(12)).toEqual(
      Buffer.concat([Buffer.from('i'), flip(Buffer.from('to the peer'))]),
    );
  });

  test('what the filter tells arrives as events, with their bytes', async () => {
    await using server = start();
    await using agent = start();
    agent.dial(server.listen());
    await Promise.all([server.log.next('onHandshake'), agent.log.next('onHandshake')]);
    const told = ({ log }: Filtered) =>
      log.all('filter').map(({ id, length, data }) => [id, length, String(data)]);

    expect(told(server)).toEqual([
      [1, 1, 'h'],
      [1, 1, '!'],
    ]);
    expect(told(agent)).toEqual([[1, 1, 'i']]);
  });

  test('commands reach the filter, in order with sends', async () => {
    await using server = start();
    await using peer = await greetedPeer(server.listen());
    await server.log.next('onHandshake');
    server.send(1, Buffer.from('old'));
    server.command(1, NEW_KEY, Buffer.from([OTHER_KEY]));
    server.send(1, Buffer.from('new'));
    const expected = [Buffer.from('i'), flip(Buffer.from('old')), flip(Buffer.from('new'), OTHER_KEY)];
    expect(await peer.receivedBytes(7)).toEqual(Buffer.concat(expected));
    await peer.send(flip(Buffer.from('both ways'), OTHER_KEY));
    expect(String((await server.log.next('onReceive')).data)).toBe('both ways');

    server.command(1, 255, Buffer.alloc(32 * 1024));
    for (const [code, length] of [
      [256, 1],
      [1, 32 * 1024 + 1],
    ] as const) {
      expect(() => server.command(1, code, Buffer.alloc(length))).toThrow(
        expect.objectContaining({ socketError: SocketError.InvalidParam }),
      );
    }
    expect(server.isConnected(1)).toBe(true);
  });

  test('sends before the handshake are refused, those of adapters too', async () => {
    const refused: unknown[] = [];
    await using server = start({
      onAccept: (it, id) => {
        refused.push(it.send(id, Buffer.from('early')), it.lastErrorCode);
        refused.push(it.sendPackets(id, [Buffer.from('early')]), it.lastErrorCode);
      },
    });
    await using peer = await dialPeer(server.listen());
    await server.log.next('onAccept');
    expect(refused).toEqual([false, ErrorCode.InvalidState, false, ErrorCode.InvalidState]);
    const stream = toDuplex(server, 1);
    const failure = await new Promise((resolve) => {
      stream.on('error', () => {});
      stream.write('early', resolve);
    });

    expect(failure).toMatchObject({ errno: ErrorCode.InvalidState });
    expect(peer.receivedLength).toBe(0);
  });

  test('garbage in the handshake closes that connection alone, with its code, after the last word', async () => {
    await using server = start();
    const port = server.listen();
    await using good = await greetedPeer(port);
    await server.log.next('onHandshake');
    await using bad = await dialPeer(port);
    bad.socket.write('hz');
    await bad.ended;
    expect(String(bad.received)).toBe('ix');
    expect(await server.log.next('onClose')).toMatchObject({
      ...{ id: 2, operation: Receive, errorCode: ErrorCode.BadMessage },
    });
    await good.send(flip(Buffer.from('unharmed')));

    expect(String((await server.log.next('onReceive')).data)).toBe('unharmed');
    expect(server.log.count('onHandshake')).toBe(1);
    expect(server.log.count('onClose')).toBe(1);
  });

  test('a peer that answers a dialled connection with garbage', async () => {
    await using listener = await netListener();
    await using agent = start();
    agent.dial(listener.port);
    const peer = await listener.accepted();
    expect(String(await peer.receivedBytes(1))).toBe('h');
    await peer.send('?');

    expect(await agent.log.next('onClose')).toMatchObject({
      operation: Receive,
      errorCode: ErrorCode.BadMessage,
    });
    expect(agent.log.count('onHandshake')).toBe(0);
  });

  test('a handshake that does not come is given up at the deadline of the filter', async () => {
    await using server = start();
    await using peer = await dialPeer(server.listen());
    expect(await server.log.next('onClose')).toMatchObject({
      operation: Receive,
      errorCode: ErrorCode.TimedOut,
    });
    await peer.ended;
  });

  test('a filter that refuses to open ends the dialled connection', async () => {
    await using listener = await netListener();
    await using agent = start();
    agent.dial(listener.port, '0 is refused');

    expect(await agent.log.next('onClose')).toMatchObject({
      operation: Connect,
      errorCode: ErrorCode.InvalidState,
    });
    expect(agent.log.count('onConnect')).toBe(0);
  });

  test('end() sends what is queued, then the last word of the filter, then the end', async () => {
    await using listener = await netListener();
    await using agent = start();
    const id = agent.dial(listener.port);
    const peer = await listener.accepted();
    await peer.send('i');
    await agent.log.next('onHandshake');
    const sent = plain(4 * MIB);
    agent.send(id, sent);
    expect(agent.end(id)).toBe(true);
    expect([agent.send(id, sent), agent.lastErrorCode]).toEqual([false, ErrorCode.InvalidState]);
    await peer.ended;
    expect(peer.received.equals(Buffer.concat([Buffer.from('h!'), flip(sent), Buffer.from([0xff])]))).toBe(
      true,
    );
    peer.end();

    expect(await agent.log.next('onClose')).toMatchObject({ operation: Close, errorCode: 0 });
  });

  test('bytes pass as they are until the handshake, where the filter starts plain', async () => {
    const refused: unknown[] = [];
    await using server = new Filtered(testFilter.createFilter(KEY, 0, 1), workerThreadCount, {
      startsPlain: true,
      onAccept: (it, id) => it.send(id, Buffer.from('220 ')),
      onReceive: (it, id) => {
        if (it.log.count('onHandshake') !== 0) return;
        it.send(id, Buffer.from('go'));
        it.secure(id);
        refused.push(it.send(id, Buffer.from('early')), it.lastErrorCode);
      },
    });
    await using peer = await dialPeer(server.listen());
    expect(String(await peer.receivedBytes(4))).toBe('220 ');
    await peer.send('STARTTLS');
    expect(String(await peer.receivedBytes(6))).toBe('220 go');
    expect(server.log.count('onHandshake')).toBe(0);
    await peer.send('h');
    await peer.receivedBytes(7);
    await peer.send('!');
    await server.log.next('onHandshake');
    server.send(1, Buffer.from('secret'));

    expect(await peer.receivedBytes(13)).toEqual(
      Buffer.concat([Buffer.from('220 goi'), flip(Buffer.from('secret'))]),
    );
    await peer.send(flip(Buffer.from('both ways')));
    await server.log.next('onReceive', 2);
    expect(server.log.all('onReceive').map(({ data }) => String(data))).toEqual(['STARTTLS', 'both ways']);
    expect(refused).toEqual([false, ErrorCode.InvalidState]);
  });

  test('what there is no room for is told later, all of it', async () => {
    await using server = start();
    await using peer = await greetedPeer(server.listen());
    await server.log.next('onHandshake');
    // More than all memory for what is received.
    const [orders, times] = [10, 255];
    const said = Buffer.alloc(8192, 'said ');
    said[0] = times;
    for (let order = 0; order < orders; order++) server.command(1, SAY, said);
    await peer.send(flip(Buffer.from('and goes on')));
    await server.log.next('onReceive');
    const told = (): (Buffer | undefined)[] =>
      server.log
        .all('filter')
        .filter(({ length }) => length === SAID)
        .map(({ data }) => data);
    await eventually(() => told().length === orders * times, 'All that was said');

    expect(told().every((data) => data?.equals(said))).toBe(true);
    expect(server.log.count('onClose')).toBe(0);
  });

  test('several sends of one callback reach the filter together, in order', async () => {
    await using server = start({
      onHandshake: (it, id) => {
        for (const part of ['one ', 'two ', 'three ']) it.send(id, Buffer.from(part));
        it.sendPackets(id, [Buffer.from('four '), Buffer.from('five')]);
      },
    });
    await using peer = await greetedPeer(server.listen());

    expect(String(flip((await peer.receivedBytes(24)).subarray(1)))).toBe('one two three four five');
  });

  test('a handshake that ends after end() makes the connection no sender again', async () => {
    await using server = start();
    await using peer = await dialPeer(server.listen());
    await peer.send('h');
    await peer.receivedBytes(1);
    expect(server.end(1)).toBe(true);
    await peer.send('!');
    await server.log.next('onHandshake');

    expect([server.send(1, Buffer.from('x')), server.lastErrorCode]).toEqual([false, ErrorCode.InvalidState]);
  });

  test('a pause inside onAccept keeps the handshake waiting, and no longer than it lasts', async () => {
    await using server = start({ onAccept: (it, id) => it.pauseReceive(id) });
    await using peer = await dialPeer(server.listen());
    await server.log.next('onAccept');
    await peer.send('h');
    server.pauseReceive(1, false);
    expect(String(await peer.receivedBytes(1))).toBe('i');
    await peer.send('!');

    await server.log.next('onHandshake');
  });

  test('the end of the stream within the filter is an orderly close, after all bytes', async () => {
    await using server = start();
    await using peer = await greetedPeer(server.listen());
    const sent = plain(300_000);
    peer.socket.write(Buffer.concat([flip(sent), Buffer.from([0xff]), Buffer.from('no more of this')]));
    await server.log.next('onClose');
    const received = Buffer.concat(server.log.all('onReceive').flatMap(({ data }) => data ?? []));

    expect(received.equals(sent)).toBe(true);
    expect(server.log.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
  });

  test('a paused connection loses nothing that the filter holds', async () => {
    await using server = start();
    await using peer = await greetedPeer(server.listen());
    await server.log.next('onHandshake');
    server.pauseReceive(1);
    const sent = plain(3 * MIB);
    peer.socket.write(flip(sent));
    server.send(1, Buffer.from('x'));
    await peer.receivedBytes(2);
    expect(server.log.count('onReceive')).toBe(0);
    server.pauseReceive(1, false);
    await server.log.until(() => server.log.count('onReceive') > 0, 'The first bytes');
    const received = (): Buffer =>
      Buffer.concat(server.log.all('onReceive').flatMap(({ data }) => data ?? []));
    await eventually(() => server.stats().bytesReceived >= sent.length, 'All bytes');
    await eventually(() => received().length === sent.length, 'All bytes');

    expect(received().equals(sent)).toBe(true);
  });

  test('filters are closed with their connections, and contexts let go of with their components', async () => {
    const before = testFilter.counts();
    const use = async (): Promise<void> => {
      await using server = start();
      await using agent = start();
      const port = server.listen();
      for (let count = 1; count <= 5; count++) {
        agent.dial(port);
        await Promise.all([server.log.next('onHandshake', count), agent.log.next('onHandshake', count)]);
      }
      expect(testFilter.counts()[0] - before[0]).toBe(10);
    };
    await use();

    await eventually(
      () => {
        collectGarbage();
        return testFilter.counts().every((count, index) => count <= (before[index] ?? 0));
      },
      () => `A return to ${before.join(' filters and ')} contexts (now ${testFilter.counts().join(' and ')})`,
    );
    expect(testFilter.counts()[0]).toBe(before[0]);
  });

  test.each([
    { what: 'of another version', ahead: 1 },
    { what: 'that is none', ahead: STRANGE },
  ])('a filter $what is refused, and leaves no threads behind', async ({ ahead }) => {
    const threads = threadCount();
    const create = (): Filtered => new Filtered(testFilter.createFilter(KEY, ahead), workerThreadCount);

    for (let attempt = 0; attempt < 10; attempt++) expect(create).toThrow(TypeError);
    // A thread is counted for a moment more after it has been joined.
    await eventually(() => threadCount() <= threads, 'The end of its threads');
  });
});
