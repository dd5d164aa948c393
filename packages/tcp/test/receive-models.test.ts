// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import {
  deferred,
  dialPeer,
  eventually,
  modes,
  netListener,
  Pattern,
  UncaughtErrors,
  within,
} from '@hp/testkit';
import {
  ErrorCode,
  HandleResult,
  type PayloadHead,
  type ReceiveModel,
  SendPolicy,
  SocketOperation,
  TcpAgent,
  TcpClient,
  TcpServer,
} from '@hp/tcp';

const LONGEST = 1000;

/** A head as one makes it without thought for speed. */
function headOf(make: (length: number) => Buffer | ErrorCode): PayloadHead {
  return {
    sizeFor(length) {
      const head = make(length);
      return typeof head === 'number' ? -head : head.length;
    },
    write(length, target, at) {
      const head = make(length);
      if (typeof head !== 'number') target.set(head, at);
    },
  };
}

/** Lines of text: what a model of an application could look like. Sends are given a length in front. */
function lines(opened: number[] = [], closed: number[] = []): ReceiveModel<string> {
  return {
    name: 'lines',
    open(connection) {
      opened.push(connection.id);
      let rest = '';
      const deliver = (): void => {
        for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
          const line = rest.slice(0, end);
          rest = rest.slice(end + 1);
          if (!connection.deliver(line)) return;
        }
        if (rest.length > LONGEST) connection.fail(ErrorCode.MessageSize);
      };
      return {
        receive(data) {
          rest += data.toString('latin1');
          deliver();
        },
        resume: deliver,
        close: () => void closed.push(connection.id),
      };
    },
    head: headOf((length) => (length > LONGEST ? ErrorCode.MessageSize : Buffer.from(`${length}:`))),
  };
}

