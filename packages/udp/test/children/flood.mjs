// SPDX-License-Identifier: Apache-2.0
// Sends datagrams to a port of 127.0.0.1 from many addresses, as fast as it can. Prints a line when it
// begins, and one when all are sent; where no number of them is given, it goes on until it is killed.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const [port, addresses, total = Infinity] = process.argv.slice(2).map(Number);

const sockets = [];
for (let index = 1; index <= addresses; index++) {
  const socket = createSocket('udp4');
  socket.bind(0, `127.1.${index >> 8}.${index & 255}`);
  await once(socket, 'listening');
  sockets.push(socket);
}
console.log('begins');
let sent = 0;
const send = () => {
  for (const socket of sockets) {
    if (sent++ === total) {
      console.log('done');
      for (const each of sockets) each.close();
      return;
    }
    socket.send('flood', port, '127.0.0.1');
  }
  setImmediate(send);
};
send();
