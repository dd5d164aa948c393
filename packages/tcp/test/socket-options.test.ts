// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { deferred, dialPeer, EventLog, modes, netListener, option, within } from '@hp/testkit';
import {
  ErrorCode,
  HpSocketError,
  ReuseAddressPolicy,
  SendPolicy,
  SocketError,
  type SocketHandle,
  SocketOperation,
  TcpAgent,
  TcpClient,
  TcpServer,
} from '@hp/tcp';
import { agentListener, clientListener, serverListener } from './support/listeners.js';
import { roles } from './support/sides.js';
import { socketOf } from './support/sockets.js';
import { thrownBy } from '../../core-native/test/support/thrown.js';

function read(socket: SocketHandle, [level, name]: readonly [number, number]): number {
  return Number(socket.getOption(level, name));
}

/** What `look` sees of the socket of the next accepted connection. */
async function inAccept<T>(
  server: (look: (socket: SocketHandle) => void) => TcpServer,
  look: (socket: SocketHandle) => T,
): Promise<T> {
  const seen = deferred<T>();
  await using started = server((socket) => seen.resolve(look(socket)));
  started.start('127.0.0.1');
  await using peer = await dialPeer(started.listenAddress!.port);
  expect(peer.socket.readyState).toBe('open');
  return await within(seen.promise, 5000, 'onAccept');
}

