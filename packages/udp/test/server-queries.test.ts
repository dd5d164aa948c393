// SPDX-License-Identifier: Apache-2.0
// What a server knows of its connections, and how their age and silence end them.
import { describe, expect, test } from 'vitest';
import { DatagramPeer, EventLog, eventually, modes } from '@hp/testkit';
import {
  ErrorCode,
  type MultiConnectionComponent,
  type SocketAddress,
  SocketOperation,
  UdpServer,
  type UdpServerOptions,
} from '@hp/udp';
import { thrownBy } from '../../core-native/test/support/thrown.js';
import { portOf, serve, type Served, serverListener, type ServerHooks } from './support/served.js';

const { Close } = SocketOperation;

describe.each(modes)('what a UdpServer knows of its connections ($name)', ({ workerThreadCount }) => {
  /** A server that has met these peers, in this order: connections 1, 2, … */
  async function meet(
    peers: readonly DatagramPeer[],
    options: UdpServerOptions = {},
    hooks: ServerHooks = {},
  ): Promise<Served> {
    const served = serve({ workerThreadCount, ...options }, hooks);
    for (const [index, peer] of peers.entries()) {
      await peer.send('x', served.port);
      await served.log.next('onReceive', index + 1);
    }
    return served;
  }

  test('extra: nothing at first, then what was set, for each connection its own, until onClose has returned', async () => {
    await using one = await DatagramPeer.bind();
    await using two = await DatagramPeer.bind();
    const inClose: unknown[] = [];
    await using met = await meet(
      [one, two],
      {},
      {
        onClose: (server, id) => void inClose.push(server.getConnectionExtra(id)),
      },
    );
    const { server, log, port } = met;
    expect(server.getConnectionExtra(1)).toBeUndefined();
    expect(server.setConnectionExtra(1, { name: 'one' })).toBe(true);
    expect(server.getConnectionExtra(1)).toEqual({ name: 'one' });
    expect(server.getConnectionExtra(2)).toBeUndefined();
    server.disconnect(1);
    await log.next('onClose');
    expect(inClose).toEqual([{ name: 'one' }]);
    expect(server.getConnectionExtra(1)).toBeUndefined();
    expect(server.setConnectionExtra(1, 'late')).toBe(false);
    expect(server.lastErrorCode).toBe(ErrorCode.ObjectNotFound);
    await one.send('again', port);
    await log.next('onReceive', 3);

    expect(server.getConnectionExtra(3)).toBeUndefined();
  });

  test('ids and count: all that live, those inside their onClose included', async () => {
    await using one = await DatagramPeer.bind();
    await using two = await DatagramPeer.bind();
    await using three = await DatagramPeer.bind();
    const inClose: unknown[] = [];
    await using met = await meet(
      [one, two, three],
      {},
      {
        onClose: (server, id) => {
          inClose.push([id, server.connectionCount, server.getAllConnectionIds(), server.isConnected(id)]);
        },
      },
    );
    const { server, log } = met;
    expect(server.getAllConnectionIds()).toEqual([1, 2, 3]);
    expect([1, 2, 3, 4].map((id) => server.isConnected(id))).toEqual([true, true, true, false]);
    server.disconnect(2);
    expect(server.connectionCount).toBe(3);
    expect(server.isConnected(2)).toBe(false);
    await log.next('onClose');

    expect(inClose).toEqual([[2, 3, [1, 2, 3], false]]);
    expect(server.getAllConnectionIds()).toEqual([1, 3]);
    expect(server.connectionCount).toBe(2);
    await server.stop();
    expect(server.getAllConnectionIds()).toEqual([]);
    expect(server.connectionCount).toBe(0);
  });

  test.each(['127.0.0.1', '::1'])(
    'addresses on %s: of both ends, the remote one in onClose too',
    async (host) => {
      const log = new EventLog();
      const inAccept: unknown[] = [];
      const inClose: unknown[] = [];
      const addresses = (server: UdpServer, id: number): (SocketAddress | undefined)[] => [
        server.getRemoteAddress(id),
        server.getLocalAddress(id),
      ];
      await using server = new UdpServer(
        serverListener(log, {
          onAccept: (it, id, remote) => void inAccept.push(remote, ...addresses(it, id)),
          onClose: (it, id) => void inClose.push(...addresses(it, id)),
        }),
        { workerThreadCount },
      );
      server.start(host);
      await using peer = await DatagramPeer.bind({ host });
      await peer.send('x', portOf(server));
      await log.next('onReceive');
      const remote = { address: host, port: peer.port };
      const local = { address: host, port: portOf(server) };
      expect(inAccept).toEqual([remote, remote, local]);
      expect(addresses(server, 1)).toEqual([remote, local]);
      expect(addresses(server, 2)).toEqual([undefined, undefined]);
      server.disconnect(1);
      await log.next('onClose');

      expect(inClose).toEqual([remote, undefined]);
      expect(addresses(server, 1)).toEqual([undefined, undefined]);
    },
  );

  test('listenAddress is there from start to stop', async () => {
    await using server = new UdpServer({}, { workerThreadCount });
    expect(server.listenAddress).toBeUndefined();
    server.start();
    expect(server.listenAddress?.address).toBe('0.0.0.0');
    const stopped = server.stop();
    expect(server.listenAddress).toBeUndefined();
    await stopped;
    server.start('localhost');
    expect(server.listenAddress?.address).toBe('127.0.0.1');
    expect(server.isSecure).toBe(false);
  });

  test('pauseReceive is refused: all connections share the socket', async () => {
    await using peer = await DatagramPeer.bind();
    await using met = await meet([peer]);
    const { server, log, port } = met;
    for (const pause of [true, false]) {
      server.lastErrorCode = ErrorCode.Ok;
      expect((server as MultiConnectionComponent).pauseReceive(1, pause)).toBe(false);
      expect(server.lastErrorCode).toBe(ErrorCode.NotSupported);
    }
    expect(server.pauseReceive(2)).toBe(false);
    expect(server.lastErrorCode).toBe(ErrorCode.ObjectNotFound);
    expect(server.isPauseReceive(1)).toBe(false);
    expect(server.isPauseReceive(2)).toBeUndefined();
    await peer.send('y', port);
    await log.next('onReceive', 2);
    await server.stop();
    expect(server.pauseReceive(1)).toBe(false);
    expect(server.lastErrorCode).toBe(ErrorCode.ObjectNotFound);
  });

  test('the long sweep ends those that are old enough, and no others', async () => {
    await using old = await DatagramPeer.bind();
    await using young = await DatagramPeer.bind();
    await using met = await meet([old]);
    const { server, log, port } = met;
    await eventually(() => (server.getConnectPeriod(1) ?? 0) >= 30, 'The ageing of the first connection');
    await young.send('x', port);
    await log.next('onReceive', 2);

    const age = server.getConnectPeriod(1) ?? 0;
    expect(server.getConnectPeriod(2)).toBeLessThan(age);
    expect(server.getConnectPeriod(3)).toBeUndefined();
    expect(server.disconnectLongConnections(100_000)).toBe(true);
    expect(server.disconnectLongConnections(age)).toBe(true);
    expect(await log.next('onClose')).toMatchObject({ id: 1, operation: Close, errorCode: 0 });
    expect(server.getAllConnectionIds()).toEqual([2]);
    expect(server.disconnectLongConnections(0)).toBe(true);
    await log.next('onClose', 2);
    await server.stop();
    expect(server.disconnectLongConnections(0)).toBe(false);
  });

  test('silence is broken by what is received, not by what is sent', async () => {
    await using talker = await DatagramPeer.bind();
    await using listener = await DatagramPeer.bind();
    await using met = await meet([talker, listener]);
    const { server, log, port } = met;
    await eventually(() => (server.getSilencePeriod(2) ?? 0) >= 30, 'The silence');
    server.send(2, Buffer.from('to the silent one'));
    await listener.next();
    await talker.send('not silent', port);
    await log.next('onReceive', 3);

    const silence = server.getSilencePeriod(2) ?? 0;
    expect(silence).toBeGreaterThanOrEqual(30);
    expect(server.getSilencePeriod(1)).toBeLessThan(silence);
    expect(server.disconnectSilenceConnections(silence)).toBe(true);
    expect(await log.next('onClose')).toMatchObject({ id: 2, operation: Close, errorCode: 0 });
    expect(server.getAllConnectionIds()).toEqual([1]);
  });

  test('without markSilence the silence functions are off, the age functions are not', async () => {
    await using peer = await DatagramPeer.bind();
    await using met = await meet([peer], { markSilence: false });
    const { server, log } = met;
    expect(server.getSilencePeriod(1)).toBeUndefined();
    expect(server.disconnectSilenceConnections(0)).toBe(false);
    expect(server.lastErrorCode).toBe(ErrorCode.InvalidState);
    expect(server.getConnectPeriod(1)).toBeGreaterThanOrEqual(0);
    expect(server.disconnectLongConnections(0)).toBe(true);

    expect(await log.next('onClose')).toMatchObject({ id: 1, operation: Close, errorCode: 0 });
  });

  test.each([-1, 2_147_483_648, 1.5])('a sweep of %s ms throws', async (period) => {
    await using server = new UdpServer({}, { workerThreadCount });
    server.start('127.0.0.1');

    expect(thrownBy(() => server.disconnectLongConnections(period)).message).toMatch(/^periodMs must be /);
    expect(thrownBy(() => server.disconnectSilenceConnections(period)).message).toMatch(/^periodMs must be /);
  });

  test('maxLifetimeMs ends a busy connection, not early, and its next datagram is somebody new', async () => {
    await using served = serve({ workerThreadCount, maxLifetimeMs: 150 });
    const { log, port } = served;
    await using peer = await DatagramPeer.bind();
    const begun = performance.now();
    const keepBusy = setInterval(() => void peer.send('x', port), 10);
    try {
      expect(await log.next('onClose')).toMatchObject({
        id: 1,
        operation: Close,
        errorCode: ErrorCode.TimedOut,
      });
      expect(performance.now() - begun).toBeGreaterThanOrEqual(148);
      await log.next('onAccept', 2);
    } finally {
      clearInterval(keepBusy);
    }
    expect(log.names(1).slice(0, 3)).toEqual(['onAccept', 'onReceive', 'onReceive']);
  });

  // All measures and kinds of activity beside each other: two seconds of activity, then rest.
  test('idleTimeoutMs counts what idleTimeoutOn says; what has no bytes is no activity', async () => {
    const cases = (['receive', 'send', 'both'] as const).flatMap((idleTimeoutOn) =>
      (['receive', 'send', 'no bytes'] as const).map((kind) => ({ idleTimeoutOn, kind })),
    );
    const outcomes = await Promise.all(
      cases.map(async ({ idleTimeoutOn, kind }) => {
        await using peer = await DatagramPeer.bind();
        const begun = performance.now();
        await using met = await meet([peer], { idleTimeoutMs: 1000, idleTimeoutOn });
        let last = begun;
        const activity = setInterval(() => {
          // After a stall of this process it may come when the time is over already: to a new connection.
          if (met.log.count('onClose') !== 0) return;
          if (performance.now() - last < 900) last = performance.now();
          if (kind === 'send') met.server.send(1, Buffer.from('x'));
          else void peer.send(kind === 'receive' ? 'x' : '', met.port);
        }, 40);
        const rest = setTimeout(() => clearInterval(activity), 2000);
        try {
          expect(await met.log.next('onClose')).toMatchObject({
            id: 1,
            operation: Close,
            errorCode: ErrorCode.TimedOut,
          });
        } finally {
          clearInterval(activity);
          clearTimeout(rest);
        }
        const now = performance.now();
        const counts = kind !== 'no bytes' && (idleTimeoutOn === kind || idleTimeoutOn === 'both');
        // Not before its time: since the activity that counts, or since the beginning.
        expect(now - (counts ? last : begun)).toBeGreaterThanOrEqual(998);
        return { idleTimeoutOn, kind, counts, lasted: now - begun > 2200 };
      }),
    );

    expect(outcomes).toHaveLength(9);
    for (const outcome of outcomes) expect(outcome).toEqual({ ...outcome, lasted: outcome.counts });
  });
});
