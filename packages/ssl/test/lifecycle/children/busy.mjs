// SPDX-License-Identifier: Apache-2.0
import { ServiceState, SslAgent, SslClient, SslServer } from '../../../dist/index.js';
import { clientContext, serverContext } from '../../children/contexts.mjs';

const servers = [
  // Windows has no reactor inside Node's loop.
  { workerThreadCount: process.platform === 'win32' ? 1 : 0, maxVersion: 'TLSv1.3' },
  { workerThreadCount: 2, maxVersion: 'TLSv1.2' },
];

/** A handshake waits for ever for the context of one name. */
function onServerName(name) {
  return name === 'undecided.test' ? new Promise(() => {}) : undefined;
}

/** An agent whose connections do the handshake, end, and come again, with the session they had. */
function visitor(port, settings) {
  const visit = (agent) => {
    if (agent.state === ServiceState.Started) agent.connect('127.0.0.1', port);
  };
  const agent = new SslAgent({ onHandshake: (it, id) => void it.disconnect(id), onClose: visit }, settings);
  agent.start();
  visit(agent);
  return agent;
}

/**
 * Starts components of every kind, inline and on threads, that keep each other busy; resolves once
 * bytes flow everywhere. `onMessage` is called inside a callback for every piece received.
 */
export async function startBusyComponents(onMessage = () => {}) {
  const components = [];
  let flowing = 0;
  let settle;
  const settled = new Promise((resolve) => (settle = resolve));
  const echo = () => {
    let seen = 0;
    return (component, ...rest) => {
      const data = rest.find((argument) => argument instanceof Uint8Array);
      if (component instanceof SslClient) component.send(data);
      else component.send(rest[0], data);
      if (++seen === 3 && ++flowing === 8) settle();
      onMessage();
    };
  };
  const context = clientContext();
  for (const { workerThreadCount, maxVersion } of servers) {
    const settings = { workerThreadCount, context };
    const server = new SslServer(
      { onReceive: echo() },
      { workerThreadCount, context: serverContext({ maxVersion, onServerName }) },
    );
    const agent = new SslAgent(
      { onHandshake: (it, id) => void it.send(id, Buffer.alloc(10 ** (id + 1))), onReceive: echo() },
      settings,
    );
    server.start('127.0.0.1');
    agent.start();
    const { port } = server.listenAddress;
    components.push(server, agent, visitor(port, settings));
    // The first is sent 100 bytes, the last 100,000.
    for (let count = 0; count < 4; count++) agent.connect('127.0.0.1', port);
    for (let count = 0; count < 2; count++) {
      const client = new SslClient(
        { onHandshake: (it) => void it.send(Buffer.alloc(100)), onReceive: echo() },
        settings,
      );
      client.start('127.0.0.1', port);
      components.push(client);
    }
    // A connect and a handshake that never end, and a handshake that fails and is repeated.
    agent.connect('192.0.2.1', 9);
    agent.connect('127.0.0.1', port, { serverName: 'undecided.test' });
    agent.connect('127.0.0.1', port, {
      serverName: 'another.test',
      reconnect: { minDelayMs: 1, maxDelayMs: 5 },
    });
  }
  await settled;
  return components;
}
