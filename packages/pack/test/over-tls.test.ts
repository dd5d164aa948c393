// SPDX-License-Identifier: Apache-2.0
// PACK over TLS: what arrives are the packs that were sent, whatever records they came in.
import { describe, expect, test } from 'vitest';
import { SslPackAgent, SslPackClient, SslPackServer } from '@hp/pack/ssl';
import { TcpPackClient } from '@hp/pack/tcp';
import { ErrorCode, SocketOperation } from '@hp/ssl';
import { deferred, EventLog, modes, Pattern, TemporaryDirectory, within } from '@hp/testkit';
import { clientContext, serverContext } from '../../ssl/test/support/contexts.js';
import { dialTls } from '../../ssl/test/support/tls-peer.js';

const { Receive } = SocketOperation;
/** Ten bits of flag above 22 of length, as on the wire of HP-Socket. */
const FLAG_SHIFT = 22;

function header(length: number, flag = 0): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(((flag << FLAG_SHIFT) | length) >>> 0);
  return bytes;
}

describe.each(modes)('PACK over TLS ($name)', ({ workerThreadCount }) => {
  function echoServer(
    log: EventLog,
    options: { maxPackSize?: number; headerFlag?: number } = {},
  ): SslPackServer {
    const server = new SslPackServer(
      {
        onHandshake: (_, id) => log.add({ name: 'onHandshake', id }),
        onReceive: (it, id, data) => {
          log.add({ name: 'onReceive', id, data });
          it.send(id, data);
        },
        onClose: (_, id, operation, errorCode) => log.add({ name: 'onClose', id, operation, errorCode }),
      },
      { workerThreadCount, context: serverContext(), ...options },
    );
    server.start('127.0.0.1');
    return server;
  }

  test('packs of every size come back whole, in order', async () => {
    const sizes = [1, 16_380, 16_384, 16_385, 100_000, 262_144, 3];
    const log = new EventLog();
    await using server = echoServer(log, { headerFlag: 0x2ab });
    const answers: Buffer[] = [];
    const answered = deferred();
    await using agent = new SslPackAgent(
      {
        onReceive: (_agent, _id, data) => {
          answers.push(data);
          if (answers.length === sizes.length) answered.resolve();
        },
      },
      { workerThreadCount, context: clientContext(), headerFlag: 0x2ab },
    );
    agent.start();
    const id = await agent.connectAsync('127.0.0.1', server.listenAddress?.port ?? 0);
    const [sent, received] = [new Pattern(), new Pattern()];
    for (const size of sizes) expect(agent.send(id, sent.take(size))).toBe(true);
    await within(answered.promise, 10_000, 'Every answer');

    expect(answers.map(({ length }) => length)).toEqual(sizes);
    for (const answer of answers) expect(() => received.check(answer)).not.toThrow();
    expect(log.all('onReceive').map(({ data }) => data?.length)).toEqual(sizes);
  });

  test('sendPackets and sendSmallFile make one pack each', async () => {
    await using directory = await TemporaryDirectory.create();
    const file = await directory.file('small', 'file');
    const log = new EventLog();
    await using server = echoServer(log);
    await using client = new SslPackClient({}, { workerThreadCount, context: clientContext() });
    await client.startAsync('127.0.0.1', server.listenAddress?.port ?? 0);
    client.sendPackets([Buffer.from('one '), Buffer.from('pack')]);
    client.sendSmallFile(file, Buffer.from('head '), Buffer.from(' tail'));
    await log.next('onReceive', 2);

    expect(log.all('onReceive').map(({ data }) => String(data))).toEqual(['one pack', 'head file tail']);
  });

  test('a pack beyond maxPackSize is not sent, and not taken: (Receive, MessageSize)', async () => {
    const log = new EventLog();
    await using server = echoServer(log, { maxPackSize: 1000 });
    await using client = new SslPackClient(
      {},
      { workerThreadCount, context: clientContext(), maxPackSize: 2000 },
    );
    await client.startAsync('127.0.0.1', server.listenAddress?.port ?? 0);
    expect(client.send(Buffer.alloc(2001))).toBe(false);
    client.send(Buffer.alloc(1000));
    client.send(Buffer.alloc(1001));

    expect(await log.next('onClose')).toMatchObject({ operation: Receive, errorCode: ErrorCode.MessageSize });
    expect(log.all('onReceive').map(({ data }) => data?.length)).toEqual([1000]);
  });

  test('another flag: (Receive, BadMessage)', async () => {
    const log = new EventLog();
    await using server = echoServer(log, { headerFlag: 5 });
    await using client = new SslPackClient(
      {},
      { workerThreadCount, context: clientContext(), headerFlag: 6 },
    );
    await client.startAsync('127.0.0.1', server.listenAddress?.port ?? 0);
    client.send(Buffer.from('hello'));

    expect(await log.next('onClose')).toMatchObject({ operation: Receive, errorCode: ErrorCode.BadMessage });
    expect(log.count('onReceive')).toBe(0);
  });

  test('inside TLS is the wire of HP-Socket, in pieces of any size', async () => {
    const log = new EventLog();
    await using server = echoServer(log, { headerFlag: 9 });
    await using peer = await dialTls(server.listenAddress?.port ?? 0);
    const parts = [header(5, 9), Buffer.from('hello'), header(3, 9), Buffer.from('end')];
    const stream = Buffer.concat(parts);
    // Each write is a record.
    for (const byte of stream) peer.socket.write(Buffer.of(byte));

    expect((await peer.receivedBytes(stream.length)).equals(stream)).toBe(true);
    expect(log.all('onReceive').map(({ data }) => String(data))).toEqual(['hello', 'end']);
  });

  test('who speaks PACK without TLS is refused, and nothing of it is received', async () => {
    const log = new EventLog();
    await using server = echoServer(log, { headerFlag: 9 });
    await using client = new TcpPackClient({}, { workerThreadCount, headerFlag: 9 });
    await client.startAsync('127.0.0.1', server.listenAddress?.port ?? 0);
    client.send(Buffer.from('hello, is there somebody?'));

    expect(await log.next('onClose')).toMatchObject({ operation: Receive, errorCode: ErrorCode.BadMessage });
    expect(log.names()).toEqual(['onClose']);
  });

  test('half a pack and an orderly end: nothing is received', async () => {
    const log = new EventLog();
    await using server = echoServer(log);
    await using peer = await dialTls(server.listenAddress?.port ?? 0);
    peer.end(Buffer.concat([header(5), Buffer.from('hel')]));
    await log.next('onClose');

    expect(log.names()).toEqual(['onHandshake', 'onClose']);
  });
});
