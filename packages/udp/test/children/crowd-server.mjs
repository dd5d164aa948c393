// SPDX-License-Identifier: Apache-2.0
// A server whose peers do not stay: it refuses some, disconnects some, and forgets the rest soon. Told
// 'look' by its parent, it answers with the memory it uses once garbage is collected, and its figures.
import { HandleResult, UdpServer } from '../../dist/index.js';

const [workerThreadCount, maxConnections] = process.argv.slice(2).map(Number);
const server = new UdpServer(
  {
    onAccept: (_server, id) => (id % 2 === 0 ? HandleResult.Error : HandleResult.Ok),
    onReceive: (it, id) => {
      if (id % 5 !== 0) it.disconnect(id);
    },
    onClose: () => {},
    onReject: () => {},
  },
  { workerThreadCount, maxConnections, idleTimeoutMs: 10 },
);
server.start('127.0.0.1');
process.send(server.listenAddress.port);
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
