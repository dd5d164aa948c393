// SPDX-License-Identifier: Apache-2.0
import { TcpServer } from '@hp/tcp';
import { blockEventLoop, isBlockRequest, queuedBytes } from '../block.js';

const server = new TcpServer(
  {
    onReceive(server, id, data) {
      if (isBlockRequest(data)) {
        server.send(id, Buffer.alloc(queuedBytes));
        blockEventLoop();
      } else {
        server.send(id, data);
      }
    },
  },
  { workerThreadCount: Number(process.argv[2] ?? 0) },
);
server.start('127.0.0.1', 0);
console.log(`listening ${server.listenAddress?.port}`);
