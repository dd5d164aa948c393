// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { EventLog } from '@hp/testkit';
import { eventually, modes, Pattern, TemporaryDirectory } from '@hp/testkit';
import { ErrorCode, SendPolicy, SocketOperation } from '@hp/ssl';
import { Pair } from './support/pair.js';
import { roles } from './support/sides.js';
import { Wire } from './support/wire.js';

const MIB = 1024 * 1024;
// Around the most that one record holds.
const sizes = [1, 16_383, 16_384, 16_385, 40_000, MIB];
const total = sizes.reduce((sum, size) => sum + size, 0);

function told(log: EventLog): number {
  return log.all('onSend').reduce((sum, { length = 0 }) => sum + length, 0);
}

describe.each(modes)('bytes over TLS ($name)', ({ workerThreadCount }) => {
  describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', (maxVersion) => {
    test.each([SendPolicy.Pack, SendPolicy.Direct])(
      'sends of every size arrive whole, both ways at once (policy %i)',
      async (sendPolicy) => {
        await using pair = new Pair({
          workerThreadCount,
          serverContext: { maxVersion },
          server: { sendPolicy },
          agent: { sendPolicy },
        });
        const { id, serverId } = await pair.connect();
        const [up, down] = [new Pattern(), new Pattern()];
        for (const size of sizes) {
          expect(pair.agent.send(id, up.take(size))).toBe(true);
          expect(pair.server.send(serverId, down.take(size))).toBe(true);
        }

        for (const log of [pair.serverLog, pair.agentLog]) {
          const received = await log.receivedBytes(total);
          expect(received).toHaveLength(total);
          expect(() => new Pattern().check(received)).not.toThrow();
        }
      },
    );

    test('over a line that cuts anywhere', async () => {
      await using pair = new Pair({ workerThreadCount, serverContext: { maxVersion } });
      await using wire = await Wire.to(pair.port);
      let state = 1;
      wire.change = (chunk) => {
        const parts: Buffer[] = [];
        for (let at = 0; at < chunk.length;) {
          state = (state * 48_271) % 0x7fff_ffff;
          // Mostly small pieces, which end within heads of records, and some large ones.
          const length = 1 + (state % (state % 7 === 0 ? 20_000 : 700));
          parts.push(chunk.subarray(at, (at += length)));
        }
        return parts;
      };
      const id = await pair.agent.connectAsync('127.0.0.1', wire.port);
      const { id: serverId } = await pair.serverLog.next('onHandshake');
      const [up, down] = [new Pattern(), new Pattern()];
      for (const size of sizes) {
        pair.agent.send(id, up.take(size));
        pair.server.send(serverId, down.take(size));
      }

      for (const log of [pair.serverLog, pair.agentLog]) {
        const received = await log.receivedBytes(total);
        expect(() => new Pattern().check(received)).not.toThrow();
      }
    });

    test('the lengths of onSend add up to the bytes on the wire', async () => {
      await using pair = new Pair({
        workerThreadCount,
        serverContext: { maxVersion },
        onServer: { onSend: () => {} },
        onAgent: { onSend: () => {} },
      });
      await using wire = await Wire.to(pair.port);
      const id = await pair.agent.connectAsync('127.0.0.1', wire.port);
      const { id: serverId } = await pair.serverLog.next('onHandshake');
      const [up, down] = [new Pattern(), new Pattern()];
      for (const size of sizes) {
        pair.agent.send(id, up.take(size));
        pair.server.sendPackets(serverId, [down.take(size), down.take(7)]);
      }
      await pair.serverLog.receivedBytes(total);
      await pair.agentLog.receivedBytes(total + 7 * sizes.length);
      await eventually(() => told(pair.agentLog) === wire.bytes.up, 'The last onSend of the agent');
      await eventually(() => told(pair.serverLog) === wire.bytes.down, 'The last onSend of the server');

      expect(wire.bytes.up).toBeGreaterThan(total);
      expect(pair.agent.stats().bytesSent).toBe(wire.bytes.up);
      expect(pair.server.stats().bytesSent).toBe(wire.bytes.down);
    });
  });

  describe.each(roles)('of a $role', ({ open }) => {
    test('nothing is refused, and does no harm', async () => {
      await using it = await open({}, { workerThreadCount });
      expect([it.side.send(Buffer.alloc(0)), it.side.lastErrorCode]).toEqual([
        false,
        ErrorCode.InvalidArgument,
      ]);
      expect(it.side.sendPackets([Buffer.alloc(0), Buffer.from('some'), Buffer.alloc(0)])).toBe(true);

      expect(String(await it.peer.receivedBytes(4))).toBe('some');
    });

    test('sendPackets: the pieces in order, among sends', async () => {
      await using it = await open({}, { workerThreadCount });
      const pieces = Array.from({ length: 200 }, (_, index) => Buffer.alloc(index, index));
      it.side.send(Buffer.from('before'));
      expect(it.side.sendPackets(pieces)).toBe(true);
      it.side.send(Buffer.from('after'));
      const expected = Buffer.concat([Buffer.from('before'), ...pieces, Buffer.from('after')]);

      expect((await it.peer.receivedBytes(expected.length)).equals(expected)).toBe(true);
    });

    test('sendSmallFile: head, file and tail', async () => {
      await using directory = await TemporaryDirectory.create();
      const content = new Pattern().take(300_000);
      const file = await directory.file('small', content);
      await using it = await open({}, { workerThreadCount });
      expect(it.side.sendSmallFile(file, Buffer.from('head'), Buffer.from('tail'))).toBe(true);
      const expected = Buffer.concat([Buffer.from('head'), content, Buffer.from('tail')]);

      expect((await it.peer.receivedBytes(expected.length)).equals(expected)).toBe(true);
    });

    test('a part of a buffer is sent by offset and length', async () => {
      await using it = await open({}, { workerThreadCount });
      const data = Buffer.from('0123456789');
      expect(it.side.send(data, 3, 4)).toBe(true);
      // What was sent is no longer the caller's concern.
      data.fill('x');

      expect(String(await it.peer.receivedBytes(4))).toBe('3456');
    });

    test('end() sends what is queued first, then close_notify and the end', async () => {
      await using it = await open({}, { workerThreadCount, peerReads: false });
      const sent = new Pattern();
      for (let count = 0; count < 4; count++) it.side.send(sent.take(2_000_000));
      expect(it.side.end()).toBe(true);
      expect([it.side.send(Buffer.from('x')), it.side.lastErrorCode]).toEqual([
        false,
        ErrorCode.InvalidState,
      ]);
      it.peer.resume();
      await it.peer.ended;

      expect(it.peer.receivedLength).toBe(sent.position);
      expect(() => new Pattern().check(it.peer.received)).not.toThrow();
    });

    test('after end() the peer is still heard, until it ends too', async () => {
      await using it = await open({}, { workerThreadCount });
      it.side.end();
      await it.peer.ended;
      await it.peer.send('the last word');
      expect(String(await it.side.log.receivedBytes(13))).toBe('the last word');
      it.peer.end();

      expect(await it.side.log.next('onClose')).toMatchObject({ operation: 5, errorCode: 0 });
    });
  });

  describe.each(['TLSv1.2', 'TLSv1.3'] as const)('a connection that ends at once, %s', (maxVersion) => {
    // With tickets on their way to whoever has connected, which nobody reads any more.
    const options = { workerThreadCount, serverContext: { maxVersion, tickets: 8 } };

    test('disconnect(id, false) after a send: all of it arrives, and an orderly end', async () => {
      await using pair = new Pair({
        ...options,
        onAgent: {
          onHandshake: (agent, id) => {
            agent.send(id, new Pattern().take(500_000));
            agent.disconnect(id, false);
          },
        },
      });
      for (let count = 1; count <= 10; count++) {
        const id = pair.agent.connect('127.0.0.1', pair.port);
        await pair.agentLog.closeOf(id);
        const close = await pair.serverLog.closed(count);
        expect(close).toMatchObject({ operation: SocketOperation.Close, errorCode: ErrorCode.Ok });
        const received = pair.serverLog.received(close.id);
        expect(received).toHaveLength(500_000);
        expect(() => new Pattern().check(received)).not.toThrow();
      }
    });

    test('end() after a send: the same', async () => {
      await using pair = new Pair({
        ...options,
        onAgent: {
          onHandshake: (agent, id) => {
            agent.send(id, new Pattern().take(500_000));
            agent.end(id);
          },
        },
      });
      for (let count = 1; count <= 10; count++) {
        const id = pair.agent.connect('127.0.0.1', pair.port);
        const close = await pair.serverLog.closed(count);
        expect(close).toMatchObject({ operation: SocketOperation.Close, errorCode: ErrorCode.Ok });
        expect(pair.serverLog.receivedLength(close.id)).toBe(500_000);
        expect(await pair.agentLog.closeOf(id)).toMatchObject({
          operation: SocketOperation.Close,
          errorCode: 0,
        });
      }
    });

    test('of a server: the agent has it all', async () => {
      await using pair = new Pair({
        ...options,
        onServer: {
          onHandshake: (server, id) => {
            server.send(id, new Pattern().take(500_000));
            server.disconnect(id, false);
          },
        },
      });
      for (let count = 1; count <= 10; count++) {
        const id = pair.agent.connect('127.0.0.1', pair.port);
        expect(await pair.agentLog.closeOf(id)).toMatchObject({
          ...{ operation: SocketOperation.Close, errorCode: ErrorCode.Ok },
        });
        expect(pair.agentLog.receivedLength(id)).toBe(500_000);
      }
    });
  });

  test('a hundred thousand sends of one byte', async () => {
    const length = 100_000;
    await using pair = new Pair({ workerThreadCount });
    const { id } = await pair.connect();
    const sent = new Pattern();
    while (sent.position < length) pair.agent.send(id, sent.take(1));
    const received = await pair.serverLog.receivedBytes(length);

    expect(() => new Pattern().check(received)).not.toThrow();
    // Sends that leave together share records, and with them their cost.
    expect(pair.agent.stats().bytesSent).toBeLessThan(2 * length);
  });

  test('borrowed receive buffers', async () => {
    const parts: string[] = [];
    await using pair = new Pair({
      workerThreadCount,
      server: { receiveBuffer: 'borrowed' },
      onServer: {
        onReceive: (server, id, data, offset, length) => {
          parts.push(data.toString('latin1', offset, offset + length));
          server.send(id, data, offset, length);
        },
      },
    });
    const { id } = await pair.connect();
    const sent = new Pattern().take(200_000);
    pair.agent.send(id, sent);

    expect((await pair.agentLog.receivedBytes(sent.length)).equals(sent)).toBe(true);
    expect(Buffer.from(parts.join(''), 'latin1').equals(sent)).toBe(true);
  });
});
