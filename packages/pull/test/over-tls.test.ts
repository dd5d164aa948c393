// SPDX-License-Identifier: Apache-2.0
// PULL over TLS: what is fetched does not depend on the records it came in.
import { describe, expect, test } from 'vitest';
import { FetchResult } from '@hp/pull';
import { SslPullAgent, SslPullClient, SslPullServer } from '@hp/pull/ssl';
import { ErrorCode, SocketOperation } from '@hp/ssl';
import { deferred, EventLog, eventually, modes, Pattern, within } from '@hp/testkit';
import { clientContext, serverContext } from '../../ssl/test/support/contexts.js';
import { dialTls } from '../../ssl/test/support/tls-peer.js';

const MIB = 1024 * 1024;
/** A message: its length in four bytes, and that many more. */
const HEAD_BYTES = 4;

/** The next message that has come whole. */
function nextMessage(component: SslPullServer | SslPullAgent, id: number): Buffer | undefined {
  const head = component.peek(id, HEAD_BYTES);
  return head && component.fetch(id, HEAD_BYTES + head.readUInt32BE());
}

describe.each(modes)('PULL over TLS ($name)', ({ workerThreadCount }) => {
  test('messages of every size are fetched whole', async () => {
    const sizes = [0, 1, 16_380, 16_384, 16_385, 300_000, MIB];
    const answered = deferred();
    const answers: number[] = [];
    const [sent, echoed] = [new Pattern(), new Pattern()];
    await using server = new SslPullServer(
      {
        onReceive: (it, id) => {
          let message: Buffer | undefined;
          while ((message = nextMessage(it, id)) !== undefined) it.send(id, message);
        },
      },
      { workerThreadCount, context: serverContext() },
    );
    server.start('127.0.0.1');
    await using agent = new SslPullAgent(
      {
        onReceive: (it, id) => {
          let message: Buffer | undefined;
          while ((message = nextMessage(it, id)) !== undefined) {
            echoed.check(message.subarray(HEAD_BYTES));
            answers.push(message.length - HEAD_BYTES);
            if (answers.length === sizes.length) answered.resolve();
          }
        },
      },
      { workerThreadCount, context: clientContext() },
    );
    agent.start();
    const id = await agent.connectAsync('127.0.0.1', server.listenAddress?.port ?? 0);
    for (const size of sizes) {
      const head = Buffer.alloc(HEAD_BYTES);
      head.writeUInt32BE(size);
      expect(agent.sendPackets(id, [head, sent.take(size)])).toBe(true);
    }
    await within(answered.promise, 10_000, 'Every answer');

    expect(answers).toEqual(sizes);
  });

  test('a client finds, peeks and fetches into its own buffer', async () => {
    const line = deferred<unknown>();
    await using server = new SslPullServer(
      { onReceive: (it, id, total) => void it.send(id, it.fetch(id, total) ?? Buffer.alloc(0)) },
      { workerThreadCount, context: serverContext() },
    );
    server.start('127.0.0.1');
    await using client = new SslPullClient(
      {
        onReceive: (it) => {
          const end = it.indexOf(0x0a);
          if (end < 0) return;
          const target = Buffer.alloc(end + 1);
          const results = [it.peek(target), it.fetch(target), it.fetch(Buffer.alloc(1))];
          line.resolve([...results, String(target)]);
        },
      },
      { workerThreadCount, context: clientContext() },
    );
    await client.startAsync('127.0.0.1', server.listenAddress?.port ?? 0);
    client.send(Buffer.from('one '));
    client.send(Buffer.from('line\n'));

    expect(await within(line.promise, 5000, 'The line')).toEqual([
      ...[FetchResult.Ok, FetchResult.Ok, FetchResult.LengthTooLong, 'one line\n'],
    ]);
  });

  test('what nobody fetches stays within maxBufferedBytes, and is all there later', async () => {
    const total = 3 * MIB;
    const log = new EventLog();
    await using server = new SslPullServer(
      { onReceive: (_, id, length) => log.add({ name: 'onReceive', id, length }) },
      { workerThreadCount, context: serverContext(), maxBufferedBytes: 100_000 },
    );
    server.start('127.0.0.1');
    await using peer = await dialTls(server.listenAddress?.port ?? 0);
    peer.socket.write(new Pattern().take(total));
    const { id } = await log.next('onReceive');
    await eventually(() => server.fetchableLength(id) >= 100_000, 'As much as may wait');
    // What had been read by then comes too.
    expect(server.fetchableLength(id)).toBeLessThan(100_000 + 2 * MIB);
    const fetched = new Pattern();
    while (fetched.position < total) {
      await eventually(() => server.fetchableLength(id) > 0, 'More');
      fetched.check(server.fetch(id, server.fetchableLength(id)) ?? Buffer.alloc(0));
    }

    expect(fetched.position).toBe(total);
  });

  test('what came before an orderly end can be fetched inside onClose', async () => {
    const closed = deferred<unknown>();
    await using server = new SslPullServer(
      {
        onClose: (it, id, operation, errorCode) => {
          closed.resolve([operation, errorCode, it.fetchableLength(id), String(it.fetch(id, 4))]);
        },
      },
      { workerThreadCount, context: serverContext() },
    );
    server.start('127.0.0.1');
    await using peer = await dialTls(server.listenAddress?.port ?? 0);
    peer.end(Buffer.from('last'));

    expect(await within(closed.promise, 5000, 'The close')).toEqual([
      ...[SocketOperation.Close, ErrorCode.Ok, 4, 'last'],
    ]);
  });
});
