// SPDX-License-Identifier: Apache-2.0
import { Readable, Transform, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { describe, expect, test } from 'vitest';
import { dialPeer, once, Pattern, within } from '@hp/testkit';
import { ErrorCode, SocketError, SocketOperation, TcpServer, toDuplex } from '@hp/tcp';
import { modes } from './modes.js';
import { roles } from './support/sides.js';
import { stalled } from './support/stalled.js';
import { thrownBy } from './support/thrown.js';

const MIB = 1024 * 1024;
const orderly = [{ operation: SocketOperation.Close, errorCode: 0 }];

/** A readable stream of `total` bytes of the pattern. */
function source(total: number): Readable {
  const sent = new Pattern();
  return new Readable({
    read() {
      this.push(sent.position < total ? sent.take(Math.min(100_000, total - sent.position)) : null);
    },
  });
}

describe.each(modes)('toDuplex ($name)', ({ workerThreadCount }) => {
  describe.each(roles)('of a $role', ({ open }) => {
    test('is read to the end of what the peer sends', async () => {
      await using side = await open({}, { workerThreadCount });
      const stream = toDuplex(side.component, side.id);
      const sent = new Pattern();
      side.peer.socket.write(sent.take(10));
      side.peer.end(sent.take(3_000_000));
      const received = await within(buffer(stream), 5000, 'The end of the stream');

      expect(received).toHaveLength(sent.position);
      expect(() => new Pattern().check(received)).not.toThrow();
      expect(side.log.count('onReceive')).toBe(0);
      expect(side.log.all('onClose')).toMatchObject(orderly);
    });

    test('end() sends all that was written and half-closes; reading goes on', async () => {
      await using side = await open({}, { workerThreadCount });
      const stream = toDuplex(side.component, side.id);
      const sent = new Pattern();
      for (const size of [0, 1, 5000, 2_000_000]) stream.write(sent.take(size));
      stream.end(sent.take(3));
      await side.peer.ended;
      expect(side.peer.receivedLength).toBe(sent.position);
      expect(() => new Pattern().check(side.peer.received)).not.toThrow();
      expect(side.isConnected).toBe(true);
      side.peer.end(Buffer.from('answer'));

      expect(String(await within(buffer(stream), 5000, 'The end of the stream'))).toBe('answer');
      expect(side.log.all('onClose')).toMatchObject(orderly);
    });

    test('nobody reads it: the peer is stalled, and loses nothing', async () => {
      const total = 40 * MIB;
      await using side = await open({}, { workerThreadCount });
      const stream = toDuplex(side.component, side.id);
      const sending = pipeline(source(total), side.peer.socket, { end: true });
      expect((await stalled(side.component)).bytesReceived).toBeLessThan(3 * MIB);
      const received = await within(buffer(stream), 20_000, 'The end of the stream');
      await sending.catch(() => undefined);

      expect(received).toHaveLength(total);
      expect(() => new Pattern().check(received)).not.toThrow();
    });

    test('a pipeline into it waits for a peer that does not read', async () => {
      const total = 40 * MIB;
      await using side = await open({}, { workerThreadCount, peerReads: false });
      const stream = toDuplex(side.component, side.id);
      const ended = new AbortController();
      const piped = pipeline(source(total), stream, { signal: ended.signal });
      let last = -1;
      await expect
        .poll(() => {
          const { sends } = side.component.stats();
          const rests = sends === last;
          last = sends;
          return rests;
        })
        .toBe(true);
      expect(side.pendingDataLength).toBeLessThan(2 * MIB);
      side.peer.resume();
      await side.peer.receivedBytes(total);
      side.peer.end();
      await within(piped, 10_000, 'The end of the pipeline');

      expect(() => new Pattern().check(side.peer.received)).not.toThrow();
    });

    test('a pipeline from it and back, through a transform', async () => {
      await using side = await open({}, { workerThreadCount });
      const stream = toDuplex(side.component, side.id);
      const invert = new Transform({
        transform: (data: Buffer, _encoding, done) =>
          done(
            null,
            data.map((byte) => ~byte),
          ),
      });
      const piped = pipeline(stream, invert, stream);
      const sent = new Pattern();
      for (let count = 0; count < 20; count++) side.peer.socket.write(sent.take(100_000));
      const received = await side.peer.receivedBytes(sent.position);
      side.peer.end();
      await within(piped, 5000, 'The end of the pipeline');

      expect(() => new Pattern().check(received.map((byte) => ~byte))).not.toThrow();
      expect(side.log.all('onClose')).toMatchObject(orderly);
    });

    test('destroy() disconnects', async () => {
      await using side = await open({}, { workerThreadCount });
      const stream = toDuplex(side.component, side.id);
      stream.destroy();
      await side.log.next('onClose');
      await Promise.race([side.peer.ended, side.peer.closed]);

      expect(side.log.all('onClose')).toMatchObject(orderly);
    });

    test('a pipeline whose other end fails disconnects', async () => {
      await using side = await open({}, { workerThreadCount });
      const stream = toDuplex(side.component, side.id);
      const full = new Writable({ write: (_data, _encoding, done) => done(new Error('disk full')) });
      const piped = pipeline(stream, full);
      side.peer.socket.write('something');

      await expect(piped).rejects.toThrow('disk full');
      await side.log.next('onClose');
      expect(stream.destroyed).toBe(true);
    });

    test('a reset fails the stream, and what waits to be written', async () => {
      await using side = await open({}, { workerThreadCount, peerReads: false });
      const stream = toDuplex(side.component, side.id);
      const piped = pipeline(source(40 * MIB), stream);
      const failed = once(stream, 'close').catch((error: unknown) => error);
      await stalled(side.component);
      side.peer.reset();

      await expect(piped).rejects.toMatchObject({ name: 'HpSocketError', systemCode: 'ECONNRESET' });
      expect(await failed).toMatchObject({ systemCode: 'ECONNRESET' });
      expect(side.log.all('onClose')).toMatchObject([{ errorCode: ErrorCode.ConnectionReset }]);
    });

    test('a disconnect from here ends it in order; writing then fails', async () => {
      await using side = await open({}, { workerThreadCount });
      const stream = toDuplex(side.component, side.id);
      side.close();
      const outcome = await new Promise<unknown>((resolve) => {
        stream.on('error', () => {});
        stream.write('late', resolve);
      });
      await side.log.next('onClose');

      expect(outcome).toMatchObject({ name: 'HpSocketError', errno: ErrorCode.ObjectNotFound });
    });

    test('a stop ends it', async () => {
      await using side = await open({}, { workerThreadCount });
      const stream = toDuplex(side.component, side.id);
      const received = buffer(stream);
      await side.component.stop();

      expect(await within(received, 5000, 'The end of the stream')).toHaveLength(0);
    });

    test('throws where the connection is not open or has another taker', async () => {
      await using side = await open({}, { workerThreadCount });
      const { component, id } = side;
      expect(thrownBy(() => toDuplex(component, id + 1))).toMatchObject({
        socketError: SocketError.IllegalState,
        errno: ErrorCode.ObjectNotFound,
      });
      const stream = toDuplex(component, id);
      expect(thrownBy(() => toDuplex(component, id)).socketError).toBe(SocketError.IllegalState);
      await side.peer.send('for the first');

      expect(String((await once(stream, 'data'))[0])).toBe('for the first');
    });
  });

  test('an echo by pipeline answers a peer that finishes sending before it reads', async () => {
    const total = 8 * MIB;
    await using server = new TcpServer(
      {
        onAccept: (it, id) => {
          const stream = toDuplex(it, id);
          void pipeline(stream, stream);
        },
      },
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port, { reads: false });
    const sent = new Pattern();
    for (let count = 0; count < 8; count++) peer.socket.write(sent.take(MIB));
    peer.end();
    await stalled(server);
    peer.resume();
    const received = await peer.receivedBytes(total);

    expect(() => new Pattern().check(received)).not.toThrow();
  });
});
