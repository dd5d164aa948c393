// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { deferred, dialPeer, modes, netListener, Pattern, within } from '@hp/testkit';
import { ErrorCode, iterateBytes, SocketOperation, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';

describe.each(modes)("receiveBuffer: 'borrowed' ($name)", ({ workerThreadCount }) => {
  const settings = { workerThreadCount, receiveBuffer: 'borrowed' } as const;

  test('onReceive gets a shared buffer, and where in it the bytes are', async () => {
    const total = 8_000_000;
    const received = new Pattern();
    const buffers = new Set<Buffer>();
    const finished = deferred();
    await using server = new TcpServer(
      {
        onReceive: (_server, _id, buffer, offset, length) => {
          received.check(buffer.subarray(offset, offset + length));
          buffers.add(buffer);
          if (received.position === total) finished.resolve();
        },
      },
      settings,
    );
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port);
    const sent = new Pattern();
    while (sent.position < total) peer.socket.write(sent.take(1_000_000));
    await within(finished.promise, 10_000, 'The last byte');

    // The same few blocks again and again.
    expect(buffers.size).toBeLessThan(workerThreadCount === 0 ? 20 : 200);
  });

  test('a borrowed part can be sent on at once, in all roles', async () => {
    await using server = new TcpServer(
      { onReceive: (it, id, buffer, offset, length) => void it.send(id, buffer, offset, length) },
      settings,
    );
    server.start('127.0.0.1');
    const { port } = server.listenAddress!;
    const total = 2_000_000;
    const echoed = [new Pattern(), new Pattern()] as const;
    const finished = deferred();
    const check = (pattern: Pattern, buffer: Buffer, offset: number, length: number): void => {
      pattern.check(buffer.subarray(offset, offset + length));
      if (echoed.every(({ position }) => position === total)) finished.resolve();
    };
    await using agent = new TcpAgent(
      { onReceive: (_agent, _id, ...place) => check(echoed[0], ...place) },
      settings,
    );
    await using client = new TcpClient(
      { onReceive: (_client, ...place) => check(echoed[1], ...place) },
      settings,
    );
    agent.start();
    const id = await agent.connectAsync('127.0.0.1', port);
    await client.startAsync('127.0.0.1', port);
    const sent = new Pattern();
    while (sent.position < total) {
      const data = sent.take(50_000);
      agent.send(id, data);
      client.send(data);
    }
    await within(finished.promise, 10_000, 'Both echoes');

    expect(echoed.map(({ position }) => position)).toEqual([total, total]);
  });

  test('owned buffers come with offset 0 and their length', async () => {
    const seen = deferred<[number, number, number]>();
    await using server = new TcpServer(
      { onReceive: (_server, _id, data, ...place) => seen.resolve([data.length, ...place]) },
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port);
    await peer.send('abc');

    expect(await seen.promise).toEqual([3, 0, 3]);
  });

  test('Error and exceptions close as with owned buffers', async () => {
    const closed = deferred<[SocketOperation, number]>();
    await using server = new TcpServer(
      { onReceive: () => 2, onClose: (_server, _id, ...why) => closed.resolve(why) },
      settings,
    );
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port);
    await peer.send('x');

    expect(await closed.promise).toEqual([SocketOperation.Receive, ErrorCode.Canceled]);
    await Promise.race([peer.ended, peer.closed]);
  });

  test('what arrived when the connection was paused is delivered whole later', async () => {
    const received = new Pattern();
    const finished = deferred();
    const total = 1_000_000;
    await using server = new TcpServer(
      {
        onReceive: (it, id, buffer, offset, length) => {
          received.check(buffer.subarray(offset, offset + length));
          it.pauseReceive(id);
          setImmediate(() => it.pauseReceive(id, false));
        },
        onClose: () => finished.resolve(),
      },
      settings,
    );
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port);
    const sent = new Pattern();
    while (sent.position < total) peer.socket.write(sent.take(50_000));
    peer.end();
    await within(finished.promise, 10_000, 'The close');

    expect(received.position).toBe(total);
  });

  test('adapters keep what they were given, although the listener would only borrow it', async () => {
    await using listener = await netListener();
    const total = 4_000_000;
    await using client = new TcpClient({}, settings);
    await client.startAsync(listener.host, listener.port);
    const bytes = iterateBytes(client, client.connectionId);
    const peer = await listener.accepted();
    const sent = new Pattern();
    while (sent.position < total) peer.socket.write(sent.take(100_000));
    peer.end();
    const pieces: Buffer[] = [];
    for await (const piece of bytes) pieces.push(piece);

    expect(Buffer.concat(pieces)).toHaveLength(total);
    expect(() => new Pattern().check(Buffer.concat(pieces))).not.toThrow();
  });
});
