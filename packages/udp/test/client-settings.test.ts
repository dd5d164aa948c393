// SPDX-License-Identifier: Apache-2.0
// Settings of clients and of members of a group: ranges, defaults, and what becomes of them.
import { describe, expect, test } from 'vitest';
import { DatagramPeer, deferred, modes, option } from '@hp/testkit';
import {
  CastMode,
  HandleResult,
  ReuseAddressPolicy,
  SocketError,
  type SocketHandle,
  UdpCast,
  UdpClient,
} from '@hp/udp';
import { thrownBy } from '../../core-native/test/support/thrown.js';

const MAX = 2_147_483_647;

/** A default, and values at the limits or beyond them. */
interface Expected {
  readonly initial: unknown;
  readonly good: readonly unknown[];
  readonly bad: readonly unknown[];
}

function range(initial: unknown, least: number, most: number, ...besides: readonly unknown[]): Expected {
  const beyond = [least - 1, most + 1, least + 0.5, Number.NaN, Infinity, String(least), null, true, {}];
  return {
    initial,
    good: [least, most, ...besides],
    bad: beyond.filter((value) => !besides.includes(value)),
  };
}

function flag(initial: boolean): Expected {
  return { initial, good: [true, false], bad: [0, 1, 'true', null, {}] };
}

function words(initial: string, ...others: readonly string[]): Expected {
  return { initial, good: [initial, ...others], bad: [initial.toUpperCase(), '', 0, null, false] };
}

const common: Readonly<Record<string, Expected>> = {
  maxPendingBytes: range(4_194_304, 1, MAX),
  highWaterMarkBytes: range(1_048_576, 1, MAX),
  lowWaterMarkBytes: range(262_144, 0, MAX),
  idleTimeoutMs: range(0, 0, MAX),
  idleTimeoutOn: words('receive', 'send', 'both'),
  maxLifetimeMs: range(0, 0, MAX),
  receiveBuffer: words('owned', 'borrowed'),
  workerThreadCount: range('auto', process.platform === 'win32' ? 1 : 0, 512, 'auto'),
  asyncContext: flag(false),
  connectTimeoutMs: range(0, 0, MAX),
  freeBufferPoolSize: range(60, 0, MAX),
  freeBufferPoolHold: range(60, 0, MAX),
  maxDatagramSize: range(1432, 1, 65_507),
  postReceiveCount: range(64, 1, MAX),
  recvBufferSize: range(0, 0, MAX),
  sendBufferSize: range(0, 0, MAX),
};

const { None, AddressOnly } = ReuseAddressPolicy;

const components = [
  {
    name: 'UdpClient',
    make: (options?: object) => new UdpClient({}, options),
    settings: {
      ...common,
      reuseAddressPolicy: range(None, 0, 2),
      detectAttempts: range(3, 0, MAX),
      detectInterval: range(60_000, 1000, MAX, 0),
      closeNotify: flag(false),
    },
  },
  {
    name: 'UdpCast',
    make: (options?: object) => new UdpCast({}, options),
    settings: {
      ...common,
      reuseAddressPolicy: range(AddressOnly, 0, 2),
      castMode: range(CastMode.Multicast, 0, 1),
      multiCastTtl: range(1, 0, 255),
      multiCastLoop: flag(false),
    },
  },
] as const;

