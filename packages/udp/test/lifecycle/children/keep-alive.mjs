// SPDX-License-Identifier: Apache-2.0
// What keeps a process alive. Prints 'kept' when something has, nothing when the process just ended.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { UdpServer } from '../../../dist/index.js';

const [what, threads] = process.argv.slice(2);
const server = new UdpServer(
  { onReceive: (it, id, data) => void it.send(id, data) },
  { workerThreadCount: Number(threads) },
);

/** Has a peer talk to the server, whose connection stays. */
async function meetPeer() {
  const peer = createSocket('udp4');
  const answered = new Promise((resolve) => peer.once('message', resolve));
  peer.send('x', server.listenAddress.port, '127.0.0.1');
  await answered;
  peer.close();
}

const cases = {
  'a server': () => server.start('127.0.0.1'),
  'a server that is unref': () => server.unref().start('127.0.0.1'),
  'a server that was unref and is ref': () => server.unref().ref().start('127.0.0.1'),
  'a running server made unref': () => {
    server.start('127.0.0.1');
    server.unref();
  },
  'a running server made unref and ref': () => {
    server.start('127.0.0.1');
    server.unref();
    server.ref();
  },
  'a server with a connection that is unref': async () => {
    server.start('127.0.0.1');
    await meetPeer();
    server.unref();
  },
  'a stopped server': async () => {
    server.start('127.0.0.1');
    await meetPeer();
    await server.stop();
  },
  'a server whose start failed': async () => {
    const other = createSocket('udp4').bind(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      server.start('127.0.0.1', other.address().port);
      throw new Error('the port is in use');
    } catch (error) {
      if (error.systemCode !== 'EADDRINUSE') throw error;
    }
    other.close();
  },
};

await cases[what]();
// Comes about only if something else keeps the process alive until then.
setTimeout(() => {
  console.log('kept');
  process.exit();
}, 300).unref();
