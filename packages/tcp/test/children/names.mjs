// SPDX-License-Identifier: Apache-2.0
// Runs in a mount namespace of its own (unshare -m), with a host table of its own: connects to a
// name that has an IPv6 and an IPv4 address, of which only the latter is served.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TcpAgent, TcpClient, TcpServer } from '../../dist/index.js';

const workerThreadCount = Number(process.argv[2]);
const directory = mkdtempSync(path.join(tmpdir(), 'hp-names-'));
const table = path.join(directory, 'hosts');
writeFileSync(table, '::1 localhost twin.test\n127.0.0.1 localhost twin.test\n');
execFileSync('mount', ['--bind', table, '/etc/hosts']);

const server = new TcpServer({}, { workerThreadCount });
server.start('127.0.0.1');
const { port } = server.listenAddress;
const results = {};

function failure(call) {
  try {
    call();
    return 'none';
  } catch (error) {
    return error.systemCode;
  }
}

for (const host of ['localhost', 'twin.test']) {
  const agent = new TcpAgent({}, { workerThreadCount });
  agent.start();
  results[`async ${host}`] = agent.getRemoteAddress(await agent.connectAsync(host, port))?.address;
  await agent.stop();
  agent.start('', false);
  results[`blocking ${host}`] = agent.getRemoteAddress(agent.connect(host, port))?.address;
  results[`blocking, from ::1, ${host}`] = failure(() => agent.connect(host, port, { localAddress: '::1' }));
  await agent.stop();
}
const client = new TcpClient({}, { workerThreadCount });
results['blocking, nobody'] = failure(() => client.start('twin.test', 1, { asyncConnect: false }));
results['blocking, no such name'] = failure(() => client.start('no.test', port, { asyncConnect: false }));
await server.startAsync('localhost').catch((error) => (results['started twice'] = error.code));
await server.stop();
execFileSync('umount', ['/etc/hosts']);
rmSync(directory, { recursive: true });
console.log(JSON.stringify(results));
