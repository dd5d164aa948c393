// SPDX-License-Identifier: Apache-2.0
// What keeps a process alive. Prints 'kept' when something has, nothing when the process just ended.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { SslAgent, SslClient, SslServer } from '../../../dist/index.js';
import { clientContext, serverContext } from '../../children/contexts.mjs';

const [what, threads] = process.argv.slice(2);
const workerThreadCount = Number(threads);
const server = new SslServer({}, { workerThreadCount, context: serverContext() });
const context = clientContext();
const agent = new SslAgent({}, { workerThreadCount, context });
const client = new SslClient({}, { workerThreadCount, context });

/** The port of a server that is unref. */
function served() {
  server.unref().start('127.0.0.1');
  return server.listenAddress.port;
}

/** The port of somebody who never answers. */
async function silent() {
  const listener = createServer((socket) => socket.unref()).unref();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return listener.address().port;
}

const cases = {
  'a server': () => server.start('127.0.0.1'),
  'a server that is unref': () => void served(),
  'an agent': () => agent.start(),
  'an agent that is unref': () => agent.unref().start(),
  'connections that are unref': async () => {
    const port = served();
    agent.start();
    await Promise.all([agent.connectAsync('127.0.0.1', port), client.startAsync('127.0.0.1', port)]);
    for (const component of [agent, client]) component.unref();
  },
  'a client': () => client.startAsync('127.0.0.1', served()),
  'a client whose connection is over': async () => {
    await client.startAsync('127.0.0.1', served());
    await client.stop();
  },
  'a client whose handshake has failed': () =>
    client.startAsync('127.0.0.1', served(), { serverName: 'another.test' }).catch(() => {}),
  'a client whose handshake is under way': async () => client.start('127.0.0.1', await silent()),
  'a client that is unref and whose handshake is under way': async () =>
    client.unref().start('127.0.0.1', await silent()),
  'a client that failed and waits to connect again': () =>
    client.start('127.0.0.1', served(), { serverName: 'another.test', reconnect: {} }),
  'contexts alone': () => {},
};

await cases[what]();
// Comes about only if something else keeps the process alive until then.
setTimeout(() => {
  console.log('kept');
  process.exit();
}, 300).unref();
