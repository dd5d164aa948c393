// SPDX-License-Identifier: Apache-2.0
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { measureIdleMemory, runLoad } from '../src/load-generator.js';
import { peers } from '../src/peers.js';
import { startServer } from '../src/server.js';

const [limit] = peers.filter(({ name }) => name === 'limit');
if (limit === undefined) throw new Error('no limit server');

test.each([
  ['echo', ['--connections', '20', '--outstanding', '8', '--burst', '4']],
  ['large echo', ['--connections', '4', '--size', '200000']],
  ['churn', ['--mode', 'churn', '--connections', '10']],
])('%s: every message comes back and is counted', async (_, load) => {
  await using server = await startServer(limit);
  const report = await runLoad(server, [...load, '--messages', '400']);
  expect(report).toMatchObject({ messages: 400, errors: 0 });
  expect(report.serverCpuSeconds).toBeGreaterThan(0);
  expect(report.p50Microseconds).toBeLessThanOrEqual(report.p99Microseconds);
  expect(report.p99Microseconds).toBeLessThanOrEqual(report.maxMicroseconds);
});

test('idle connections are held while the server is looked at', async () => {
  await using server = await startServer(limit);
  const metrics = await measureIdleMemory(server, ['--mode', 'idle', '--connections', '300']);
  expect(metrics.residentBytes).toBeGreaterThan(0);
});

test('a single wrong byte fails the run', async () => {
  let received = 0;
  const server = createServer((socket) => {
    socket.on('data', (data) => {
      received += data.length;
      if (received > 5000) data[0] = ~(data[0] ?? 0);
      socket.write(data);
    });
    socket.on('error', () => socket.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const faulty = { pid: process.pid, port, [Symbol.asyncDispose]: () => Promise.resolve() };
  await expect(runLoad(faulty, ['--messages', '1000'])).rejects.toThrow('wrong byte');
  server.close();
});

test('a server that cannot start says why', async () => {
  const command = () => [process.execPath, '-e', 'throw new TypeError("no such thing")'];
  await expect(startServer({ name: 'broken', title: 'broken', command })).rejects.toThrow(
    'TypeError: no such thing',
  );
});
