// SPDX-License-Identifier: Apache-2.0
// Node sends two session tickets after a handshake and has no option for their number.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';

const [, , cert = '', key = ''] = process.argv;
const server = createServer(
  { cert: readFileSync(cert), key: readFileSync(key), minVersion: 'TLSv1.3', noDelay: true },
  (socket) => {
    socket.on('data', (data: Buffer) => socket.write(data));
    socket.on('error', () => socket.destroy());
  },
);
server.listen(0, '127.0.0.1', () => {
  console.log(`listening ${(server.address() as AddressInfo).port}`);
});
