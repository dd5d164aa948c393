// SPDX-License-Identifier: Apache-2.0
// Starts of a server: those that fail, what is told of them, and starts again.
import { describe, expect, test } from 'vitest';
import { closedDatagramPort, DatagramPeer, deferred, EventLog, modes, repeats, within } from '@hp/testkit';
import { ErrorCode, HandleResult, HpSocketError, ServiceState, SocketError, UdpServer } from '@hp/udp';
import { thrownBy } from '../../core-native/test/support/thrown.js';
import { Flood } from './support/flood.js';
import { echo, portOf, serverListener } from './support/served.js';

const isWindows = process.platform === 'win32';

describe.each(modes)('starts of a UdpServer ($name)', ({ workerThreadCount }) => {
  test('a second start throws, tells nothing and changes nothing', async () => {
    const log = new EventLog();
    await using server = new UdpServer(serverListener(log, { onReceive: echo }), { workerThreadCount });
    server.start('127.0.0.1');
    const address = server.listenAddress;

    expect(thrownBy(() => server.start('127.0.0.1'))).toMatchObject({
      name: 'HpSocketError',
      socketError: SocketError.IllegalState,
      code: 'SE_ILLEGAL_STATE',
    });
    expect(server.lastError).toBe(SocketError.IllegalState);
    expect(server.state).toBe(ServiceState.Started);
    expect(server.listenAddress).toEqual(address);
    expect(log.names()).toEqual(['onPrepareListen']);
    await using peer = await DatagramPeer.bind();
    await peer.send('still served', portOf(server));
    expect(String((await peer.next()).data)).toBe('still served');
  });

  test('a start while stopping throws', async () => {
    await using server = new UdpServer({}, { workerThreadCount });
    server.start('127.0.0.1');
    const stopped = server.stop();

    expect(server.state).toBe(ServiceState.Stopping);
    expect(thrownBy(() => server.start('127.0.0.1')).socketError).toBe(SocketError.IllegalState);
    await stopped;
    server.start('127.0.0.1');
    expect(server.state).toBe(ServiceState.Started);
  });

  test('port in use: told as prepare and shutdown, and the port can be had later', async () => {
    const log = new EventLog();
    await using server = new UdpServer(serverListener(log, { onReceive: echo }), { workerThreadCount });
    let port: number;
    {
      await using taken = await DatagramPeer.bind();
      ({ port } = taken);
      const error = thrownBy(() => server.start('127.0.0.1', port));

      expect(error).toBeInstanceOf(HpSocketError);
      expect(error).toMatchObject({
        socketError: SocketError.SocketBind,
        code: 'SE_SOCKET_BIND',
        errno: ErrorCode.AddressInUse,
        systemCode: 'EADDRINUSE',
        systemErrno: isWindows ? 10048 : 98,
        syscall: 'bind',
        address: '127.0.0.1',
        port,
      });
      expect(error.message).toMatch(new RegExp(`127\\.0\\.0\\.1:${port}.*choose another port`));
    }
    expect(server.state).toBe(ServiceState.Stopped);
    expect(server.lastError).toBe(SocketError.SocketBind);
    expect(server.lastErrorDesc).not.toBe('');
    expect(server.listenAddress).toBeUndefined();
    expect(log.names()).toEqual(['onPrepareListen', 'onShutdown']);
    await server.stop();
    expect(log.count('onShutdown')).toBe(1);

    server.start('127.0.0.1', port);
    await using peer = await DatagramPeer.bind();
    await peer.send('x', port);
    await peer.next();
    expect(log.names().slice(2)).toEqual(['onPrepareListen', 'onAccept', 'onReceive']);
  });

  test('port in use by another server, whatever its threads', async () => {
    for (const threads of modes.map((mode) => mode.workerThreadCount)) {
      await using first = new UdpServer({}, { workerThreadCount: threads });
      await using second = new UdpServer({}, { workerThreadCount });
      first.start('127.0.0.1');

      const error = thrownBy(() => second.start('127.0.0.1', portOf(first)));
      expect(error).toMatchObject({ socketError: SocketError.SocketBind, errno: ErrorCode.AddressInUse });
    }
  });

  test('an address that is not of this host', async () => {
    const log = new EventLog();
    await using server = new UdpServer(serverListener(log), { workerThreadCount });

    const error = thrownBy(() => server.start('192.0.2.1'));
    expect(error).toMatchObject({
      socketError: SocketError.SocketBind,
      systemCode: 'EADDRNOTAVAIL',
      address: '192.0.2.1',
    });
    expect(error.message).toContain('choose an address of this host');
    expect(log.names()).toEqual(['onPrepareListen', 'onShutdown']);
    expect(server.state).toBe(ServiceState.Stopped);
  });

  test('a wrong argument tells nothing at all', async () => {
    const log = new EventLog();
    await using server = new UdpServer(serverListener(log), { workerThreadCount });

    for (const address of ['no-literal', '1.2.3', '::g', '127.0.0.1:80', 17 as never, null as never]) {
      const error = thrownBy(() => server.start(address));
      expect(error).toMatchObject({ socketError: SocketError.InvalidParam, code: 'SE_INVALID_PARAM' });
      expect(error.message).toMatch(/^address /);
      expect(server.lastError).toBe(SocketError.InvalidParam);
    }
    for (const port of [70_000, 65_536, -1, 1.5, Number.NaN, '80' as never, null as never]) {
      const error = thrownBy(() => server.start('127.0.0.1', port));
      expect(error.socketError).toBe(SocketError.InvalidParam);
      expect(error.message).toMatch(/^port must be a whole number from 0 to 65535/);
    }
    expect(log.names()).toEqual([]);
    expect(server.state).toBe(ServiceState.Stopped);
    await server.stop();
    expect(log.names()).toEqual([]);
  });

  test('startAsync takes names; one without an address rejects', async () => {
    await using server = new UdpServer({ onReceive: echo }, { workerThreadCount });

    await expect(server.startAsync('no-such-host.invalid')).rejects.toMatchObject({
      name: 'HpSocketError',
      socketError: SocketError.SocketCreate,
      address: 'no-such-host.invalid',
    });
    expect(server.lastError).toBe(SocketError.SocketCreate);
    await expect(server.startAsync('', 0)).rejects.toMatchObject({ socketError: SocketError.InvalidParam });
    expect(server.state).toBe(ServiceState.Stopped);
    await server.startAsync('localhost');
    const { address } = server.listenAddress ?? {};
    await using peer = await DatagramPeer.bind(address === undefined ? {} : { host: address });
    await peer.send('x', portOf(server));
    await peer.next();
    expect(server.state).toBe(ServiceState.Started);
  });

  test('onPrepareListen runs before bind; its veto leaves the port alone, and the next start asks again', async () => {
    await using taken = await DatagramPeer.bind();
    const addresses: unknown[] = [];
    const log = new EventLog();
    let result = HandleResult.Error;
    await using server = new UdpServer(
      serverListener(log, {
        onPrepareListen: (_server, socket) => {
          addresses.push(socket.localAddress);
          expect(socket.fd).toBeGreaterThan(0);
          return result;
        },
      }),
      { workerThreadCount },
    );

    expect(thrownBy(() => server.start('127.0.0.1', taken.port))).toMatchObject({
      socketError: SocketError.SocketPrepare,
      code: 'SE_SOCKET_PREPARE',
    });
    expect(addresses).toEqual([isWindows ? undefined : { address: '0.0.0.0', port: 0 }]);
    expect(log.names()).toEqual(['onPrepareListen', 'onShutdown']);
    expect(server.state).toBe(ServiceState.Stopped);
    result = HandleResult.Ignore;
    server.start('127.0.0.1');
    expect(log.names()).toEqual(['onPrepareListen', 'onShutdown', 'onPrepareListen']);
  });

  test('a restart on the same port in the very continuation of stop(), and ids go on', async () => {
    const log = new EventLog();
    const port = await closedDatagramPort();
    await using server = new UdpServer(serverListener(log, { onReceive: echo }), { workerThreadCount });
    await using peer = await DatagramPeer.bind();
    for (let round = 1; round <= 20; round++) {
      server.start('127.0.0.1', port);
      await peer.send(`round ${round}`, port);
      expect(String((await peer.next(round)).data)).toBe(`round ${round}`);
      await server.stop();
    }

    const ids = Array.from({ length: 20 }, (_each, index) => index + 1);
    expect(log.all('onAccept').map(({ id }) => id)).toEqual(ids);
    expect(log.all('onClose').map(({ id }) => id)).toEqual(ids);
  });

  test('a restart under fire: each peer has one connection, whichever socket is bound first', async () => {
    const port = await closedDatagramPort();
    await using flood = await Flood.start(port, 64);
    for (let round = 0; round < repeats(30); round++) {
      const heard = deferred();
      let receives = 0;
      await using server = new UdpServer(
        {
          onReceive: () => {
            if (++receives === 500) heard.resolve();
          },
        },
        { workerThreadCount },
      );
      server.start('127.0.0.1', port);
      await within(heard.promise, 10_000, '500 datagrams');
      const known = server.getAllConnectionIds().map((id) => server.getRemoteAddress(id)?.address);
      expect(known.length).toBeLessThanOrEqual(64);
      expect(new Set(known).size).toBe(known.length);
    }
    expect(flood.isOver).toBe(false);
  });

  test('a start that fails while the former port is free again leaks no port', async () => {
    await using server = new UdpServer({}, { workerThreadCount });
    server.start('127.0.0.1');
    const port = portOf(server);
    await server.stop();
    await using taken = await DatagramPeer.bind({ port });
    for (let count = 0; count < 50; count++) {
      expect(thrownBy(() => server.start('127.0.0.1', port)).errno).toBe(ErrorCode.AddressInUse);
    }
    await taken[Symbol.asyncDispose]();
    server.start('127.0.0.1', port);

    expect(portOf(server)).toBe(port);
  });
});
