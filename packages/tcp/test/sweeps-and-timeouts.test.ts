// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { dialPeer, EventLog, eventually, modes, netListener } from '@hp/testkit';
import { ErrorCode, SocketError, SocketOperation, TcpAgent, TcpServer } from '@hp/tcp';
import { agentListener, serverListener } from './support/listeners.js';
import { roles } from './support/sides.js';
import { thrownBy } from '../../core-native/test/support/thrown.js';

const { Close } = SocketOperation;

describe.each(modes)('age and silence ($name)', ({ workerThreadCount }) => {
  test('the long sweep ends those that are old enough, and no others', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    server.start('127.0.0.1');
    await using old = await dialPeer(server.listenAddress!.port);
    await log.next('onAccept');
    await eventually(() => server.getConnectPeriod(1)! >= 30, 'The ageing of the first connection');
    await using young = await dialPeer(server.listenAddress!.port);
    await log.next('onAccept', 2);

    const age = server.getConnectPeriod(1)!;
    expect(server.getConnectPeriod(2)).toBeLessThan(age);
    expect(server.disconnectLongConnections(100_000)).toBe(true);
    expect(server.disconnectLongConnections(age)).toBe(true);
    await log.next('onClose');
    await old.ended;
    expect(log.all('onClose')).toMatchObject([{ id: 1, operation: Close, errorCode: 0 }]);
    expect(server.getAllConnectionIds()).toEqual([2]);

    expect(server.disconnectLongConnections(0)).toBe(true);
    await young.ended;
    await log.next('onClose', 2);
    expect(server.disconnectLongConnections(0)).toBe(true);
  });

  test('silence is broken by receiving, not by sending', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    server.start('127.0.0.1');
    await using talker = await dialPeer(server.listenAddress!.port);
    await log.next('onAccept');
    await using listener = await dialPeer(server.listenAddress!.port);
    await log.next('onAccept', 2);
    await eventually(() => server.getSilencePeriod(2)! >= 30, 'The silence');
    server.send(2, Buffer.from('to the silent one'));
    await listener.receivedBytes(17);
    await talker.send('not silent');
    await log.next('onReceive');

    const silence = server.getSilencePeriod(2)!;
    expect(silence).toBeGreaterThanOrEqual(30);
    expect(server.getSilencePeriod(1)).toBeLessThan(silence);
    expect(server.getConnectPeriod(1)).toBeGreaterThan(server.getSilencePeriod(1)!);
    expect(server.disconnectSilenceConnections(silence)).toBe(true);
    await log.next('onClose');
    expect(log.all('onClose')).toMatchObject([{ id: 2, operation: Close, errorCode: 0 }]);
    expect(server.getAllConnectionIds()).toEqual([1]);
  });

  test('without markSilence the silence functions are off, the age functions are not', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount, markSilence: false });
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port);
    await log.next('onAccept');

    expect(server.getSilencePeriod(1)).toBeUndefined();
    expect(server.disconnectSilenceConnections(0)).toBe(false);
    expect(server.lastErrorCode).toBe(ErrorCode.InvalidState);
    expect(server.connectionCount).toBe(1);
    expect(server.getConnectPeriod(1)).toBeGreaterThanOrEqual(0);
    expect(server.disconnectLongConnections(0)).toBe(true);
    await peer.ended;
  });

  test.each([-1, 2_147_483_648, 1.5, '10' as never])('a sweep of %s ms throws', async (period) => {
    await using agent = new TcpAgent({}, { workerThreadCount });
    agent.start();

    for (const sweep of ['disconnectLongConnections', 'disconnectSilenceConnections'] as const) {
      const error = thrownBy(() => agent[sweep](period));
      expect(error.socketError).toBe(SocketError.InvalidParam);
      expect(error.message).toMatch(/^periodMs must be /);
      expect(agent.lastError).toBe(SocketError.InvalidParam);
    }
  });

  test('a sweep leaves connections alone that are still being made', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    agent.start();
    const id = agent.connect(listener.host, listener.port);
    agent.disconnectLongConnections(0);
    agent.disconnectSilenceConnections(0);
    await log.next('onConnect');

    expect(agent.isConnected(id)).toBe(true);
  });

  describe.each(roles)('of a $role', ({ open }) => {
    test('maxLifetimeMs ends a busy connection, and not early', async () => {
      const started = performance.now();
      await using side = await open(
        { onReceive: (it, data) => void it.send(data) },
        { workerThreadCount, maxLifetimeMs: 150 },
      );
      const keepBusy = setInterval(() => side.peer.socket.write('x'), 10);
      try {
        const close = await side.log.next('onClose');
        expect(close).toMatchObject({ operation: Close, errorCode: ErrorCode.TimedOut });
      } finally {
        clearInterval(keepBusy);
      }
      expect(performance.now() - started).toBeGreaterThanOrEqual(148);
      expect(side.log.count('onReceive')).toBeGreaterThan(0);
    });
  });

  // All roles, measures and kinds of activity beside each other: a second of activity, then rest.
  test('idleTimeoutMs counts what idleTimeoutOn says', async () => {
    const cases = roles.flatMap(({ role, open }) =>
      (['receive', 'send', 'both'] as const).flatMap((idleTimeoutOn) =>
        (['receive', 'send'] as const).map((kind) => ({ role, open, idleTimeoutOn, kind })),
      ),
    );
    const outcomes = await Promise.all(
      cases.map(async ({ role, open, idleTimeoutOn, kind }) => {
        const begun = performance.now();
        await using side = await open({}, { workerThreadCount, idleTimeoutMs: 1000, idleTimeoutOn });
        let last = begun;
        const activity = setInterval(() => {
          // After a stall of this process it may come when the time is over already.
          if (performance.now() - last < 900) last = performance.now();
          if (kind === 'receive') side.peer.socket.write('x');
          else side.send(Buffer.from('x'));
        }, 40);
        const rest = setTimeout(() => clearInterval(activity), 2000);
        try {
          const close = await side.log.next('onClose');
          expect(close).toMatchObject({ operation: Close, errorCode: ErrorCode.TimedOut });
        } finally {
          clearInterval(activity);
          clearTimeout(rest);
        }
        const now = performance.now();
        const counts = idleTimeoutOn === kind || idleTimeoutOn === 'both';
        // Not before its time: since the activity that counts, or since the beginning.
        expect(now - (counts ? last : begun)).toBeGreaterThanOrEqual(998);
        return { role, idleTimeoutOn, kind, counts, lasted: now - begun > 2200 };
      }),
    );

    expect(outcomes).toHaveLength(18);
    for (const outcome of outcomes) expect(outcome).toEqual({ ...outcome, lasted: outcome.counts });
  });

  test('a thousand idle connections end in time', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount, idleTimeoutMs: 200 });
    await using agent = new TcpAgent({}, { workerThreadCount });
    server.start('127.0.0.1');
    agent.start();
    const { port } = server.listenAddress!;
    await Promise.all(Array.from({ length: 1000 }, () => agent.connectAsync('127.0.0.1', port)));
    await log.next('onClose', 1000, 5000);

    expect(log.all('onClose').every(({ errorCode }) => errorCode === ErrorCode.TimedOut)).toBe(true);
  });
});
