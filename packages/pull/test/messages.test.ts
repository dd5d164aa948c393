// SPDX-License-Identifier: Apache-2.0
// The typical use: a head that tells the length of the body. The other side is written with node:net, by hand.
import { describe, expect, test } from 'vitest';
import { FetchResult } from '@hp/pull';
import { TcpPullAgent, TcpPullServer } from '@hp/pull/tcp';
import { ErrorCode, HandleResult, SendPolicy, SocketOperation } from '@hp/tcp';
import { dialPeer, EventLog, modes, netListener, Pattern } from '@hp/testkit';

const HEAD_BYTES = 4;
const MAX_BODY_BYTES = 100_000;

/** What both components have in common. */
type Fetching = Pick<TcpPullServer, 'fetch' | 'peek' | 'sendPackets' | 'lastErrorCode'>;

/** Sends every whole message back; `Error` for a length that cannot be. */
function echo(component: Fetching, id: number, total: number): HandleResult {
  const head = Buffer.alloc(HEAD_BYTES);
  for (let left = total; left >= HEAD_BYTES;) {
    component.peek(id, head);
    const length = head.readUInt32BE();
    if (length > MAX_BODY_BYTES) {
      component.lastErrorCode = ErrorCode.MessageSize;
      return HandleResult.Error;
    }
    left -= HEAD_BYTES + length;
    if (left < 0) break;
    if (component.fetch(id, head) !== FetchResult.Ok) return HandleResult.Error;
    component.sendPackets(id, [head, component.fetch(id, length) ?? Buffer.alloc(0)]);
  }
  return HandleResult.Ok;
}

function messageOf(body: Buffer): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

function messagesOf(bodyLengths: readonly number[]): Buffer {
  const pattern = new Pattern();
  return Buffer.concat(bodyLengths.map((length) => messageOf(pattern.take(length))));
}

const lengths = [1, 2, 60, 1000, 8192, 65_532, 65_536, MAX_BODY_BYTES, 3];
const policies = [SendPolicy.Pack, SendPolicy.Safe, SendPolicy.Direct].map((sendPolicy) => ({
  sendPolicy,
  policy: SendPolicy[sendPolicy],
}));

describe.each(modes)('messages of head and body ($name)', ({ workerThreadCount }) => {
  describe.each(policies)('policy $policy', ({ sendPolicy }) => {
    const settings = { workerThreadCount, sendPolicy };

    test.each([1, 7, 1000, 1_000_000])(
      'come back from a server, sent in pieces of %i bytes',
      async (piece) => {
        await using server = new TcpPullServer({ onReceive: echo }, settings);
        server.start('127.0.0.1');
        await using peer = await dialPeer(server.listenAddress?.port ?? 0);
        // Short ones where there would be many pieces.
        const stream = messagesOf(piece < 100 ? lengths.slice(0, 3) : lengths);
        for (let at = 0; at < stream.length; at += piece) await peer.send(stream.subarray(at, at + piece));
        expect((await peer.receivedBytes(stream.length)).equals(stream)).toBe(true);
      },
    );

    test('come back from an agent', async () => {
      await using listener = await netListener();
      await using agent = new TcpPullAgent({ onReceive: echo }, settings);
      agent.start();
      await agent.connectAsync(listener.host, listener.port);
      const peer = await listener.accepted();
      const stream = messagesOf(lengths);
      peer.socket.write(stream);
      expect((await peer.receivedBytes(stream.length)).equals(stream)).toBe(true);
    });
  });

  test('of a length that cannot be end the connection with what the listener says, and no other', async () => {
    const log = new EventLog();
    await using server = new TcpPullServer(
      {
        onReceive: echo,
        onClose: (_, id, operation, errorCode) => log.add({ name: 'onClose', id, operation, errorCode }),
      },
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    const port = server.listenAddress?.port ?? 0;
    await using good = await dialPeer(port);
    await using bad = await dialPeer(port);
    bad.socket.write('GET / HTTP/1.1\r\n\r\n');

    expect(await log.next('onClose')).toMatchObject({
      operation: SocketOperation.Receive,
      errorCode: ErrorCode.MessageSize,
    });
    await good.send(messageOf(Buffer.from('still here')));
    expect(String(await good.receivedBytes(14))).toContain('still here');
    expect(server.connectionCount).toBe(1);
  });
});
