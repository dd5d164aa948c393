// SPDX-License-Identifier: Apache-2.0
// An echo server in a process of its own: tells its port, then for each message the memory that it uses
// once garbage is collected, and its figures.
import { SslServer } from '../../dist/index.js';
import { serverContext } from './contexts.mjs';

const [workerThreadCount, maxVersion] = process.argv.slice(2);
const server = new SslServer(
  { onReceive: (it, id, data) => void it.send(id, data) },
  { workerThreadCount: Number(workerThreadCount), context: serverContext({ maxVersion }) },
);
server.start('127.0.0.1');
process.on('message', () => {
  globalThis.gc();
  const { rss, heapTotal, heapUsed } = process.memoryUsage();
  process.send({
    // What V8 keeps free of its heap for later is its own business.
    bytesInUse: rss - (heapTotal - heapUsed),
    connectionCount: server.connectionCount,
    stats: server.stats(),
  });
});
process.on('disconnect', () => void server.stop());
process.send(server.listenAddress.port);
