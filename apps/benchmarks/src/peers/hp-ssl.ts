// SPDX-License-Identifier: Apache-2.0
import { SslContext, SslServer } from '@hp/ssl';

const [, , cert, key, threads = 0] = process.argv;
const server = new SslServer(
  {
    onReceive(server, id, data) {
      server.send(id, data);
    },
  },
  {
    context: new SslContext({ cert, key, minVersion: 'TLSv1.3', tickets: 1 }),
    workerThreadCount: Number(threads),
  },
);
server.start('127.0.0.1', 0);
console.log(`listening ${server.listenAddress?.port}`);
