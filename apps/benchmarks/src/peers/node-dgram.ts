// SPDX-License-Identifier: Apache-2.0
import { createSocket } from 'node:dgram';

// As much as the C limit asks for: with less, a burst of large datagrams would not fit.
const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
socket.on('message', (data, { port, address }) => socket.send(data, port, address));
socket.bind(0, '127.0.0.1', () => {
  console.log(`listening ${socket.address().port}`);
});
