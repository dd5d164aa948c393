// SPDX-License-Identifier: Apache-2.0
import { UdpServer } from '@hp/udp';

const server = new UdpServer(
  {
    onReceive(server, id, data) {
      server.send(id, data);
    },
  },
  { workerThreadCount: Number(process.argv[2] ?? 0), recvBufferSize: 4 * 1024 * 1024 },
);
server.start('127.0.0.1', 0);
console.log(`listening ${server.listenAddress?.port}`);
