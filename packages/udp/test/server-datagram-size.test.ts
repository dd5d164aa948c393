// SPDX-License-Identifier: Apache-2.0
// How large a datagram of a server may be, and what a send makes of what it is given.
import { describe, expect, test } from 'vitest';
import { DatagramPeer, modes, Pattern } from '@hp/testkit';
import { ErrorCode, type UdpServer, type UdpServerOptions } from '@hp/udp';
import { echo, serve, type ServerHooks } from './support/served.js';

const LARGEST = 65_507;
const MAX = 100;

interface Conversation extends AsyncDisposable {
  readonly server: UdpServer;
  /** What the server sends to. */
  readonly id: number;
  readonly peer: DatagramPeer;
}

describe.each(modes)('sends of a UdpServer ($name)', ({ workerThreadCount }) => {
  /** A server that knows one peer. */
  async function meet(options: UdpServerOptions = {}, hooks: ServerHooks = {}): Promise<Conversation> {
    const served = serve({ workerThreadCount, maxDatagramSize: MAX, ...options }, hooks);
    const peer = await DatagramPeer.bind();
    await peer.send('x', served.port);
    await served.log.next('onReceive');
    return {
      ...{ server: served.server, id: 1, peer },
      async [Symbol.asyncDispose]() {
        await peer[Symbol.asyncDispose]();
        await served[Symbol.asyncDispose]();
      },
    };
  }

  test.each([1, 2_147_483_647])('postReceiveCount %d: nothing is lost of many', async (postReceiveCount) => {
    await using met = await meet({ postReceiveCount }, { onReceive: echo });
    for (let count = 1; count <= 100; count++) {
      await met.peer.send(String(count), met.server.listenAddress!.port);
    }
    await met.peer.next(101);

    expect(met.peer.texts.slice(1)).toEqual(Array.from({ length: 100 }, (_each, index) => String(index + 1)));
  });

  test('the largest arrives whole; one byte more is refused, and so is nothing', async () => {
    await using met = await meet();
    const { server, id, peer } = met;
    expect(server.send(id, new Pattern().take(MAX))).toBe(true);
    for (const length of [MAX + 1, LARGEST + 1, 0]) {
      server.lastErrorCode = ErrorCode.Ok;
      expect(server.send(id, Buffer.alloc(length))).toBe(false);
      expect(server.lastErrorCode).toBe(ErrorCode.InvalidArgument);
    }
    expect(server.send(id, Buffer.from('end'))).toBe(true);
    await peer.next(2);

    expect(peer.datagrams.map(({ data }) => data.length)).toEqual([MAX, 3]);
    expect(() => new Pattern().check(peer.datagrams[0]!.data)).not.toThrow();
    expect(server.stats()).toMatchObject({ sends: 2, bytesSent: MAX + 3 });
  });

  test('sendPackets: the pieces are one datagram, and one byte too many is MessageSize', async () => {
    await using met = await meet();
    const { server, id, peer } = met;
    const pieces = ['one, ', '', 'two, ', 'three'].map((text) => Buffer.from(text));
    expect(server.sendPackets(id, pieces)).toBe(true);
    expect(server.sendPackets(id, [Buffer.alloc(MAX - 1, 'a'), Buffer.from('b')])).toBe(true);
    expect(server.sendPackets(id, [Buffer.alloc(MAX), Buffer.alloc(1)])).toBe(false);
    expect(server.lastErrorCode).toBe(ErrorCode.MessageSize);
    for (const nothing of [[], [Buffer.alloc(0)], [Buffer.alloc(0), Buffer.alloc(0)]]) {
      server.lastErrorCode = ErrorCode.Ok;
      expect(server.sendPackets(id, nothing)).toBe(false);
      expect(server.lastErrorCode).toBe(ErrorCode.InvalidArgument);
    }
    await peer.next(2);

    expect(peer.texts).toEqual(['one, two, three', `${'a'.repeat(MAX - 1)}b`]);
    expect(server.stats().sends).toBe(2);
  });

  test(`${LARGEST} bytes both ways`, async () => {
    await using served = serve({ workerThreadCount, maxDatagramSize: LARGEST }, { onReceive: echo });
    const { log, port } = served;
    await using peer = await DatagramPeer.bind();
    const sent = new Pattern();
    for (let count = 1; count <= 20; count++) {
      await peer.send(sent.take(LARGEST), port);
      await peer.next(count);
    }

    const [received, echoed] = [new Pattern(), new Pattern()];
    for (const { data } of log.all('onReceive')) {
      expect(data).toHaveLength(LARGEST);
      received.check(data!);
    }
    for (const { data } of peer.datagrams) echoed.check(data);
    expect([received.position, echoed.position]).toEqual([20 * LARGEST, 20 * LARGEST]);
  });

  test('a burst of large ones, and of every size, arrives in order', async () => {
    await using met = await meet({ maxDatagramSize: 20_000, highWaterMarkBytes: 1_000_000 });
    const { server, id, peer } = met;
    const sent = new Pattern();
    const sizes = [20_000, 20_000, 19_999, 20_000, 1, 16_384, 16_383, 16_385, 2, 2, 2, 1, 7];
    for (const size of sizes) expect(server.send(id, sent.take(size))).toBe(true);
    await peer.next(sizes.length);

    expect(peer.datagrams.map(({ data }) => data.length)).toEqual(sizes);
    const received = new Pattern();
    for (const { data } of peer.datagrams) received.check(data);
  });

  test('offset and length choose the part; a part that is not there is refused', async () => {
    await using met = await meet();
    const { server, id, peer } = met;
    const text = Buffer.from('0123456789');
    expect(server.send(id, text, 4)).toBe(true);
    expect(server.send(id, text, 0, 3)).toBe(true);
    expect(server.send(id, text, 2, 5)).toBe(true);
    expect(server.send(id, text.subarray(5), 1, 2)).toBe(true);
    for (const [offset, length] of [
      [0, 11],
      [8, 3],
      [-1, 2],
      [11, 0],
      [0, -1],
      [10, 0],
      [Number.NaN, 1],
    ] as const) {
      server.lastErrorCode = ErrorCode.Ok;
      expect(server.send(id, text, offset, length)).toBe(false);
      expect(server.lastErrorCode).toBe(ErrorCode.InvalidArgument);
    }
    await peer.next(4);

    expect(peer.texts).toEqual(['456789', '012', '23456', '67']);
  });

  test('what is no array of bytes is refused', async () => {
    await using met = await meet();
    const { server, id, peer } = met;
    for (const wrong of ['text', new ArrayBuffer(4), new Uint16Array(4), [1, 2, 3]] as never[]) {
      expect(server.send(id, wrong, 0, 1)).toBe(false);
      expect(server.sendPackets(id, [wrong])).toBe(false);
      expect(server.lastErrorCode).toBe(ErrorCode.InvalidArgument);
    }
    expect(server.send(id, new Uint8Array([104, 105]))).toBe(true);

    expect(String((await peer.next()).data)).toBe('hi');
  });

  test.each([10, 20_000])("%i bytes are the caller's again when send returns", async (size) => {
    await using met = await meet({ maxDatagramSize: LARGEST });
    const { server, id, peer } = met;
    const memory = Buffer.alloc(size, 'a');
    expect(server.send(id, memory)).toBe(true);
    memory.fill('b');
    expect(server.sendPackets(id, [memory.subarray(0, 5), memory.subarray(5)])).toBe(true);
    memory.fill('c');
    await peer.next(2);

    expect(peer.texts).toEqual(['a'.repeat(size), 'b'.repeat(size)]);
  });

  test('a send to nobody is refused with ObjectNotFound, running or not', async () => {
    await using met = await meet();
    const { server } = met;
    for (const id of [0, 2, -1, 1.5, Number.NaN, 2 ** 53]) {
      server.lastErrorCode = ErrorCode.Ok;
      expect(server.send(id, Buffer.from('x'))).toBe(false);
      expect(server.sendPackets(id, [Buffer.from('x')])).toBe(false);
      expect(server.lastErrorCode).toBe(ErrorCode.ObjectNotFound);
    }
    await server.stop();
    server.lastErrorCode = ErrorCode.Ok;
    expect(server.send(1, Buffer.from('x'))).toBe(false);
    expect(server.lastErrorCode).toBe(ErrorCode.ObjectNotFound);
  });
});
