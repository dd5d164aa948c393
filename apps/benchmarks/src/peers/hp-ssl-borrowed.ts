// SPDX-License-Identifier: Apache-2.0
import { SslContext, SslServer } from '@hp/ssl';

const [, , cert, key] = process.argv;
const server = new SslServer(
  {
    onReceive(server, id, buffer, offset, length) {
      server.send(id, buffer, offset, length);
    },
  },
  {
    context: new SslContext({ cert, key, minVersion: 'TLSv1.3', tickets: 1 }),
    workerThreadCount: 0,
    receiveBuffer: 'borrowed',
  },
);
server.start('127.0.0.1', 0);
console.log(`listening ${server.listenAddress?.port}`);
