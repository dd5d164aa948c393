// SPDX-License-Identifier: Apache-2.0
// How connections with TLS end, and what arrives before that.
import { describe, expect, test } from 'vitest';
import { modes, Pattern, repeats } from '@hp/testkit';
import { ErrorCode, SocketOperation, SslAgent, SslClient, SslServer } from '@hp/ssl';
import { clientContext, serverContext } from './support/contexts.js';
import { Pair } from './support/pair.js';
import { notedAgent, notedServer, SecureLog } from './support/secure-log.js';
import { roles } from './support/sides.js';

const { Close, Receive, Send } = SocketOperation;
const { BrokenPipe, ConnectionReset, TimedOut } = ErrorCode;
const CONNECTIONS = 12;

describe.each(modes)('the end of a connection ($name)', ({ workerThreadCount }) => {
  describe.each(roles)('of a $role', ({ open }) => {
    describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', (maxVersion) => {
      const peer = { maxVersion };

      test('a peer that finishes after its request still gets the answer', async () => {
        const hooks = {
          onReceive: (it: { send(data: Buffer): boolean }, data: Buffer) => void it.send(data),
        };
        await using it = await open(hooks, { workerThreadCount, peer });
        it.peer.end(new Pattern().take(1_000_000));
        await it.peer.ended;
        await it.side.log.next('onClose');

        expect(it.peer.receivedLength).toBe(1_000_000);
        expect(() => new Pattern().check(it.peer.received)).not.toThrow();
        expect(it.side.log.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
      });

      test('a peer that resets in the middle of sends: one onClose, and sends are refused', async () => {
        await using it = await open({}, { workerThreadCount, peer });
        const block = Buffer.alloc(50_000, 1);
        for (let count = 0; count < 20; count++) it.side.send(block);
        await it.peer.receivedBytes(1);
        // Of the connection below TLS.
        it.side.peer.reset();
        while (it.side.log.count('onClose') === 0) {
          it.side.send(block);
          await new Promise(setImmediate);
        }
        const { operation, errorCode } = await it.side.log.next('onClose');
        expect([Send, Receive]).toContain(operation);
        expect([BrokenPipe, ConnectionReset]).toContain(errorCode);
        expect(it.side.send(block)).toBe(false);
        await it.side.component.stop();

        expect(it.side.log.count('onClose')).toBe(1);
      });
    });

    test('end() twice, and after the peer has gone', async () => {
      await using it = await open({}, { workerThreadCount });
      expect([it.side.end(), it.side.end()]).toEqual([true, true]);
      it.peer.end();
      await it.side.log.next('onClose');

      expect(it.side.end()).toBe(false);
    });

    test('a close from here drops what is queued', async () => {
      await using it = await open({}, { workerThreadCount, peerReads: false });
      const total = 30_000_000;
      for (let sent = 0; sent < total; sent += 1_000_000) it.side.send(Buffer.alloc(1_000_000));
      it.side.close();
      await it.side.log.next('onClose');
      it.peer.resume();
      await Promise.race([it.peer.ended, it.peer.closed]);

      expect(it.peer.receivedLength).toBeLessThan(total);
    });

    test('idleTimeoutMs: (Close, TimedOut), and the peer is told with close_notify', async () => {
      await using it = await open({}, { workerThreadCount, idleTimeoutMs: 200 });
      it.side.send(Buffer.from('x'));
      await it.peer.receivedBytes(1);
      expect(await it.side.log.next('onClose')).toMatchObject({ operation: Close, errorCode: TimedOut });
      await it.peer.ended;

      expect(it.peer.socket.errored).toBeNull();
    });
  });

  test('idleTimeoutMs ends a handshake as well', async () => {
    const log = new SecureLog();
    await using server = new SslServer(notedServer(log), {
      ...{ workerThreadCount, context: serverContext(), idleTimeoutMs: 100, handshakeTimeoutMs: 20_000 },
    });
    server.start('127.0.0.1');
    await using client = new SslClient(
      {},
      { workerThreadCount, context: clientContext(), autoHandshake: false },
    );
    await client.startAsync('127.0.0.1', server.listenAddress!.port);

    expect(await log.closed()).toMatchObject({ errorCode: TimedOut });
    expect(log.count('onHandshake')).toBe(0);
  });

  test('10 MB and an immediate end arrive whole', async () => {
    const sent = new Pattern();
    await using pair = new Pair({
      workerThreadCount,
      onAgent: {
        onHandshake: (agent, id) => {
          for (let count = 0; count < 10; count++) agent.send(id, sent.take(1_000_000));
          agent.end(id);
        },
      },
    });
    pair.agent.connect('127.0.0.1', pair.port);
    expect(await pair.serverLog.closed()).toMatchObject({ operation: Close, errorCode: 0 });

    expect(pair.serverLog.receivedLength()).toBe(sent.position);
    expect(() => new Pattern().check(pair.serverLog.received())).not.toThrow();
  });

  test('closes from all sides, some in the handshake: exactly one onClose each, then onShutdown', async () => {
    for (let round = 0; round < repeats(20, 4); round++) {
      const [serverLog, agentLog] = [new SecureLog(), new SecureLog()];
      const server = new SslServer(notedServer(serverLog), { workerThreadCount, context: serverContext() });
      const agent = new SslAgent(notedAgent(agentLog), { workerThreadCount, context: clientContext() });
      await using stopServer = server;
      await using stopAgent = agent;
      server.start('127.0.0.1');
      agent.start();
      const { port } = server.listenAddress!;
      const ids = Array.from({ length: CONNECTIONS }, () => agent.connect('127.0.0.1', port));
      await serverLog.next('onAccept', CONNECTIONS);
      // Up to some point in the handshakes, another one each time.
      for (let turn = 0; turn < round % 5; turn++) await new Promise(setImmediate);
      for (const id of ids) {
        endSomehow(agent, id, (id + round) % 5);
        endSomehow(server, id, Math.trunc(id / 5 + round) % 5);
      }
      if (round % 2 === 0) await new Promise(setImmediate);
      await Promise.all([stopServer.stop(), stopAgent.stop()]);

      for (const log of [serverLog, agentLog]) {
        const closed = log.all('onClose').map(({ id }) => id);
        expect(closed.toSorted((a, b) => a - b)).toEqual(ids);
        for (const id of ids) expect(log.names(id).at(-1)).toBe('onClose');
        for (const id of ids)
          expect(log.names(id).filter((name) => name === 'onHandshake').length).toBeLessThan(2);
        expect(log.names().at(-1)).toBe('onShutdown');
      }
    }
  });
});

function endSomehow(component: SslServer | SslAgent, id: number, way: number): void {
  if (way === 0) component.disconnect(id);
  else if (way === 1) component.disconnect(id, false);
  else if (way === 2) component.reset(id);
  else if (way === 3) component.end(id);
  else component.send(id, Buffer.alloc(100_000));
}
