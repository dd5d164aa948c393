// SPDX-License-Identifier: Apache-2.0
// A worker with peers that do their part while the main thread is blocked: they begin when they are told to, and
// count in shared memory what they have done.
import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';

const { role, port, count, state, cert, key, ca } = workerData;
const done = new Int32Array(state);

function note() {
  Atomics.add(done, 0, 1);
  Atomics.notify(done, 0);
}

/** Does the handshake; done with the ticket, for the server sends it when it is done too. */
function secure(options) {
  const socket = tls.connect({ host: '127.0.0.1', ca, ...options });
  socket.on('secureConnect', () => socket.write('hello'));
  socket.once('session', note);
}

const roles = {
  /** Dials, and does the handshake. */
  async client() {
    parentPort.postMessage('ready');
    await once(parentPort, 'message');
    for (let number = 0; number < count; number++) secure({ port });
  },

  /** Does the handshake, where it has dialled already. */
  async dialled() {
    const sockets = Array.from({ length: count }, () => net.connect(port, '127.0.0.1'));
    await once(parentPort, 'message');
    for (const socket of sockets) secure({ socket });
  },

  /** Accepts, and does the handshake. */
  async server() {
    const secured = tls.createServer({ cert, key }, (socket) => {
      socket.write('hello');
      note();
    });
    const sockets = [];
    const listener = net.createServer({ pauseOnConnect: true }, (socket) => {
      if (sockets.push(socket) === count) parentPort.postMessage('all are here');
    });
    listener.listen(0, '127.0.0.1', () => parentPort.postMessage(listener.address().port));
    await once(parentPort, 'message');
    for (const socket of sockets) secured.emit('connection', socket);
  },
};

await roles[role]();
