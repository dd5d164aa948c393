// SPDX-License-Identifier: Apache-2.0
// What keeps a process alive. Prints 'kept' when something has, nothing when the process just ended.
import { TcpAgent, TcpClient, TcpServer } from '../../../dist/index.js';

const [what, threads] = process.argv.slice(2);
const workerThreadCount = Number(threads);
const server = new TcpServer({ onReceive: (it, id, data) => void it.send(id, data) }, { workerThreadCount });
const agent = new TcpAgent({}, { workerThreadCount });
const client = new TcpClient({}, { workerThreadCount });

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
  'a stopped server': async () => {
    server.start('127.0.0.1');
    await server.stop();
  },
  'a server whose start failed': () => {
    try {
      server.start('192.0.2.1');
    } catch {
      // As intended.
    }
  },
  'an agent': () => agent.start(),
  'an agent that is unref': () => agent.unref().start(),
  'connections that are unref': async () => {
    server.start('127.0.0.1');
    const { port } = server.listenAddress;
    agent.start();
    await Promise.all([agent.connectAsync('127.0.0.1', port), client.startAsync('127.0.0.1', port)]);
    for (const component of [server, agent, client]) component.unref();
  },
  'a client': async () => {
    server.unref().start('127.0.0.1');
    await client.startAsync('127.0.0.1', server.listenAddress.port);
  },
  'a client whose connection is over': async () => {
    server.unref().start('127.0.0.1');
    await client.startAsync('127.0.0.1', server.listenAddress.port);
    await client.stop();
  },
  'a client whose start threw': () => {
    try {
      client.start('127.0.0.1', 1, { asyncConnect: false });
    } catch {
      // As intended.
    }
  },
  'a client that waits to connect again': () => client.start('127.0.0.1', 1, { reconnect: {} }),
  'a client that is unref and waits to connect again': () =>
    client.unref().start('127.0.0.1', 1, { reconnect: {} }),
  'an agent that is unref and waits to connect again': () => {
    agent.unref().start();
    agent.connect('127.0.0.1', 1, { reconnect: {} });
  },
  'nothing that was started': () => {},
};

await cases[what]();
// Comes about only if something else keeps the process alive until then.
setTimeout(() => {
  console.log('kept');
  process.exit();
}, 300).unref();
