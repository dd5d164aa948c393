// SPDX-License-Identifier: Apache-2.0
// What becomes of the settings of the listening side.
import { describe, expect, test } from 'vitest';
import { EventLog, modes, option } from '@hp/testkit';
import { LiveSocket } from '@hp/core-native';
import { TcpAgent, TcpServer } from '@hp/tcp';
import { serverListener } from './support/listeners.js';

/** Where TCP_INFO of a listening socket has the length of its queue on Linux. */
const QUEUE_AT = 28;

test.each(modes)('socketListenQueue is the length of the queue ($name)', async ({ workerThreadCount }) => {
  let listening = -1;
  await using server = new TcpServer(
    { onPrepareListen: (_server, socket) => void (listening = socket.fd) },
    { workerThreadCount, socketListenQueue: 17 },
  );
  server.start('127.0.0.1');
  const info = new LiveSocket(listening).getOption(...option.info, 2 * QUEUE_AT) as Buffer;

  expect(info.readUInt32LE(QUEUE_AT)).toBe(17);
});

test('acceptSocketCount is how many are accepted at once', async () => {
  const waiting = 50;
  const batches: number[] = [];
  for (const acceptSocketCount of [1, 10, waiting]) {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount: 0, acceptSocketCount });
    await using agent = new TcpAgent({}, { workerThreadCount: 1 });
    server.start('127.0.0.1');
    agent.start('', false);
    const before = server.stats().batches;
    // They block: the server, which runs in this thread, finds all of them waiting.
    for (let count = 0; count < waiting; count++) agent.connect('127.0.0.1', server.listenAddress!.port);
    await log.next('onAccept', waiting);
    batches.push(server.stats().batches - before);
  }

  expect(batches).toEqual([waiting, waiting / 10, 1]);
});

describe.each(modes)('settings of the queue ($name)', ({ workerThreadCount }) => {
  test('one accept at a time, and one place to wait, serve everybody all the same', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), {
      workerThreadCount,
      acceptSocketCount: 1,
      socketListenQueue: 1,
    });
    await using agent = new TcpAgent({}, { workerThreadCount });
    server.start('127.0.0.1');
    agent.start();
    const { port } = server.listenAddress!;
    for (let count = 0; count < 100; count++) await agent.connectAsync('127.0.0.1', port);
    await log.next('onAccept', 100);

    expect(server.connectionCount).toBe(100);
  });
});
