// SPDX-License-Identifier: Apache-2.0
import { TcpServer } from '@hp/tcp';

const server = new TcpServer(
  {
    onReceive(server, id, buffer, offset, length) {
      server.send(id, buffer, offset, length);
    },
  },
  { workerThreadCount: 0, receiveBuffer: 'borrowed' },
);
server.start('127.0.0.1', 0);
console.log(`listening ${server.listenAddress?.port}`);
