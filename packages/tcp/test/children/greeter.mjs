// SPDX-License-Identifier: Apache-2.0
// A worker that greets whom it dials or accepts at once, also while the main thread is busy.
import net from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const greet = (socket) => socket.on('error', () => {}).write(workerData);
const server = net
  .createServer(greet)
  .listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
parentPort.on('message', (port) => {
  const socket = net.connect(port, '127.0.0.1', () => greet(socket));
});
