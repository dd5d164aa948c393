// SPDX-License-Identifier: Apache-2.0
import { TcpServer, toDuplex } from '@hp/tcp';

const server = new TcpServer(
  {
    onAccept(server, id) {
      const stream = toDuplex(server, id);
      stream.on('data', (data) => stream.write(data));
      stream.on('error', () => undefined);
    },
  },
  { workerThreadCount: 0 },
);
server.start('127.0.0.1', 0);
console.log(`listening ${server.listenAddress?.port}`);
