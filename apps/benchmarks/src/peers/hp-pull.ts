// SPDX-License-Identifier: Apache-2.0
// Messages of a head, which tells the length of the body, and the body; they go back as they are.
import { TcpPullServer } from '@hp/pull/tcp';

const HEAD_BYTES = 4;
const head = Buffer.alloc(HEAD_BYTES);

const server = new TcpPullServer(
  {
    onReceive(server, id, total) {
      let left = total;
      while (left >= HEAD_BYTES) {
        server.peek(id, head);
        const bytes = HEAD_BYTES + head.readUInt32LE();
        if (left < bytes) return;
        const message = server.fetch(id, bytes);
        if (message !== undefined) server.send(id, message);
        left -= bytes;
      }
    },
  },
  { workerThreadCount: 0 },
);
server.start('127.0.0.1', 0);
console.log(`listening ${server.listenAddress?.port}`);