describe.each(components)('settings of $name', ({ make, settings }) => {
  const all: Readonly<Record<string, Expected>> = settings;
  const read = (component: object, name: string): unknown => Reflect.get(component, name);

  test.each(Object.keys(all))('%s', (name) => {
    const { initial, good, bad } = all[name]!;
    expect(read(make(), name)).toBe(initial);
    expect(read(make({ [name]: undefined }), name)).toBe(initial);
    for (const value of good) {
      expect(read(make({ [name]: value }), name)).toBe(value);
      const component = make();
      Reflect.set(component, name, value);
      expect(read(component, name)).toBe(value);
    }
    for (const value of bad) {
      const component = make();
      const error = thrownBy(() => Reflect.set(component, name, value));
      expect(error).toMatchObject({ code: 'SE_INVALID_PARAM', socketError: SocketError.InvalidParam });
      expect(error.message).toContain(`${name} must be `);
      expect(component.lastError).toBe(SocketError.InvalidParam);
      expect(read(component, name)).toBe(initial);
      expect(thrownBy(() => make({ [name]: value })).message).toBe(error.message);
    }
  });

  test('these are all there are', () => {
    const own = ['extra', 'isSecure', 'lastConnectionId'];
    const names: string[] = [];
    const component = make();
    for (const name in component) {
      if (typeof read(component, name) !== 'function' && !own.includes(name)) names.push(name);
    }
    const inner = ['settings', 'engine', 'connection'];
    expect(names.filter((name) => !inner.includes(name)).sort()).toEqual(Object.keys(all).sort());
  });

  test('a setting that there is not is refused by name', () => {
    expect(thrownBy(() => make({ maxDatagramSzie: 5 })).message).toContain('maxDatagramSzie');
    expect(thrownBy(() => make({ keepAliveTime: 5 })).message).toContain('keepAliveTime');
  });

  test.each([null, 5, 'listener', { onReceive: 'no function' }, { onClose: {} }])(
    'the listener %j is refused',
    (listener) => {
      const Class = make().constructor as new (listener: unknown) => unknown;
      expect(thrownBy(() => new Class(listener)).code).toBe('SE_INVALID_PARAM');
    },
  );

  test('options that are no object are refused', () => {
    for (const options of [null, 5]) {
      const Class = make().constructor as new (listener: object, options: unknown) => unknown;
      expect(thrownBy(() => new Class({}, options)).code).toBe('SE_INVALID_PARAM');
    }
  });
});

describe.each(modes)('settings of a client that runs ($name)', ({ workerThreadCount }) => {
  test('cannot be changed, and can again once it is stopped', async () => {
    await using peer = await DatagramPeer.bind();
    await using client = new UdpClient({}, { workerThreadCount });
    await client.startAsync(peer.host, peer.port);
    const change = () => (client.maxDatagramSize = 5);
    expect(thrownBy(change)).toMatchObject({ code: 'SE_ILLEGAL_STATE' });
    const stopped = client.stop();
    expect(thrownBy(change).message).toContain('maxDatagramSize');
    await stopped;
    change();

    expect(client.maxDatagramSize).toBe(5);
  });

  test('options set in onPrepareConnect are those of the socket', async () => {
    await using peer = await DatagramPeer.bind();
    const read = deferred<unknown>();
    const [level, name] = option.typeOfService;
    await using client = new UdpClient(
      {
        onPrepareConnect(_client, socket) {
          expect(socket.fd).toBe(-1);
          socket.setOption(level, name, 0x10);
          read.resolve(socket.getOption(level, name));
        },
      },
      { workerThreadCount },
    );
    client.start(peer.host, peer.port, { asyncConnect: false });
    expect(await read.promise).toBe(0x10);
  });

  test('an option that the system does not know ends the start', async () => {
    const prepare = (_client: UdpClient, socket: SocketHandle): HandleResult => {
      socket.setOption(1, 0x7fff, 1);
      return HandleResult.Ok;
    };
    await using client = new UdpClient({ onPrepareConnect: prepare }, { workerThreadCount });
    expect(thrownBy(() => client.start('127.0.0.1', 9, { asyncConnect: false }))).toMatchObject({
      code: 'SE_SOCKET_CREATE',
      systemCode: 'ENOPROTOOPT',
      syscall: 'setsockopt',
    });
  });

  test('reuseAddressPolicy: two clients share a port only where both allow it', async () => {
    await using peer = await DatagramPeer.bind();
    await using first = new UdpClient({}, { workerThreadCount, reuseAddressPolicy: AddressOnly });
    await using second = new UdpClient({}, { workerThreadCount, reuseAddressPolicy: AddressOnly });
    await using third = new UdpClient({}, { workerThreadCount });
    await first.startAsync(peer.host, peer.port, { localAddress: '127.0.0.1' });
    const from = { localAddress: '127.0.0.1', localPort: first.localAddress!.port, asyncConnect: false };
    second.start(peer.host, peer.port, from);

    expect(second.localAddress).toEqual(first.localAddress);
    expect(thrownBy(() => third.start(peer.host, peer.port, from))).toMatchObject({
      code: 'SE_SOCKET_BIND',
      systemCode: 'EADDRINUSE',
    });
  });
});