describe.each(modes)('options of sockets ($name)', ({ workerThreadCount }) => {
  describe.each(roles)('of a $role', ({ open }) => {
    test('keep-alive: idle time and interval in whole seconds, rounded up, and the count', async () => {
      await using side = await open(
        {},
        { workerThreadCount, keepAliveTime: 30_000, keepAliveInterval: 1500, keepAliveCount: 7 },
      );
      const socket = socketOf(side.component, side.id);

      expect(read(socket, option.keepAlive)).toBe(1);
      expect(read(socket, option.keepAliveIdle)).toBe(30);
      expect(read(socket, option.keepAliveInterval)).toBe(2);
      expect(read(socket, option.keepAliveCount)).toBe(7);
    });

    test('keep-alive is on by default, and off where either time is 0', async () => {
      const settings = [
        [{}, 1],
        [{ keepAliveTime: 0 }, 0],
        [{ keepAliveInterval: 0 }, 0],
      ] as const;
      for (const [times, expected] of settings) {
        await using side = await open({}, { workerThreadCount, ...times });
        expect(read(socketOf(side.component, side.id), option.keepAlive)).toBe(expected);
      }
    });

    test('noDelay is on by default', async () => {
      for (const [noDelay, expected] of [
        [undefined, 1],
        [true, 1],
        [false, 0],
      ] as const) {
        await using side = await open({}, { workerThreadCount, ...(noDelay !== undefined && { noDelay }) });
        expect(read(socketOf(side.component, side.id), option.noDelay)).toBe(expected);
      }
    });
  });

  test('onAccept sees the values, and may change them', async () => {
    const values = await inAccept(
      (look) =>
        new TcpServer(
          { onAccept: (_server, _id, socket) => look(socket) },
          { workerThreadCount, keepAliveTime: 5000, keepAliveInterval: 2000, keepAliveCount: 3 },
        ),
      (socket) => {
        const before = [
          read(socket, option.keepAliveIdle),
          read(socket, option.keepAliveInterval),
          read(socket, option.keepAliveCount),
        ];
        socket.setOption(...option.keepAliveIdle, 9);
        socket.setOption(...option.noDelay, false);
        return { before, after: [read(socket, option.keepAliveIdle), read(socket, option.noDelay)] };
      },
    );

    expect(values).toEqual({ before: [5, 2, 3], after: [9, 0] });
  });

  test('values that are not numbers come and go as bytes', async () => {
    const values = await inAccept(
      (look) => new TcpServer({ onAccept: (_server, _id, socket) => look(socket) }, { workerThreadCount }),
      (socket) => {
        const linger = Buffer.alloc(8);
        linger.writeInt32LE(1);
        linger.writeInt32LE(5, 4);
        socket.setOption(...option.linger, linger);
        return {
          fd: socket.fd,
          linger: socket.getOption(...option.linger, 8),
          device: socket.getOption(...option.bindToDevice, 16),
          congestion: String(socket.getOption(...option.congestion, 16)),
          waiting: socket.ioctl(0x541b),
        };
      },
    );

    expect(values.fd).toBeGreaterThan(2);
    expect(values.linger).toEqual(Buffer.from([1, 0, 0, 0, 5, 0, 0, 0]));
    expect(values.device).toEqual(Buffer.alloc(0));
    expect(values.congestion).toMatch(/^[a-z]+\0*/);
    expect(values.waiting).toBe(0);
  });

  test('what the system refuses throws', async () => {
    const errors = await inAccept(
      (look) => new TcpServer({ onAccept: (_server, _id, socket) => look(socket) }, { workerThreadCount }),
      (socket) => [
        thrownBy(() => socket.setOption(6, 9999, 1)),
        thrownBy(() => socket.getOption(6, 9999)),
        thrownBy(() => socket.ioctl(0xffff_ffff)),
      ],
    );

    expect(errors.every((error) => error instanceof HpSocketError)).toBe(true);
    expect(errors).toMatchObject([
      { socketError: SocketError.Network, systemCode: 'ENOPROTOOPT', syscall: 'setsockopt' },
      { socketError: SocketError.Network, systemCode: 'ENOPROTOOPT', syscall: 'getsockopt' },
      { socketError: SocketError.Network, syscall: 'ioctl' },
    ]);
  });

  test('options set in onPrepareListen hold for the listener and what it accepts', async () => {
    const seen = deferred<number>();
    await using server = new TcpServer(
      {
        onPrepareListen: (_server, socket) => {
          socket.setOption(...option.typeOfService, 0x10);
          expect(read(socket, option.typeOfService)).toBe(0x10);
        },
        onAccept: (_server, _id, socket) => seen.resolve(read(socket, option.typeOfService)),
      },
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress!.port);

    expect(await seen.promise).toBe(0x10);
    expect(peer.socket.readyState).toBe('open');
  });

  test('options set in onPrepareConnect hold for the connection', async () => {
    await using listener = await netListener();
    const prepare = (socket: SocketHandle): void => {
      expect(socket.fd).toBe(-1);
      expect([socket.localAddress, socket.remoteAddress]).toEqual([undefined, undefined]);
      expect(socket.getOption(...option.typeOfService)).toBeUndefined();
      socket.setOption(...option.typeOfService, 0x08);
      socket.setOption(...option.typeOfService, 0x10);
      expect(socket.getOption(...option.typeOfService)).toBe(0x10);
      expect(thrownBy(() => socket.ioctl(0x541b)).socketError).toBe(SocketError.IllegalState);
    };
    await using agent = new TcpAgent(
      { onPrepareConnect: (_agent, _id, socket) => prepare(socket) },
      { workerThreadCount },
    );
    agent.start();
    const id = await agent.connectAsync(listener.host, listener.port);
    expect(read(socketOf(agent, id), option.typeOfService)).toBe(0x10);

    await using client = new TcpClient(
      { onPrepareConnect: (_client, socket) => prepare(socket) },
      { workerThreadCount },
    );
    await client.startAsync(listener.host, listener.port);
    expect(read(socketOf(client, client.connectionId), option.typeOfService)).toBe(0x10);
  });

  test('an option that the system refuses fails the connect, as an event', async () => {
    await using listener = await netListener();
    const log = new EventLog();
    await using agent = new TcpAgent(
      agentListener(log, { onPrepareConnect: (_agent, _id, socket) => socket.setOption(6, 9999, 1) }),
      { workerThreadCount },
    );
    agent.start();
    agent.connect(listener.host, listener.port);
    expect(log.names()).toEqual(['onPrepareConnect']);

    expect(await log.next('onClose')).toMatchObject({
      operation: SocketOperation.Connect,
      errorCode: ErrorCode.UnknownOption,
    });
  });

  test('Safe keeps at most socketBufferSize bytes unsent in the kernel', async () => {
    for (const [sendPolicy, expected] of [
      [SendPolicy.Safe, 4096],
      [SendPolicy.Pack, undefined],
    ] as const) {
      const limit = await inAccept(
        (look) =>
          new TcpServer(
            { onAccept: (_server, _id, socket) => look(socket) },
            { workerThreadCount, sendPolicy, socketBufferSize: 4096 },
          ),
        (socket) => read(socket, option.unsentLimit),
      );
      expect(limit === 4096).toBe(expected === 4096);
    }
  });
});

