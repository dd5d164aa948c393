// SPDX-License-Identifier: Apache-2.0
// Echoes to argv[4] connections, and prints its port, then what it has seen of them. The transport is argv[2], the folder
// with the certificate argv[3].
import { rolesOver } from './roles.mjs';

const [transport, certificates, count] = process.argv.slice(2);
const { Server, serverOptions } = await rolesOver(transport, certificates);
const expected = Number(count);
const seen = { bytes: 0, closes: {} };
let closed = 0;

const server = new Server(
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
  { workerThreadCount: 1, ...serverOptions },
);
server.start('127.0.0.1');
console.log(server.listenAddress.port);
await server.wait();
console.log(JSON.stringify(seen));
