// SPDX-License-Identifier: Apache-2.0
// What may happen to a connection that has done the handshake.
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { eventually, modes, Pattern } from '@hp/testkit';
import { ErrorCode, SocketOperation } from '@hp/ssl';
import { Pair } from './support/pair.js';
import type { SecureLog } from './support/secure-log.js';
import { roles, secure, type SecureSide } from './support/sides.js';
import { dialTls } from './support/tls-peer.js';
import { type Direction, Wire } from './support/wire.js';

const { Close, Receive } = SocketOperation;
const { BadMessage, ConnectionReset, PendingLimit, Truncated } = ErrorCode;

const ends = [
  { at: 'the server', towards: 'up' },
  { at: 'the agent', towards: 'down' },
] as const;

/** After it, neither end has anything that the other has not read, such as tickets. */
async function greet({ side, peer }: SecureSide): Promise<void> {
  await peer.send('hello');
  await side.log.receivedBytes(5);
  side.send(Buffer.from('hello'));
  await peer.receivedBytes(5);
}

describe.each(modes)('faults of the line ($name)', ({ workerThreadCount }) => {
  describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', (maxVersion) => {
    /** A pair with a hop in between. */
    interface Line extends AsyncDisposable {
      readonly wire: Wire;
      /** Of the end at which the bytes arrive. */
      readonly log: SecureLog;
      /** Of the end that sends them. */
      readonly other: SecureLog;
      readonly send: (data: Buffer) => boolean;
    }

    async function overWire(towards: Direction): Promise<Line> {
      const pair = new Pair({ workerThreadCount, serverContext: { maxVersion } });
      const wire = await Wire.to(pair.port);
      const id = await pair.agent.connectAsync('127.0.0.1', wire.port);
      const { id: serverId } = await pair.serverLog.next('onHandshake');
      const { agent, server, agentLog, serverLog } = pair;
      return {
        wire,
        ...(towards === 'up'
          ? { log: serverLog, other: agentLog, send: (data) => agent.send(id, data) }
          : { log: agentLog, other: serverLog, send: (data) => server.send(serverId, data) }),
        async [Symbol.asyncDispose]() {
          await Promise.all([pair[Symbol.asyncDispose](), wire[Symbol.asyncDispose]()]);
        },
      };
    }

    test.each(ends)('a changed byte on its way to $at: (Receive, BadMessage)', async ({ towards }) => {
      await using line = await overWire(towards);
      const { wire, log, other, send } = line;
      send(Buffer.from('whole'));
      await log.receivedBytes(5);
      wire.change = (chunk, direction) => {
        if (direction === towards) chunk[chunk.length - 1]! ^= 1;
        return chunk;
      };
      send(Buffer.from('broken'));
      const close = await log.closed();

      expect(close).toMatchObject({ operation: Receive, errorCode: BadMessage });
      expect(close.reason).toMatch(/bad record mac/i);
      expect(String(log.received())).toBe('whole');
      const told = await other.closed();
      expect(told).toMatchObject({ operation: Receive, errorCode: BadMessage });
      expect(told.reason).toMatch(/alert:? bad record mac/i);
    });

    test.each(ends)('noise on its way to $at: (Receive, BadMessage)', async ({ towards }) => {
      await using line = await overWire(towards);
      const { wire, log, send } = line;
      send(Buffer.from('whole'));
      await log.receivedBytes(5);
      wire.insert(towards, randomBytes(100).fill(0xee, 0, 5));

      expect(await log.closed()).toMatchObject({ operation: Receive, errorCode: BadMessage });
    });

    test.each(ends)('a repeated record on its way to $at: (Receive, BadMessage)', async ({ towards }) => {
      await using line = await overWire(towards);
      const { wire, log, send } = line;
      send(Buffer.from('whole'));
      await log.receivedBytes(5);
      wire.change = (chunk, direction) => (direction === towards ? [chunk, Buffer.from(chunk)] : chunk);
      send(Buffer.from('once'));
      const close = await log.closed();

      expect(close).toMatchObject({ operation: Receive, errorCode: BadMessage });
      expect(String(log.received())).toBe('wholeonce');
    });

    test.each(ends)(
      'the end of the line without close_notify, to $at: (Close, Truncated)',
      async ({ towards }) => {
        await using line = await overWire(towards);
        const { wire, log, send } = line;
        send(Buffer.from('the beginning of'));
        await log.receivedBytes(16);
        wire.finish(towards);

        expect(await log.closed()).toMatchObject({ operation: Close, errorCode: Truncated });
      },
    );

    test.each(ends)('half a record and the end, to $at: (Close, Truncated)', async ({ towards }) => {
      await using line = await overWire(towards);
      const { wire, log, send } = line;
      send(Buffer.from('whole'));
      await log.receivedBytes(5);
      wire.change = (chunk, direction) => {
        if (direction !== towards) return chunk;
        setImmediate(() => wire.finish(towards));
        return chunk.subarray(0, -3);
      };
      send(Buffer.from('never whole'));

      expect(await log.closed()).toMatchObject({ operation: Close, errorCode: Truncated });
      expect(String(log.received())).toBe('whole');
    });

    test.each(ends)('a reset, to $at: (Receive, ConnectionReset)', async ({ towards }) => {
      await using line = await overWire(towards);
      const { wire, log } = line;
      wire.reset(towards);

      expect(await log.closed()).toMatchObject({ operation: Receive, errorCode: ConnectionReset });
    });
  });

  describe.each(roles)('of a $role', ({ role, open, openPlain }) => {
    test('close_notify is an orderly end: (Close, 0), and is answered', async () => {
      await using it = await open({}, { workerThreadCount });
      it.peer.end(Buffer.from('goodbye'));
      const close = await it.side.log.next('onClose');
      await it.peer.ended;

      expect(String(it.side.log.received())).toBe('goodbye');
      expect(close).toMatchObject({ operation: Close, errorCode: 0 });
      expect(it.reason).toBeUndefined();
      expect(await it.peer.closed).toBeUndefined();
    });

    test('a close from here tells the peer with close_notify', async () => {
      await using it = await open({}, { workerThreadCount });
      await greet(it);
      it.side.close();
      await it.peer.ended;

      expect(await it.side.log.next('onClose')).toMatchObject({ operation: Close, errorCode: 0 });
      expect(it.peer.socket.errored).toBeNull();
    });

    test('reset() resets', async () => {
      await using it = await open({}, { workerThreadCount });
      await greet(it);
      expect(it.side.reset()).toBe(true);

      expect(await it.peer.closed).toBe('ECONNRESET');
      expect(await it.side.log.next('onClose')).toMatchObject({ operation: Close, errorCode: 0 });
    });

    test('pauseReceive before the handshake holds it back too, and all goes on after it', async () => {
      await using side = await openPlain({ onOpen: (it) => void it.pauseReceive() }, { workerThreadCount });
      const secured = secure(role, side, { peer: { greeting: 'held back' } });
      setImmediate(() => side.pauseReceive(false));
      await using peer = await secured;

      expect(peer.socket.authorized || role !== 'server').toBe(true);
      expect(String(await side.log.receivedBytes(9))).toBe('held back');
      expect(side.log.names().slice(-2)).toEqual(['onHandshake', 'onReceive']);
    });

    test('pauseReceive inside onHandshake holds data back', async () => {
      await using it = await open(
        { onHandshake: (side) => void side.pauseReceive() },
        { workerThreadCount, peer: { greeting: 'held back' } },
      );
      it.side.send(Buffer.from('still sending'));
      await it.peer.receivedBytes(13);
      expect(it.side.log.count('onReceive')).toBe(0);
      it.side.pauseReceive(false);

      expect(String(await it.side.log.receivedBytes(9))).toBe('held back');
    });

    test('pauseReceive after the handshake holds back what has come, and loses nothing', async () => {
      const total = 3_000_000;
      let next = total / 10;
      let pauses = 0;
      let early = 0;
      await using it = await open(
        {
          onReceive: (side) => {
            if (pauses % 2 === 1) early++;
            if (side.log.receivedLength() >= next && next < total) {
              next += total / 10;
              pauses++;
              side.pauseReceive();
            }
          },
        },
        { workerThreadCount },
      );
      const sent = new Pattern().take(total);
      it.peer.socket.write(sent);
      for (let count = 1; it.side.log.receivedLength() < total; count++) {
        await eventually(() => pauses % 2 === 1 || it.side.log.receivedLength() === total, 'A pause, or all');
        it.side.send(Buffer.from('still sending'));
        await it.peer.receivedBytes(13 * count);
        pauses++;
        it.side.pauseReceive(false);
      }

      expect(it.side.log.received().equals(sent)).toBe(true);
      expect(pauses).toBeGreaterThan(2);
      expect(early).toBe(0);
    });

    test('a peer that does not read: congestion, then maxPendingBytes, and in the end all arrives', async () => {
      const block = 500_000;
      await using it = await open({}, { workerThreadCount, peerReads: false, maxPendingBytes: 8_000_000 });
      const sent = new Pattern();
      let refused = 0;
      // A thread may yet pass some on to the kernel.
      for (let quiet = 0; quiet < 5;) {
        if (it.side.send(sent.take(block))) {
          quiet = 0;
        } else {
          sent.position -= block;
          refused = it.side.lastErrorCode;
          quiet++;
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }
      expect(refused).toBe(PendingLimit);
      expect(it.side.isCongested).toBe(true);
      expect(it.side.pendingDataLength).toBeLessThan(9_000_000);
      it.peer.resume();
      await it.peer.receivedBytes(sent.position);
      await it.side.drained();

      expect(() => new Pattern().check(it.peer.received)).not.toThrow();
      expect(it.side.send(Buffer.from('and on'))).toBe(true);
    });
  });

  describe('renegotiation', () => {
    test('of a client is refused by a server', async () => {
      await using pair = new Pair({ workerThreadCount });
      await using peer = await dialTls(pair.port, { maxVersion: 'TLSv1.2' });
      await pair.serverLog.next('onHandshake');
      const failure = new Promise((resolve) => void peer.socket.once('error', resolve));
      peer.socket.renegotiate({}, () => {});

      expect(await failure).toMatchObject({ code: 'ERR_SSL_NO_RENEGOTIATION' });
      expect(pair.serverLog.count('onHandshake')).toBe(1);
      await pair.serverLog.closed();
    });

    test('of a server is refused by a client, and the connection goes on', async () => {
      await using it = await roles[2]!.open({}, { workerThreadCount, peer: { maxVersion: 'TLSv1.2' } });
      it.peer.socket.renegotiate({}, () => {});
      it.side.send(Buffer.from('still here'));
      await Promise.race([it.peer.receivedBytes(10), it.side.log.next('onClose')]);

      expect(it.side.log.count('onHandshake')).toBe(1);
    });
  });
});
