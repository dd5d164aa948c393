// SPDX-License-Identifier: Apache-2.0
// How a member of a group or of a broadcast is started, how that fails, and how it ends.
import { describe, expect, test } from 'vitest';
import { closedDatagramPort, DatagramPeer, eventually, modes, repeats, UncaughtErrors } from '@hp/testkit';
import type { UdpCast } from '@hp/udp';
import {
  CastMode,
  ErrorCode,
  HandleResult,
  ReuseAddressPolicy,
  ServiceState,
  SocketError,
  SocketOperation,
  type UdpCastStartOptions,
  type UdpClientListener,
} from '@hp/udp';
import { thrownBy } from '../../core-native/test/support/thrown.js';
import { GROUP, isJoined, makeMember, type Member } from './support/members.js';

const { Broadcast } = CastMode;
const { Close } = SocketOperation;
const loopback: UdpCastStartOptions = { localAddress: '127.0.0.1' };
const everybody = '255.255.255.255';

describe.each(modes)('starting a UdpCast ($name)', ({ workerThreadCount }) => {
  function made(options = {}, hooks: UdpClientListener<UdpCast> = {}): Member {
    return makeMember({ workerThreadCount, multiCastLoop: true, ...options }, hooks);
  }

  test('start is synchronous: onConnect has been called when it returns', async () => {
    await using side = made();
    const { member, log } = side;
    const port = await closedDatagramPort();
    expect([member.localAddress, member.remoteAddress, member.remoteHost]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    member.start(GROUP, port, loopback);
    expect(log.names()).toEqual(['onPrepareConnect', 'onConnect']);
    expect(member.state).toBe(ServiceState.Started);
    expect(member.isConnected).toBe(true);
    expect(member.localAddress).toEqual({ address: '0.0.0.0', port });
    expect(member.remoteAddress).toEqual({ address: GROUP, port });
    expect(member.remoteHost).toEqual({ host: GROUP, port });
    expect(member.connectionId).toBeGreaterThan(0);
    expect(member.send(Buffer.from('at once'))).toBe(true);
    await log.next('onReceive');
    await member.stop();

    expect(log.names().at(-1)).toBe('onClose');
    expect(log.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
  });

  test('startAsync too, and with a name', async () => {
    await using side = made();
    const port = await closedDatagramPort();
    await side.member.startAsync(GROUP, port, loopback);
    expect(side.log.names()).toEqual(['onPrepareConnect', 'onConnect']);
    await side.member.stop();
    // A name that is no group's: found, and refused.
    for (const start of ['start', 'startAsync'] as const) {
      await expect((async () => side.member[start]('localhost', port, loopback))()).rejects.toMatchObject({
        code: 'SE_CONNECT_SERVER',
        systemCode: 'EINVAL',
      });
      await side.member.wait();
    }
    expect(side.member.state).toBe(ServiceState.Stopped);
  });

  test('it can be started again as soon as stop has settled', async () => {
    await using side = made({ reuseAddressPolicy: ReuseAddressPolicy.None });
    const { member, log } = side;
    const port = await closedDatagramPort();
    const rounds = repeats(30);
    for (let round = 1; round <= rounds; round++) {
      member.start(GROUP, port, loopback);
      member.send(Buffer.from(`round ${round}`));
      await log.next('onReceive', round);
      await member.stop();
    }

    expect(log.names()).toEqual(
      Array.from({ length: rounds }, () => ['onPrepareConnect', 'onConnect', 'onReceive', 'onClose']).flat(),
    );
  });

  test.each([
    ['no group', '127.0.0.1', loopback, 'EINVAL', 'setsockopt'],
    ['no group of IPv6', '::1', {}, 'EINVAL', 'setsockopt'],
    ['an interface that there is not', GROUP, { localAddress: '192.0.2.99' }, 'EADDRNOTAVAIL', 'setsockopt'],
    ['one of IPv6', 'ff11::7:7', { localAddress: '2001:db8::99' }, 'EADDRNOTAVAIL', 'setsockopt'],
    ['a name that there is not', 'nowhere.invalid', {}, 'EADDRNOTAVAIL', 'getaddrinfo'],
  ])('%s: start throws, no onClose, and it can be started properly', async (...row) => {
    const [, host, options, systemCode, syscall] = row;
    await using side = made({ reuseAddressPolicy: ReuseAddressPolicy.None });
    const { member, log } = side;
    const port = await closedDatagramPort();
    const failure = { code: 'SE_CONNECT_SERVER', systemCode, syscall, address: host, port };
    expect(thrownBy(() => member.start(host, port, options))).toMatchObject(failure);
    expect(member.state).toBe(ServiceState.Stopped);
    expect(member.lastError).toBe(SocketError.ConnectServer);
    expect(log.names()).toEqual(['onPrepareConnect']);
    member.start(GROUP, port, loopback);
    await member.stop();
    await expect(member.startAsync(host, port, options)).rejects.toMatchObject({ systemCode });
    await member.wait();
    expect(log.all('onClose')).toMatchObject([
      { operation: Close, errorCode: 0 },
      { operation: SocketOperation.Connect },
    ]);
  });

  test('port 0, of which there is none: SE_CONNECT_SERVER, EINVAL', () => {
    const failure = { code: 'SE_CONNECT_SERVER', systemCode: 'EINVAL', port: 0 };
    expect(thrownBy(() => made().member.start(GROUP, 0, loopback))).toMatchObject(failure);
  });

  test('an interface of the other family: SE_SOCKET_BIND, EAFNOSUPPORT', () => {
    const failure = { code: 'SE_SOCKET_BIND', systemCode: 'EAFNOSUPPORT' };
    expect(thrownBy(() => made().member.start(GROUP, 9, { localAddress: '::1' }))).toMatchObject(failure);
    expect(thrownBy(() => made().member.start('ff11::7:7', 9, loopback))).toMatchObject(failure);
  });

  test('a port in use: SE_SOCKET_BIND, unless all who use it share addresses', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = made();
    const inUse = { code: 'SE_SOCKET_BIND', systemCode: 'EADDRINUSE', syscall: 'bind' };
    expect(thrownBy(() => side.member.start(GROUP, peer.port, loopback))).toMatchObject(inUse);
    const port = await closedDatagramPort();
    await using alone = made({ reuseAddressPolicy: ReuseAddressPolicy.None });
    side.member.start(GROUP, port, loopback);
    expect(thrownBy(() => alone.member.start(GROUP, port, loopback))).toMatchObject(inUse);
    await side.member.stop();
    alone.member.start(GROUP, port, loopback);
    expect(thrownBy(() => side.member.start(GROUP, port, loopback))).toMatchObject(inUse);
    await using sharing = made({ reuseAddressPolicy: ReuseAddressPolicy.AddressAndPort });
    await alone.member.stop();
    sharing.member.start(GROUP, port, loopback);
    side.member.start(GROUP, port, loopback);
    expect(side.member.isConnected).toBe(true);
  });

  test.each([
    ['host', ['', 9]],
    ['host', ['two words', 9]],
    ['port', [GROUP, 65_536]],
    ['localAddress', [GROUP, 9, { localAddress: 'lo' }]],
    ['options', [GROUP, 9, 5]],
  ])('a wrong %s throws, and nothing is begun', async (name, args) => {
    const { member, log } = made();
    const given = args as Parameters<UdpCast['start']>;
    const refusal = { code: 'SE_INVALID_PARAM' };
    expect(thrownBy(() => member.start(...given))).toMatchObject(refusal);
    expect(thrownBy(() => member.start(...given)).message).toContain(name);
    await expect(member.startAsync(...given)).rejects.toMatchObject(refusal);
    expect(log.events).toEqual([]);
    expect(member.state).toBe(ServiceState.Stopped);
  });

  test('callbacks that refuse, throw or stop: start throws, no onClose, the port is free', async () => {
    using uncaught = new UncaughtErrors();
    const port = await closedDatagramPort();
    const fail = () => {
      throw new Error('thrown');
    };
    const cases: readonly [UdpClientListener<UdpCast>, string | RegExp][] = [
      [{ onPrepareConnect: () => HandleResult.Error }, /onPrepareConnect refused/],
      [{ onPrepareConnect: fail }, 'thrown'],
      [{ onPrepareConnect: (it) => void it.stop() }, /called the connect off/],
      [{ onConnect: () => HandleResult.Error }, /onConnect refused/],
      [{ onConnect: fail }, 'thrown'],
      [{ onConnect: (it) => void it.stop() }, /onConnect/],
    ];
    for (const [hooks, message] of cases) {
      await using side = made({ reuseAddressPolicy: ReuseAddressPolicy.None }, hooks);
      const { member, log } = side;
      for (let round = 1; round <= 3; round++) {
        expect(() => member.start(GROUP, port, loopback)).toThrow(message);
        expect(member.state).toBe(ServiceState.Stopped);
      }
      await using next = made({ reuseAddressPolicy: ReuseAddressPolicy.None });
      next.member.start(GROUP, port, loopback);
      next.member.send(Buffer.from('x'));
      await next.log.next('onReceive');
      expect(log.names().filter((name) => name === 'onClose' || name === 'onReceive')).toEqual([]);
    }
    expect(uncaught.errors).toEqual([]);
  });

  test('stop inside onReceive and inside onClose', async () => {
    for (const event of ['onReceive', 'onClose'] as const) {
      let stopped: Promise<void> | undefined;
      await using side = made({}, { [event]: (it: UdpCast) => void (stopped ??= it.stop()) });
      const { member, log } = side;
      member.start(GROUP, await closedDatagramPort(), loopback);
      for (let count = 0; count < 10; count++) member.send(Buffer.from('x'));
      await log.next('onReceive');
      if (event === 'onClose') void member.stop();
      await log.next('onClose');
      await stopped;
      expect(member.state).toBe(ServiceState.Stopped);
      expect(log.names().at(-1)).toBe('onClose');
      expect(log.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
    }
  });

  test('it leaves the group when it stops, and when a start fails after it has joined', async () => {
    const group = '239.255.77.98';
    await using side = made(
      {},
      { onConnect: () => (isJoined(group) ? HandleResult.Error : HandleResult.Ok) },
    );
    expect(() => side.member.start(group, 9999, loopback)).toThrow('refused');
    await eventually(() => !isJoined(group), 'The leaving');
  });

  test('calls while it does not run are refused as InvalidState', () => {
    const { member } = made();
    for (const call of [() => member.send(Buffer.alloc(0)), () => member.pauseReceive()]) {
      member.lastErrorCode = ErrorCode.Ok;
      expect(call()).toBe(false);
      expect(member.lastErrorCode).toBe(ErrorCode.InvalidState);
    }
  });

  test('broadcast: no host is everybody, and a host is what it says; IPv6 is refused', async () => {
    const port = await closedDatagramPort();
    await using side = made({ castMode: Broadcast });
    for (const [host, address] of [
      ['', everybody],
      [everybody, everybody],
      ['127.255.255.255', '127.255.255.255'],
    ] as const) {
      side.member.start(host, port);
      expect(side.member.remoteAddress).toEqual({ address, port });
      expect(side.member.remoteHost).toEqual({ host: address, port });
      await side.member.stop();
      await side.member.startAsync(host, port);
      expect(side.member.remoteAddress).toEqual({ address, port });
      await side.member.stop();
    }
    expect(thrownBy(() => side.member.start('::1', port))).toMatchObject({
      code: 'SE_CONNECT_SERVER',
      systemCode: 'EAFNOSUPPORT',
    });
    await expect(side.member.startAsync('ff02::1', port)).rejects.toMatchObject({
      systemCode: 'EAFNOSUPPORT',
    });
  });

  test('broadcast through an interface that there is not: EADDRNOTAVAIL', () => {
    const { member } = made({ castMode: Broadcast });
    expect(thrownBy(() => member.start('', 9, { localAddress: '192.0.2.99' }))).toMatchObject({
      code: 'SE_CONNECT_SERVER',
      systemCode: 'EADDRNOTAVAIL',
    });
  });

  test('broadcast over loopback: all on the port hear it, and who has sent it', async () => {
    const port = await closedDatagramPort();
    const members = Array.from({ length: 3 }, () => made({ castMode: Broadcast }));
    for (const { member } of members) member.start('127.255.255.255', port);
    members[0]!.member.send(Buffer.from('hello, all'));
    for (const { log, received } of members) {
      await log.next('onReceive');
      expect(received).toEqual([{ from: { address: '127.0.0.1', port }, text: 'hello, all' }]);
    }
    await Promise.all(members.map(({ member }) => member.stop()));
  });
});
