// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { modes } from '@hp/testkit';
import { HpSocketError, SocketError, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';
import { thrownBy } from './support/thrown.js';

const MAX = 2_147_483_647;

/** Smallest and largest value, and what is allowed besides. */
type Range = readonly [least: number, most: number, besides?: unknown];

const connectionRanges: Readonly<Record<string, Range>> = {
  socketBufferSize: [8, 65_536],
  keepAliveTime: [1000, MAX, 0],
  keepAliveInterval: [1000, MAX, 0],
  keepAliveCount: [1, 127],
  reuseAddressPolicy: [0, 2],
  maxPendingBytes: [1, MAX],
  highWaterMarkBytes: [1, MAX],
  lowWaterMarkBytes: [0, MAX],
  idleTimeoutMs: [0, MAX],
  maxLifetimeMs: [0, MAX],
  workerThreadCount: [process.platform === 'win32' ? 1 : 0, 512, 'auto'],
};
const multiRanges: Readonly<Record<string, Range>> = {
  ...connectionRanges,
  sendPolicy: [0, 2],
  maxConnections: [0, 5_000_000],
  freeSocketObjLockTime: [1000, MAX],
  freeSocketObjPool: [0, MAX],
  freeSocketObjHold: [0, MAX],
  freeBufferObjPool: [0, MAX],
  freeBufferObjHold: [0, MAX],
};
const connectionFlags = ['noDelay', 'pauseReadsWhenCongested', 'asyncContext'];
const connectionChoices: Readonly<Record<string, readonly string[]>> = {
  idleTimeoutOn: ['receive', 'send', 'both'],
  receiveBuffer: ['owned', 'borrowed'],
};

const components = [
  {
    name: 'TcpServer',
    make: (options?: object) => new TcpServer({}, options),
    ranges: { ...multiRanges, acceptSocketCount: [1, MAX], socketListenQueue: [1, MAX] },
    flags: [...connectionFlags, 'markSilence', 'dualStack'],
  },
  {
    name: 'TcpAgent',
    make: (options?: object) => new TcpAgent({}, options),
    ranges: { ...multiRanges, connectTimeoutMs: [0, MAX] },
    flags: [...connectionFlags, 'markSilence'],
  },
  {
    name: 'TcpClient',
    make: (options?: object) => new TcpClient({}, options),
    ranges: {
      ...connectionRanges,
      connectTimeoutMs: [0, MAX],
      freeBufferPoolSize: [0, MAX],
      freeBufferPoolHold: [0, MAX],
    },
    flags: connectionFlags,
  },
] as const;

type Settings = Record<string, unknown>;

describe.each(components)('settings of $name', ({ make, ranges, flags }) => {
  const allRanges: Readonly<Record<string, Range>> = ranges;

  test.each(Object.keys(allRanges))('%s: its limits are accepted, what lies beyond throws', (name) => {
    const [least, most, besides] = allRanges[name]!;
    for (const value of [least, most, ...(besides === undefined ? [] : [besides])]) {
      expect((make({ [name]: value }) as unknown as Settings)[name]).toBe(value);
      const component = make() as unknown as Settings;
      component[name] = value;
      expect(component[name]).toBe(value);
    }
    const beyond = [least - 1, most + 1, least + 0.5, Number.NaN, Infinity, String(least), null, true, {}];
    for (const value of beyond.filter((each) => each !== besides)) {
      const component = make();
      const before = (component as unknown as Settings)[name];
      const error = thrownBy(() => ((component as unknown as Settings)[name] = value));

      expect(error).toBeInstanceOf(HpSocketError);
      expect(error.socketError).toBe(SocketError.InvalidParam);
      expect(error.message.startsWith(`${name} must be `)).toBe(true);
      expect(component.lastError).toBe(SocketError.InvalidParam);
      expect((component as unknown as Settings)[name]).toBe(before);
      expect(thrownBy(() => make({ [name]: value })).message).toBe(error.message);
    }
  });

  test.each(flags)('%s: true or false, nothing else', (name) => {
    for (const value of [true, false]) {
      expect((make({ [name]: value }) as unknown as Settings)[name]).toBe(value);
    }
    for (const value of [0, 1, 'true', null, {}]) {
      expect(thrownBy(() => make({ [name]: value })).message).toMatch(
        new RegExp(`^${name} must be true or false`),
      );
    }
  });

  test.each(Object.keys(connectionChoices))('%s: one of its words, nothing else', (name) => {
    for (const value of connectionChoices[name] ?? []) {
      expect((make({ [name]: value }) as unknown as Settings)[name]).toBe(value);
    }
    for (const value of ['Receive', 'none', '', 0, true, null]) {
      expect(thrownBy(() => make({ [name]: value })).message).toMatch(new RegExp(`^${name} must be one of`));
    }
  });

  test('a setting that does not exist throws and is named', () => {
    const error = thrownBy(() => make({ socketBuferSize: 4096 }));

    expect(error.socketError).toBe(SocketError.InvalidParam);
    expect(error.message).toContain('socketBuferSize');
  });

  test('undefined leaves a setting as it is', () => {
    expect(make({ keepAliveTime: undefined }).keepAliveTime).toBe(60_000);
  });

  test('each setting is listed here, and is a property', () => {
    const component = make();
    const names = [...Object.keys(allRanges), ...flags, ...Object.keys(connectionChoices)];
    const properties: string[] = [];
    for (const name in component) properties.push(name);

    for (const name of names) expect(properties).toContain(name);
    const others = properties.filter((name) => !names.includes(name));
    expect(others.filter((name) => name in (make() as unknown as Settings))).toEqual(
      others.filter((name) => !Object.keys(defaults).includes(name)),
    );
  });

  test('defaults', () => {
    const component = make() as unknown as Settings;
    for (const [name, value] of Object.entries(defaults)) {
      const isOther = !(name in component);
      expect(isOther || component[name]).toEqual(isOther || value);
    }
  });
});

const defaults: Readonly<Record<string, unknown>> = {
  socketBufferSize: 65_536,
  keepAliveTime: 60_000,
  keepAliveInterval: 20_000,
  keepAliveCount: 5,
  noDelay: true,
  reuseAddressPolicy: 1,
  maxPendingBytes: 64 * 1024 * 1024,
  highWaterMarkBytes: 1024 * 1024,
  lowWaterMarkBytes: 256 * 1024,
  idleTimeoutMs: 0,
  idleTimeoutOn: 'receive',
  maxLifetimeMs: 0,
  receiveBuffer: 'owned',
  workerThreadCount: 'auto',
  asyncContext: false,
  sendPolicy: 0,
  markSilence: true,
  maxConnections: 0,
  freeSocketObjLockTime: 20_000,
  freeSocketObjPool: 600,
  freeSocketObjHold: 600,
  freeBufferObjPool: 1024,
  freeBufferObjHold: 1024,
  acceptSocketCount: 64,
  socketListenQueue: 4096,
  dualStack: false,
  connectTimeoutMs: 0,
  freeBufferPoolSize: 60,
  freeBufferPoolHold: 60,
};

test('congestion pauses reading on servers, not on agents and clients', () => {
  expect(new TcpServer({}).pauseReadsWhenCongested).toBe(true);
  expect(new TcpAgent({}).pauseReadsWhenCongested).toBe(false);
  expect(new TcpClient({}).pauseReadsWhenCongested).toBe(false);
});

describe.each(modes)('settings of a component that runs ($name)', ({ workerThreadCount }) => {
  test('cannot be changed, and can again once it is stopped', async () => {
    await using server = new TcpServer({}, { workerThreadCount });
    server.start('127.0.0.1');

    const error = thrownBy(() => (server.keepAliveTime = 5000));
    expect(error.socketError).toBe(SocketError.IllegalState);
    expect(error.message).toContain('keepAliveTime');
    expect(server.lastError).toBe(SocketError.IllegalState);
    expect(server.keepAliveTime).toBe(60_000);
    const stopped = server.stop();
    expect(thrownBy(() => (server.keepAliveTime = 5000)).socketError).toBe(SocketError.IllegalState);
    await stopped;
    server.keepAliveTime = 5000;
    expect(server.keepAliveTime).toBe(5000);
  });
});
