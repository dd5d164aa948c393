// SPDX-License-Identifier: Apache-2.0
// A worker with a peer that reads and stops reading when told, also while the main thread is busy.
import net from 'node:net';
import { workerData } from 'node:worker_threads';

const { port, messages, state } = workerData;
const flags = new Int32Array(state);
const socket = net.connect(port, '127.0.0.1');
socket.resume();
socket.pause();
messages.on('message', (reads) => {
  if (reads) socket.resume();
  else socket.pause();
  Atomics.store(flags, 0, reads ? 1 : 0);
  Atomics.notify(flags, 0);
});
