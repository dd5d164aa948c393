// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { modes } from '@hp/testkit';
import { SocketError, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';
import {
  common,
  describeSettings,
  type ExpectedSettings,
  MOST,
  ofClients,
  ofMany,
} from '../../core-native/test/support/settings.js';
import { thrownBy } from '../../core-native/test/support/thrown.js';

const ofStreams: Omit<ExpectedSettings, 'name' | 'make'> = {
  ranges: {
    ...common.ranges,
    socketBufferSize: [8, 65_536],
    keepAliveTime: [1000, MOST, 0],
    keepAliveInterval: [1000, MOST, 0],
    keepAliveCount: [1, 127],
  },
  flags: [...common.flags, 'noDelay', 'pauseReadsWhenCongested'],
  choices: common.choices,
  defaults: {
    ...common.defaults,
    socketBufferSize: 65_536,
    keepAliveTime: 60_000,
    keepAliveInterval: 20_000,
    keepAliveCount: 5,
    noDelay: true,
    reuseAddressPolicy: 1,
    maxPendingBytes: 64 * 1024 * 1024,
  },
};

describeSettings({
  name: 'TcpServer',
  make: (options) => new TcpServer({}, options),
  ranges: {
    ...ofStreams.ranges,
    ...ofMany.ranges,
    acceptSocketCount: [1, MOST],
    socketListenQueue: [1, MOST],
  },
  flags: [...ofStreams.flags, ...ofMany.flags, 'dualStack'],
  choices: ofStreams.choices,
  defaults: {
    ...ofStreams.defaults,
    ...ofMany.defaults,
    pauseReadsWhenCongested: true,
    maxConnections: 0,
    acceptSocketCount: 64,
    socketListenQueue: 4096,
    dualStack: false,
  },
});

describeSettings({
  name: 'TcpAgent',
  make: (options) => new TcpAgent({}, options),
  ranges: { ...ofStreams.ranges, ...ofMany.ranges, connectTimeoutMs: [0, MOST] },
  flags: [...ofStreams.flags, ...ofMany.flags],
  choices: ofStreams.choices,
  defaults: {
    ...ofStreams.defaults,
    ...ofMany.defaults,
    pauseReadsWhenCongested: false,
    maxConnections: 0,
    connectTimeoutMs: 0,
  },
});

describeSettings({
  name: 'TcpClient',
  make: (options) => new TcpClient({}, options),
  ranges: { ...ofStreams.ranges, ...ofClients.ranges },
  flags: ofStreams.flags,
  choices: ofStreams.choices,
  defaults: { ...ofStreams.defaults, ...ofClients.defaults, pauseReadsWhenCongested: false },
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