describe.each(modes)('addresses that are shared ($name)', ({ workerThreadCount }) => {
  test('reuse policies reach the socket', async () => {
    for (const [reuseAddressPolicy, expected] of [
      [ReuseAddressPolicy.None, [0, 0]],
      [ReuseAddressPolicy.AddressOnly, [1, 0]],
      [ReuseAddressPolicy.AddressAndPort, [1, 1]],
    ] as const) {
      let values: number[] = [];
      await using server = new TcpServer(
        {
          onPrepareListen: (_server, socket) => {
            values = [read(socket, option.reuseAddress), read(socket, option.reusePort)];
          },
        },
        { workerThreadCount, reuseAddressPolicy },
      );
      server.start('127.0.0.1');
      expect(values).toEqual(expected);
    }
  });

  test('None: a port with connections in TIME_WAIT cannot be bound; AddressOnly: it can', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    server.start('127.0.0.1');
    const { port } = server.listenAddress!;
    await using peer = await dialPeer(port);
    await log.next('onAccept');
    // This side finishes first: it keeps the address in TIME_WAIT.
    server.disconnect(1);
    await peer.ended;
    peer.end();
    await peer.closed;
    await server.stop();

    server.reuseAddressPolicy = ReuseAddressPolicy.None;
    expect(thrownBy(() => server.start('127.0.0.1', port)).errno).toBe(ErrorCode.AddressInUse);
    server.reuseAddressPolicy = ReuseAddressPolicy.AddressOnly;
    server.start('127.0.0.1', port);
    expect(server.listenAddress?.port).toBe(port);
  });

  test('AddressOnly: a second listener on the port is refused', async () => {
    await using first = new TcpServer({}, { workerThreadCount });
    await using second = new TcpServer({}, { workerThreadCount });
    first.start('127.0.0.1');

    const { port } = first.listenAddress!;
    expect(thrownBy(() => second.start('127.0.0.1', port)).errno).toBe(ErrorCode.AddressInUse);
  });

  test('AddressAndPort: two listeners on one port both get connections', async () => {
    const logs = [new EventLog(), new EventLog()] as const;
    const settings = { workerThreadCount, reuseAddressPolicy: ReuseAddressPolicy.AddressAndPort };
    await using first = new TcpServer(serverListener(logs[0]), settings);
    await using second = new TcpServer(serverListener(logs[1]), settings);
    first.start('127.0.0.1');
    const { port } = first.listenAddress!;
    second.start('127.0.0.1', port);
    await using agent = new TcpAgent({}, { workerThreadCount });
    agent.start();
    // The kernel spreads them by a hash of the addresses.
    await Promise.all(Array.from({ length: 64 }, () => agent.connectAsync('127.0.0.1', port)));
    await Promise.all(logs.map((log) => log.next('onAccept')));

    expect(first.connectionCount).toBeGreaterThan(0);
    expect(second.connectionCount).toBeGreaterThan(0);
  });

  test('without dualStack an IPv6 server takes IPv6 only, with it IPv4 too', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    server.start('::');
    await using onlySix = await dialPeer(server.listenAddress!.port, { host: '::1' });
    // An IPv4 address of this host's at which no other test listens.
    const four = dialPeer(server.listenAddress!.port, { host: '127.88.99.1' });
    await expect(four).rejects.toThrow('ECONNREFUSED');
    await log.next('onAccept');
    await server.stop();
    await onlySix.ended;

    server.dualStack = true;
    for (const address of [undefined, '::']) {
      server.start(address);
      expect(server.listenAddress?.address).toBe('::');
      await using six = await dialPeer(server.listenAddress!.port, { host: '::1' });
      await using four = await dialPeer(server.listenAddress!.port);
      await log.next('onAccept', log.count('onAccept') + 2 - server.connectionCount);
      expect([six, four].map((peer) => peer.socket.readyState)).toEqual(['open', 'open']);
      await server.stop();
    }
  });

  test('an agent connects from its bind address, a connect from its own address and port', async () => {
    const log = new EventLog();
    await using server = new TcpServer(serverListener(log), { workerThreadCount });
    server.start('127.0.0.1');
    const { port } = server.listenAddress!;
    await using agent = new TcpAgent({}, { workerThreadCount });
    agent.start('127.0.0.2');
    await agent.connectAsync('127.0.0.1', port);
    await log.next('onAccept');
    expect(server.getRemoteAddress(1)?.address).toBe('127.0.0.2');

    await using free = await netListener({ host: '127.0.0.3' });
    const localPort = free.port;
    await free[Symbol.asyncDispose]();
    const id = await agent.connectAsync('127.0.0.1', port, { localAddress: '127.0.0.3', localPort });
    await log.next('onAccept', 2);
    expect(server.getRemoteAddress(2)).toEqual({ address: '127.0.0.3', port: localPort });
    expect(agent.getLocalAddress(id)).toEqual({ address: '127.0.0.3', port: localPort });

    // The pair of addresses is taken now.
    const clientLog = new EventLog();
    await using client = new TcpClient(clientListener(clientLog), { workerThreadCount });
    client.start('127.0.0.1', port, { localAddress: '127.0.0.3', localPort });
    expect(await clientLog.next('onClose')).toMatchObject({ operation: SocketOperation.Connect });
    await client.wait();
    await client.startAsync('127.0.0.1', port, { localAddress: '127.0.0.4' });
    expect(client.localAddress?.address).toBe('127.0.0.4');
  });

  test('a local address of the other family fails the connect, as an event', async () => {
    const log = new EventLog();
    await using agent = new TcpAgent(agentListener(log), { workerThreadCount });
    agent.start();
    agent.connect('127.0.0.1', 9, { localAddress: '::1' });

    expect(await log.next('onClose')).toMatchObject({
      operation: SocketOperation.Connect,
      errorCode: ErrorCode.AddressFamily,
    });
  });
});
