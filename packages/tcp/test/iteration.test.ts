// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { dialPeer, EventLog, eventually, modes, netListener, Pattern, within } from '@hp/testkit';
import {
  Component,
  ErrorCode,
  HandleResult,
  iterateBytes,
  iterateConnections,
  SocketError,
  SocketOperation,
  TcpAgent,
  TcpClient,
  TcpServer,
} from '@hp/tcp';
import { beBusy } from './support/busy.js';
import { Greeter } from './support/greeter.js';
import { serverListener } from './support/listeners.js';
import { roles } from './support/sides.js';
import { stalled } from './support/stalled.js';
import { thrownBy } from '../../core-native/test/support/thrown.js';

/** What a loop over the bytes of a connection has seen when it ends. */
async function collect(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The next value of a loop that has not ended. */
async function next<T>(values: AsyncIterator<T, unknown>): Promise<T> {
  const result = await within(values.next(), 5000, 'The next value');
  if (result.done === true) throw new Error('the loop has ended');
  return result.value;
}

describe.each(modes)('iterateBytes ($name)', ({ workerThreadCount }) => {
  describe.each(roles)('of a $role', ({ open }) => {
    test('gives all bytes in order and ends with the connection', async () => {
      await using side = await open({}, { workerThreadCount });
      const received = collect(iterateBytes(side.component, side.id));
      const sent = new Pattern();
      for (const size of [1, 1000, 200_000]) await side.peer.send(sent.take(size));
      side.peer.end(sent.take(3_000_000));
      const bytes = await within(received, 10_000, 'The end of the loop');
      await side.log.next('onClose');

      expect(bytes).toHaveLength(sent.position);
      expect(() => new Pattern().check(bytes)).not.toThrow();
      expect(side.log.count('onReceive')).toBe(0);
      expect(side.log.all('onClose')).toMatchObject([{ operation: SocketOperation.Close, errorCode: 0 }]);
    });

    test('answers that take their time reach a peer that has finished', async () => {
      await using side = await open({}, { workerThreadCount });
      const answer = async (): Promise<void> => {
        for await (const piece of iterateBytes(side.component, side.id)) {
          await new Promise(setImmediate);
          side.send(piece);
        }
      };
      const sent = new Pattern();
      side.peer.end(sent.take(3_000_000));
      await within(answer(), 10_000, 'The end of the loop');
      await side.peer.ended;
      await side.log.next('onClose');

      expect(side.peer.receivedLength).toBe(sent.position);
      expect(() => new Pattern().check(side.peer.received)).not.toThrow();
      expect(side.log.all('onClose')).toMatchObject([{ operation: SocketOperation.Close, errorCode: 0 }]);
    });

    test('reading rests while the loop is behind', async () => {
      const total = 30_000_000;
      await using side = await open({}, { workerThreadCount });
      const bytes = iterateBytes(side.component, side.id);
      const sent = new Pattern();
      while (sent.position < total) side.peer.socket.write(sent.take(1_000_000));
      side.peer.end();
      // 16 buffers of at most 64 KiB, and what was on its way when the last of them came.
      expect((await stalled(side.component)).bytesReceived).toBeLessThan(4_000_000);
      const received = await within(collect(bytes), 20_000, 'The end of the loop');

      expect(received).toHaveLength(total);
      expect(() => new Pattern().check(received)).not.toThrow();
    });

    test('leaving the loop early disconnects', async () => {
      await using side = await open({}, { workerThreadCount });
      side.peer.socket.write('first');
      for await (const piece of iterateBytes(side.component, side.id)) {
        expect(String(piece)).toBe('first');
        break;
      }
      await side.log.next('onClose');
      await side.peer.ended;

      expect(side.isConnected).toBe(false);
      expect(side.log.all('onClose')).toMatchObject([{ operation: SocketOperation.Close, errorCode: 0 }]);
    });

    test('a loop that throws disconnects too', async () => {
      await using side = await open({}, { workerThreadCount });
      side.peer.socket.write('first');
      const loop = async (): Promise<void> => {
        for await (const piece of iterateBytes(side.component, side.id)) throw new Error(String(piece));
      };

      await expect(loop()).rejects.toThrow('first');
      await side.peer.ended;
    });

    test('what waits when the loop is left is given to nobody', async () => {
      await using side = await open({}, { workerThreadCount });
      const bytes = iterateBytes(side.component, side.id);
      await side.peer.send('left behind');
      await eventually(() => side.component.stats().bytesReceived === 11, 'The receipt');
      await bytes.return?.();

      expect(await bytes.next()).toEqual({ done: true, value: undefined });
      await side.log.next('onClose');
    });

    test('a reset is thrown once all bytes before it are taken', async () => {
      await using side = await open({}, { workerThreadCount });
      const bytes = iterateBytes(side.component, side.id);
      await side.peer.send('before');
      await eventually(() => side.component.stats().bytesReceived === 6, 'The receipt');
      side.peer.reset();
      await side.log.next('onClose');

      expect(String(await next(bytes))).toBe('before');
      await expect(bytes.next()).rejects.toMatchObject({ name: 'HpSocketError', systemCode: 'ECONNRESET' });
      expect(await bytes.next()).toEqual({ done: true, value: undefined });
    });

    test('a disconnect from here ends the loop', async () => {
      await using side = await open({}, { workerThreadCount });
      const received = collect(iterateBytes(side.component, side.id));
      side.close();

      expect(await within(received, 5000, 'The end of the loop')).toHaveLength(0);
    });

    test('several next() at once are served in order', async () => {
      await using side = await open({}, { workerThreadCount });
      const bytes = iterateBytes(side.component, side.id);
      const waiting = [bytes.next(), bytes.next(), bytes.next()];
      await side.peer.send('one');
      await eventually(() => side.component.stats().bytesReceived === 3, 'The receipt');
      side.peer.end(Buffer.from('two'));
      const results = await within(Promise.all(waiting), 5000, 'All results');

      expect(results.map(({ done, value }) => (done === true ? 'done' : String(value)))).toEqual([
        'one',
        'two',
        'done',
      ]);
    });

    test('throws where the connection is not open or has another taker', async () => {
      await using side = await open({}, { workerThreadCount });
      const { component, id } = side;
      const unknown = thrownBy(() => iterateBytes(component, id + 1));
      expect(unknown).toMatchObject({
        socketError: SocketError.IllegalState,
        errno: ErrorCode.ObjectNotFound,
      });
      expect(unknown.message).toContain(String(id + 1));
      iterateBytes(component, id);
      expect(thrownBy(() => iterateBytes(component, id)).socketError).toBe(SocketError.IllegalState);
      side.close();
      expect(thrownBy(() => iterateBytes(component, id)).errno).toBe(ErrorCode.ObjectNotFound);
    });
  });

  test('nothing is missed that comes with the connection, where no onReceive takes it', async () => {
    await using greeter = await Greeter.start('hello');
    await using agent = new TcpAgent({}, { workerThreadCount });
    agent.start();
    const connected = agent.connectAsync('127.0.0.1', greeter.port);
    beBusy();
    expect(String(await next(iterateBytes(agent, await connected)))).toBe('hello');

    await using client = new TcpClient({}, { workerThreadCount });
    const started = client.startAsync('127.0.0.1', greeter.port);
    beBusy();
    await started;
    expect(String(await next(iterateBytes(client, client.connectionId)))).toBe('hello');
  });
});

describe.each(modes)('iterateConnections ($name)', ({ workerThreadCount }) => {
  test('gives each connection of a server, and nothing of it is missed', async () => {
    await using greeter = await Greeter.start('hello');
    await using server = new TcpServer({}, { workerThreadCount });
    server.start('127.0.0.1');
    const connections = iterateConnections(server);
    const greetings: string[] = [];
    for (let round = 1; round <= 10; round++) {
      greeter.dial(server.listenAddress!.port);
      beBusy();
      const id = await next(connections);
      greetings.push(`${id} ${String(await next(iterateBytes(server, id)))}`);
    }

    expect(greetings).toEqual(Array.from({ length: 10 }, (_, index) => `${index + 1} hello`));
  });

  test('gives the connections of an agent, whether they still exist or not', async () => {
    await using listener = await netListener();
    await using agent = new TcpAgent({}, { workerThreadCount });
    agent.start();
    const connections = iterateConnections(agent);
    for (let count = 0; count < 3; count++) await agent.connectAsync(listener.host, listener.port);
    agent.disconnect(2);
    await eventually(() => agent.connectionCount === 2, 'The end of the second');

    expect([await next(connections), await next(connections), await next(connections)]).toEqual([1, 2, 3]);
  });

  test('ends when the component stops, by itself or after what it still has', async () => {
    await using server = new TcpServer({}, { workerThreadCount });
    server.start('127.0.0.1');
    const waiting = iterateConnections(server);
    const behind = iterateConnections(server);
    await using peer = await dialPeer(server.listenAddress!.port);
    expect(await next(waiting)).toBe(1);
    const last = waiting.next();
    await server.stop();

    await peer.ended;
    expect(await within(last, 5000, 'The end of the loop')).toEqual({ done: true, value: undefined });
    expect([await behind.next(), await behind.next()]).toEqual([
      { done: false, value: 1 },
      { done: true, value: undefined },
    ]);
  });

  test('leaving the loop early harms no connection, and nothing is kept for it any more', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    server.start('127.0.0.1');
    const engine = Component.engineOf(server)!;
    const loop = async (): Promise<void> => {
      for await (const id of iterateConnections(server)) {
        expect(id).toBe(1);
        break;
      }
    };
    const looping = loop();
    expect(engine.watchers.size).toBe(1);
    await using peer = await dialPeer(server.listenAddress!.port);
    await looping;
    await peer.send('still heard');

    expect(String(await log.receivedBytes(11))).toBe('still heard');
    expect([engine.watchers.size, engine.enders.size]).toEqual([0, 0]);
  });

  test('leaves out connections that onAccept refuses', async () => {
    await using server = new TcpServer(
      { onAccept: (_server, id) => (id === 1 ? HandleResult.Error : HandleResult.Ok) },
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    const connections = iterateConnections(server);
    await using refused = await dialPeer(server.listenAddress!.port);
    await refused.ended;
    await using welcome = await dialPeer(server.listenAddress!.port);

    expect(await next(connections)).toBe(2);
    expect(server.getRemoteAddress(2)?.port).toBe(welcome.port);
  });

  test('throws where the component does not run', () => {
    const server = new TcpServer({}, { workerThreadCount });

    expect(thrownBy(() => iterateConnections(server)).socketError).toBe(SocketError.IllegalState);
  });
});
