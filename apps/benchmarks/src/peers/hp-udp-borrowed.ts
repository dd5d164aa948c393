// SPDX-License-Identifier: Apache-2.0
import { UdpServer } from '@hp/udp';

const server = new UdpServer(
  {
    onReceive(server, id, buffer, offset, length) {
      server.send(id, buffer, offset, length);
    },
  },
  { workerThreadCount: 0, recvBufferSize: 4 * 1024 * 1024, receiveBuffer: 'borrowed' },
);
server.start('127.0.0.1', 0);
console.log(`listening ${server.listenAddress?.port}`);
