// SPDX-License-Identifier: Apache-2.0
// Echoes to argv[2] connections, and prints its port, then what it has seen of them.
import { TcpServer } from '@hp/tcp';

const expected = Number(process.argv[2]);
const seen = { bytes: 0, closes: {} };
let closed = 0;

const server = new TcpServer(
  {
    onReceive(it, id, data) {
      seen.bytes += data.length;
      it.send(id, data);
    },
    onClose(it, _id, operation, errorCode) {
      const how = `${operation} ${errorCode}`;
      seen.closes[how] = (seen.closes[how] ?? 0) + 1;
      if (++closed === expected) void it.stop();
    },
  },
  { workerThreadCount: 1 },
);
server.start('127.0.0.1');
console.log(server.listenAddress.port);
await server.wait();
console.log(JSON.stringify(seen));
