// SPDX-License-Identifier: Apache-2.0
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { runLoad, type LoadReport } from '../src/load-generator.js';
import { udpPeers } from '../src/peers.js';
import { startServer } from '../src/server.js';

type Answer = (socket: Socket, data: Buffer, from: RemoteInfo) => void;

const echo: Answer = (socket, data, { port, address }) => socket.send(data, port, address);

/** Puts a server that does `answer` from the `from`th datagram on, and echoes before, under load. */
async function runAgainst(answer: Answer, from: number, load: readonly string[]): Promise<LoadReport> {
  const socket = createSocket('udp4');
  let received = 0;
  socket.on('message', (data, remote) => (++received < from ? echo : answer)(socket, data, remote));
  await once(socket.bind(0, '127.0.0.1'), 'listening');
  const server = {
    pid: process.pid,
    port: socket.address().port,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  try {
    return await runLoad(server, ['--transport', 'udp', ...load]);
  } finally {
    socket.close();
  }
}

test.each([
  ['one socket', []],
  ['many sockets', ['--connections', '20', '--outstanding', '8', '--size', '1200']],
  ['nothing but the tag', ['--connections', '3', '--outstanding', '5', '--size', '16']],
])('%s: datagrams come back, are verified and counted', async (_, load) => {
  const limit = udpPeers.find(({ name }) => name === 'limit');
  await using server = await startServer(limit!);
  const report = await runLoad(server, ['--transport', 'udp', ...load, '--messages', '4000']);
  expect(report).toMatchObject({ messages: 4000, errors: 0 });
  expect(report.serverCpuSeconds).toBeGreaterThan(0);
  expect(report.p50Microseconds).toBeLessThanOrEqual(report.p99Microseconds);
});

test.each<[string, Answer, string]>([
  [
    'a single wrong byte',
    (socket, data, from) => {
      data[40] = ~data[40]!;
      echo(socket, data, from);
    },
    'wrong byte',
  ],
  [
    'a byte too many',
    (socket, data, from) => echo(socket, Buffer.concat([data, Buffer.alloc(1)]), from),
    'wrong length',
  ],
  [
    'a datagram that comes twice',
    (socket, data, from) => {
      echo(socket, data, from);
      echo(socket, data, from);
    },
    'stray or repeated datagram',
  ],
  [
    'another datagram’s tag',
    (socket, data, from) => {
      data[8] = ~data[8]!;
      echo(socket, data, from);
    },
    'stray or repeated datagram',
  ],
])('%s fails the run', async (_, answer, reason) => {
  await expect(runAgainst(answer, 500, ['--messages', '1000'])).rejects.toThrow(reason);
});

test('lost datagrams are counted and replaced', async () => {
  let received = 0;
  const loseSome: Answer = (...args) => {
    if (++received % 100 !== 0) echo(...args);
  };
  const report = await runAgainst(loseSome, 0, ['--outstanding', '8', '--messages', '400']);
  expect(report).toMatchObject({ messages: 400, errors: 0 });
  // Where the machine stands still for long, more are.
  expect(report.lost).toBeGreaterThanOrEqual(4);
});

test('a datagram that is late is lost, and no error when it comes', async () => {
  const late: Answer = (socket, data, from) => {
    setTimeout(echo, 400, socket, data, from);
  };
  let isFirst = true;
  const delayFirst: Answer = (...args) => {
    (isFirst ? late : echo)(...args);
    isFirst = false;
  };
  const report = await runAgainst(delayFirst, 0, ['--outstanding', '2', '--duration', '600']);
  expect(report.errors).toBe(0);
  expect(report.lost).toBeGreaterThanOrEqual(1);
});
