// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { modes } from '@hp/testkit';
import { SocketError, UdpCast, UdpClient, UdpServer } from '@hp/udp';
import {
  common,
  describeSettings,
  type ExpectedSettings,
  MOST,
  ofClients,
  ofMany,
} from '../../core-native/test/support/settings.js';
import { thrownBy } from '../../core-native/test/support/thrown.js';

const ofDatagrams: Omit<ExpectedSettings, 'name' | 'make'> = {
  ranges: {
    ...common.ranges,
    maxDatagramSize: [1, 65_507],
    postReceiveCount: [1, MOST],
    recvBufferSize: [0, MOST],
    sendBufferSize: [0, MOST],
  },
  flags: common.flags,
  choices: common.choices,
  defaults: {
    ...common.defaults,
    maxDatagramSize: 1432,
    postReceiveCount: 64,
    recvBufferSize: 0,
    sendBufferSize: 0,
    reuseAddressPolicy: 0,
    maxPendingBytes: 4 * 1024 * 1024,
  },
};

const ofDetection: Omit<ExpectedSettings, 'name' | 'make' | 'choices'> = {
  ranges: { detectAttempts: [0, MOST], detectInterval: [1000, MOST, 0] },
  flags: ['closeNotify'],
  defaults: { detectAttempts: 3, detectInterval: 60_000, closeNotify: false },
};

describeSettings({
  name: 'UdpServer',
  make: (options) => new UdpServer({}, options),
  ranges: { ...ofDatagrams.ranges, ...ofDetection.ranges, ...ofMany.ranges },
  flags: [...ofDatagrams.flags, ...ofDetection.flags, ...ofMany.flags, 'dualStack'],
  choices: ofDatagrams.choices,
  defaults: {
    ...ofDatagrams.defaults,
    ...ofDetection.defaults,
    ...ofMany.defaults,
    maxConnections: 100_000,
    dualStack: false,
  },
});

describeSettings({
  name: 'UdpClient',
  make: (options) => new UdpClient({}, options),
  ranges: { ...ofDatagrams.ranges, ...ofDetection.ranges, ...ofClients.ranges },
  flags: [...ofDatagrams.flags, ...ofDetection.flags],
  choices: ofDatagrams.choices,
  defaults: { ...ofDatagrams.defaults, ...ofDetection.defaults, ...ofClients.defaults },
});

describeSettings({
  name: 'UdpCast',
  make: (options) => new UdpCast({}, options),
  ranges: { ...ofDatagrams.ranges, ...ofClients.ranges, castMode: [0, 1], multiCastTtl: [0, 255] },
  flags: [...ofDatagrams.flags, 'multiCastLoop'],
  choices: ofDatagrams.choices,
  defaults: {
    ...ofDatagrams.defaults,
    ...ofClients.defaults,
    castMode: 0,
    multiCastTtl: 1,
    multiCastLoop: false,
    reuseAddressPolicy: 1,
  },
});

describe.each(modes)('settings of a UdpServer that runs ($name)', ({ workerThreadCount }) => {
  test('cannot be changed, and can again once it is stopped', async () => {
    await using server = new UdpServer({}, { workerThreadCount });
    server.start('127.0.0.1');

    const error = thrownBy(() => (server.maxDatagramSize = 100));
    expect(error.socketError).toBe(SocketError.IllegalState);
    expect(error.message).toContain('maxDatagramSize');
    expect(server.maxDatagramSize).toBe(1432);
    const stopped = server.stop();
    expect(thrownBy(() => (server.maxDatagramSize = 100)).socketError).toBe(SocketError.IllegalState);
    await stopped;
    server.maxDatagramSize = 100;
    expect(server.maxDatagramSize).toBe(100);
  });
});

test('a listener, an event, or options that are none are refused by name', () => {
  for (const wrong of [undefined, null, 42, 'text']) {
    const error = thrownBy(() => new UdpServer(wrong as never));
    expect(error.socketError).toBe(SocketError.InvalidParam);
    expect(error.message).toMatch(/^listener must be /);
  }
  for (const [name, listener, options] of [
    ['listener.onReceive', { onReceive: 'later' }],
    ['listener.onReject', { onReject: null }],
    ['options', {}, 5],
    ['options', {}, null],
  ] as const) {
    const error = thrownBy(() => new UdpServer(listener as never, options as never));
    expect(error.socketError).toBe(SocketError.InvalidParam);
    expect(error.message.startsWith(`${name} must be `)).toBe(true);
  }
});