describe.each(modes)('receive models ($name)', ({ workerThreadCount }) => {
  test('decide what onReceive gets, on a server', async () => {
    const received: string[] = [];
    const opened: number[] = [];
    const closed: number[] = [];
    const done = deferred();
    await using server = new TcpServer(
      {
        onReceive: (_server, id, line: string) => void received.push(`${id} ${line}`),
        onClose: () => done.resolve(),
      },
      { workerThreadCount, model: lines(opened, closed) },
    );
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port);
    await peer.send('one\ntw');
    await peer.send('o\n\nthree\nnot finished');
    peer.end();
    await within(done.promise, 5000, 'The close');

    expect(received).toEqual(['1 one', '1 two', '1 ', '1 three']);
    expect(opened).toEqual([1]);
    expect(closed).toEqual([1]);
  });

  test('and on an agent and a client', async () => {
    await using listener = await netListener();
    const lineOfAgent = deferred<string>();
    const lineOfClient = deferred<string>();
    await using agent = new TcpAgent(
      { onReceive: (_agent, _id, line: string) => lineOfAgent.resolve(line) },
      { workerThreadCount, model: lines() },
    );
    await using client = new TcpClient(
      { onReceive: (_client, line: string) => lineOfClient.resolve(line) },
      { workerThreadCount, model: lines() },
    );
    agent.start();
    await agent.connectAsync(listener.host, listener.port);
    await (await listener.accepted()).send('to the agent\n');
    await client.startAsync(listener.host, listener.port);
    await (await listener.accepted()).send('to the client\n');

    expect(await lineOfAgent.promise).toBe('to the agent');
    expect(await lineOfClient.promise).toBe('to the client');
  });

  test.each([SendPolicy.Pack, SendPolicy.Safe, SendPolicy.Direct])(
    'put their head before each send, and each group of pieces (policy %i)',
    async (sendPolicy) => {
      await using listener = await netListener();
      await using agent = new TcpAgent({}, { workerThreadCount, sendPolicy, model: lines() });
      agent.start();
      const id = await agent.connectAsync(listener.host, listener.port);
      agent.send(id, Buffer.from('hello'));
      agent.send(id, Buffer.from('0123456789'), 2, 3);
      agent.sendPackets(id, [Buffer.from('ab'), Buffer.alloc(0), Buffer.from('cde')]);
      agent.send(id, Buffer.alloc(LONGEST, 'x'));
      const peer = await listener.accepted();
      const expected = `5:hello3:2345:abcde1000:${'x'.repeat(LONGEST)}`;

      expect(String(await peer.receivedBytes(expected.length))).toBe(expected);
    },
  );

  test('may refuse a send: nothing of it is sent, and the connection stays', async () => {
    await using listener = await netListener();
    await using agent = new TcpAgent({}, { workerThreadCount, model: lines() });
    agent.start();
    const id = await agent.connectAsync(listener.host, listener.port);

    expect(agent.send(id, Buffer.alloc(LONGEST + 1))).toBe(false);
    expect(agent.lastErrorCode).toBe(ErrorCode.MessageSize);
    expect(agent.sendPackets(id, [Buffer.alloc(LONGEST), Buffer.alloc(1)])).toBe(false);
    expect(agent.lastErrorCode).toBe(ErrorCode.MessageSize);
    expect(agent.sendSmallFile(id, import.meta.filename)).toBe(false);
    expect(agent.lastErrorCode).toBe(ErrorCode.MessageSize);
    expect(agent.sendPackets(id, [])).toBe(false);
    expect(agent.lastErrorCode).toBe(ErrorCode.InvalidArgument);
    agent.send(id, Buffer.from('ok'));
    expect(String(await (await listener.accepted()).receivedBytes(4))).toBe('2:ok');
  });

  test.each([SendPolicy.Pack, SendPolicy.Direct])(
    'may have something to say of nothing (policy %i)',
    async (sendPolicy) => {
      await using listener = await netListener();
      await using agent = new TcpAgent({}, { workerThreadCount, sendPolicy, model: lines() });
      agent.start();
      const id = await agent.connectAsync(listener.host, listener.port);

      expect(agent.send(id, Buffer.alloc(0))).toBe(true);
      expect(agent.send(id, Buffer.alloc(5), 3, 0)).toBe(true);
      expect(agent.sendPackets(id, [Buffer.alloc(0)])).toBe(true);
      expect(String(await (await listener.accepted()).receivedBytes(6))).toBe('0:0:0:');
    },
  );

  test('may put a long head before a payload, up to 16 KiB', async () => {
    await using listener = await netListener();
    let head = Buffer.alloc(16_384, 'head');
    const model: ReceiveModel<string> = { ...lines(), head: headOf(() => head) };
    await using agent = new TcpAgent({}, { workerThreadCount, model });
    agent.start();
    const id = await agent.connectAsync(listener.host, listener.port);
    for (const length of [1, 15_000, 20_000]) agent.send(id, Buffer.alloc(length, 'payload'));
    const expected = [1, 15_000, 20_000].map((length) =>
      Buffer.concat([head, Buffer.alloc(length, 'payload')]),
    );
    const received = await (await listener.accepted()).receivedBytes(Buffer.concat(expected).length);

    expect(received.equals(Buffer.concat(expected))).toBe(true);
    expect(agent.stats().sends).toBe(3);
    head = Buffer.alloc(16_385);
    expect(() => agent.send(id, Buffer.alloc(1))).toThrow(RangeError);
  });

  test('may give a connection up: (Receive, its code)', async () => {
    const closed = deferred<[SocketOperation, number]>();
    await using server = new TcpServer(
      { onClose: (_server, _id, ...why) => closed.resolve(why) },
      { workerThreadCount, model: lines() },
    );
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port);
    peer.socket.write('x'.repeat(LONGEST + 1));

    expect(await closed.promise).toEqual([SocketOperation.Receive, ErrorCode.MessageSize]);
  });

  test('stop delivering when onReceive returns Error or disconnects', async () => {
    for (const ending of ['Error', 'disconnect'] as const) {
      const received: string[] = [];
      const closed = deferred<SocketOperation>();
      await using server = new TcpServer(
        {
          onReceive: (it, id, line: string) => {
            received.push(line);
            if (line !== 'two') return HandleResult.Ok;
            if (ending === 'Error') return HandleResult.Error;
            it.disconnect(id);
            return HandleResult.Ok;
          },
          onClose: (_server, _id, operation) => closed.resolve(operation),
        },
        { workerThreadCount, model: lines() },
      );
      server.start('127.0.0.1');
      await using peer = await dialPeer(server.listenAddress!.port);
      await peer.send('one\ntwo\nthree\nfour\n');

      expect(await closed.promise).toBe(ending === 'Error' ? SocketOperation.Receive : SocketOperation.Close);
      expect(received).toEqual(['one', 'two']);
    }
  });

  test('keep the rest while paused and go on after, the end of the stream last', async () => {
    const seen: string[] = [];
    const closed = deferred();
    await using server = new TcpServer(
      {
        onReceive: (it, id, line: string) => {
          seen.push(line);
          it.pauseReceive(id);
          setImmediate(() => {
            seen.push('-');
            it.pauseReceive(id, false);
          });
        },
        onClose: () => {
          seen.push('closed');
          closed.resolve();
        },
      },
      { workerThreadCount, model: lines() },
    );
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port);
    peer.end(Buffer.from('one\ntwo\nthree\n'));
    await within(closed.promise, 5000, 'The close');

    expect(seen).toEqual(['one', '-', 'two', '-', 'three', '-', 'closed']);
  });

  test('may stop the reading while their own store is full', async () => {
    const received: string[] = [];
    const done = deferred();
    const lifts: (() => void)[] = [];
    const holding: ReceiveModel<string> = {
      name: 'holding',
      open: (connection) => ({
        receive: (data) => {
          connection.pauseReading();
          lifts.push(() => {
            connection.deliver(String(data));
            connection.resumeReading();
          });
        },
      }),
    };
    await using server = new TcpServer(
      {
        onReceive: (_server, _id, text: string) => {
          received.push(text);
          if (received.join('') === 'onetwo') done.resolve();
        },
      },
      { workerThreadCount, model: holding },
    );
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port);
    await peer.send('one');
    await eventually(() => lifts.length === 1, 'The first piece');
    await eventually(() => server.stats().readPauses !== 0, 'The hold');
    await peer.send('two');
    server.send(1, Buffer.from('x'));
    await peer.receivedBytes(1);
    expect(server.stats().bytesReceived).toBe(3);
    lifts[0]!();
    await eventually(() => lifts.length === 2, 'The second piece');
    lifts[1]!();
    await within(done.promise, 5000, 'Both pieces');
  });

  test('one that throws while opening refuses the connection', async () => {
    const throwing: ReceiveModel<string> = {
      name: 'throwing',
      open() {
        throw new Error('no room for another');
      },
    };
    await using listener = await netListener();
    using uncaught = new UncaughtErrors();
    await using agent = new TcpAgent({}, { workerThreadCount, model: throwing });
    agent.start();

    await expect(agent.connectAsync(listener.host, listener.port)).rejects.toMatchObject({
      errno: ErrorCode.Canceled,
    });
    await (
      await listener.accepted()
    ).ended;
    expect(await uncaught.messages(1)).toEqual(['no room for another']);
  });

  test('with receiveBuffer borrowed, what a model keeps stays as it is', async () => {
    const kept: Buffer[] = [];
    const keeping: ReceiveModel<Buffer> = {
      name: 'keeping',
      open: (connection) => ({
        receive: (data) => {
          kept.push(data);
          connection.deliver(data);
        },
      }),
    };
    const closed = deferred();
    await using server = new TcpServer(
      { onClose: () => closed.resolve() },
      { workerThreadCount, receiveBuffer: 'borrowed', model: keeping },
    );
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port);
    peer.end(new Pattern().take(1_000_000));
    await within(closed.promise, 5000, 'The close');

    expect(Buffer.concat(kept)).toHaveLength(1_000_000);
    expect(() => new Pattern().check(Buffer.concat(kept))).not.toThrow();
  });

  test('one that borrows is lent memory that is used again', async () => {
    const total = 4_000_000;
    const pattern = new Pattern();
    const memory = new Set<ArrayBufferLike>();
    const borrowing: ReceiveModel<never> = {
      name: 'borrowing',
      open: () => ({
        borrows: true,
        receive: (data) => {
          pattern.check(data);
          memory.add(data.buffer);
        },
      }),
    };
    const closed = deferred();
    await using server = new TcpServer(
      { onClose: () => closed.resolve() },
      { workerThreadCount, model: borrowing },
    );
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port);
    peer.end(new Pattern().take(total));
    await within(closed.promise, 5000, 'The close');

    expect(pattern.position).toBe(total);
    // Blocks of its own would be 60 and more; those that arrive before the core knows are, a megabyte at most.
    expect(memory.size).toBeLessThan(40);
  });
});
