// SPDX-License-Identifier: Apache-2.0
import { TcpPackServer } from '@hp/pack/tcp';

const server = new TcpPackServer(
  {
    onReceive(server, id, buffer, offset, length) {
      server.send(id, buffer, offset, length);
    },
  },
  { workerThreadCount: 0, maxPackSize: 0x3f_ffff, receiveBuffer: 'borrowed' },
);
server.start('127.0.0.1', 0);
console.log(`listening ${server.listenAddress?.port}`);
