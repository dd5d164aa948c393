// SPDX-License-Identifier: Apache-2.0
// An echo server in a process of its own: tells its port, then for each message its memory and counters.
import { TcpServer } from '../../dist/index.js';

const server = new TcpServer(
  { onReceive: (it, id, data) => void it.send(id, data) },
  { workerThreadCount: Number(process.argv[2]) },
);
server.start('127.0.0.1');
process.on('message', () => {
  globalThis.gc();
  process.send({ residentBytes: process.memoryUsage.rss(), stats: server.stats() });
});
process.on('disconnect', () => void server.stop());
process.send(server.listenAddress.port);
