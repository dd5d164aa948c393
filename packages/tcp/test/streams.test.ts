// SPDX-License-Identifier: Apache-2.0
import { type Duplex, Readable, Transform, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { describe, expect, test } from 'vitest';
import { modes, once, Pattern, within } from '@hp/testkit';
import { ErrorCode, SocketError, SocketOperation, toDuplex } from '@hp/tcp';
import { beBusy } from './support/busy.js';
import { roles, type Side } from './support/sides.js';
import { stalled } from './support/stalled.js';
import { thrownBy } from '../../core-native/test/support/thrown.js';

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

/** All that comes until the end; other than `buffer`, it does not destroy the stream then. */
async function readToEnd(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  await once(stream, 'end');
  return Buffer.concat(pieces);
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
      await side.log.next('onClose');

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
      await side.log.next('onClose');

      expect(() => new Pattern().check(received.map((byte) => ~byte))).not.toThrow();
      expect(side.log.all('onClose')).toMatchObject(orderly);
    });

    test('an echo by pipeline answers a peer that finishes sending before it reads', async () => {
      const total = 8 * MIB;
      await using side = await open({}, { workerThreadCount, peerReads: false });
      const stream = toDuplex(side.component, side.id);
      const piped = pipeline(stream, stream);
      const sent = new Pattern();
      while (sent.position < total) side.peer.socket.write(sent.take(MIB));
      side.peer.end();
      await stalled(side.component);
      side.peer.resume();
      await side.peer.receivedBytes(total);
      await side.peer.ended;
      await within(piped, 5000, 'The end of the pipeline');

      expect(side.peer.receivedLength).toBe(total);
      expect(() => new Pattern().check(side.peer.received)).not.toThrow();
    });

    test('half-open: a peer that has finished gets answers that take their time, then the end', async () => {
      const total = 3 * MIB;
      await using side = await open({}, { workerThreadCount });
      const stream = toDuplex(side.component, side.id, { allowHalfOpen: true });
      const slowly = new Transform({
        transform: (data: Buffer, _encoding, done) => setImmediate(done, null, data),
        flush: (done) => setImmediate(done, null, 'bye'),
      });
      const piped = pipeline(stream, slowly, stream);
      side.peer.end(new Pattern().take(total));
      await side.peer.ended;
      await within(piped, 5000, 'The end of the pipeline');
      await side.log.next('onClose');

      expect(() => new Pattern().check(side.peer.received.subarray(0, total))).not.toThrow();
      expect(String(side.peer.received.subarray(total))).toBe('bye');
      expect(side.log.all('onClose')).toMatchObject(orderly);
    });

    test('half-open: a peer that has sent nothing gets an answer too', async () => {
      let stream: Duplex | undefined;
      const onOpen = (side: Side): void => {
        stream = toDuplex(side.component, side.id, { allowHalfOpen: true });
      };
      await using side = await open({ onOpen }, { workerThreadCount });
      await side.opened();
      side.peer.end();
      expect(await readToEnd(stream!)).toHaveLength(0);
      stream!.end('answer');
      await side.peer.ended;

      expect(String(side.peer.received)).toBe('answer');
    });

    test('half-open: it stays open until it is ended from here too', async () => {
      await using side = await open({}, { workerThreadCount });
      const stream = toDuplex(side.component, side.id, { allowHalfOpen: true });
      side.peer.end(Buffer.from('question'));
      expect(String(await readToEnd(stream))).toBe('question');
      await new Promise(setImmediate);
      expect([side.isConnected, stream.writable, stream.destroyed]).toEqual([true, true, false]);
      stream.end('answer');
      await side.peer.ended;
      await side.log.next('onClose');

      expect(String(side.peer.received)).toBe('answer');
      expect(side.log.all('onClose')).toMatchObject(orderly);
    });

    test('half-open: a peer that goes away fails the stream', async () => {
      await using side = await open({}, { workerThreadCount });
      const stream = toDuplex(side.component, side.id, { allowHalfOpen: true });
      const failed = once(stream, 'close').catch((error: unknown) => error);
      side.peer.end(Buffer.from('question'));
      await readToEnd(stream);
      side.peer.socket.destroy();
      const written = pipeline(source(Infinity), stream);

      await expect(written).rejects.toMatchObject({ name: 'HpSocketError' });
      expect(await failed).toMatchObject({ name: 'HpSocketError' });
      expect(side.log.count('onClose')).toBe(1);
    });

    test('the end of the peer waits for a pause to be over', async () => {
      await using side = await open({}, { workerThreadCount });
      const stream = toDuplex(side.component, side.id);
      const received = buffer(stream);
      let isEnded = false;
      stream.once('end', () => (isEnded = true));
      await side.peer.send('all of it');
      await once(stream, 'data');
      side.pauseReceive();
      side.peer.end();
      for (let turn = 0; turn < 5; turn++) {
        beBusy();
        await new Promise(setImmediate);
      }
      const wasEnded = isEnded;
      side.pauseReceive(false);

      expect(String(await within(received, 5000, 'The end of the stream'))).toBe('all of it');
      expect(wasEnded).toBe(false);
      await side.peer.ended;
    });

    test('an end that is on its way when a pause begins waits too', async () => {
      for (let round = 0; round < 5; round++) {
        await using side = await open({}, { workerThreadCount });
        const stream = toDuplex(side.component, side.id);
        let isEnded = false;
        stream.once('end', () => (isEnded = true));
        side.peer.end(Buffer.from('all of it'));
        await once(stream, 'data');
        await new Promise(setImmediate);
        beBusy();
        side.pauseReceive();
        const wasEnded = isEnded;
        for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
        expect(isEnded).toBe(wasEnded);
        side.pauseReceive(false);
        await side.peer.ended;
        expect(isEnded).toBe(true);
      }
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

  // A client's close is its stop, which drops what is queued.
  test.each(roles.filter(({ role }) => role !== 'client'))(
    'destroy() of a $role after end() sends what was written',
    async ({ open }) => {
      const total = 12 * MIB;
      const settings = { highWaterMarkBytes: 2 * total, peerReads: false };
      await using side = await open({}, { workerThreadCount, ...settings });
      const stream = toDuplex(side.component, side.id);
      const sent = new Pattern();
      while (sent.position < total) stream.write(sent.take(4 * MIB));
      stream.end(() => stream.destroy());
      await side.log.next('onClose');
      side.peer.resume();
      await side.peer.ended;

      expect(side.peer.receivedLength).toBe(total);
      expect(() => new Pattern().check(side.peer.received)).not.toThrow();
    },
  );
});
