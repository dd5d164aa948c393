// SPDX-License-Identifier: Apache-2.0
import { TcpPackServer } from '@hp/pack/tcp';

const server = new TcpPackServer(
  {
    onReceive(server, id, data) {
      server.send(id, data);
    },
  },
  { workerThreadCount: Number(process.argv[2] ?? 0), maxPackSize: 0x3f_ffff },
);
server.start('127.0.0.1', 0);
console.log(`listening ${server.listenAddress?.port}`);
