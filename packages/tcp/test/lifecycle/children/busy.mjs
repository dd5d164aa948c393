// SPDX-License-Identifier: Apache-2.0
import { TcpAgent, TcpClient, TcpServer } from '../../../dist/index.js';

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
      if (component instanceof TcpClient) component.send(data);
      else component.send(rest[0], data);
      if (++seen === 3 && ++flowing === 8) settle();
      onMessage();
    };
  };
  // Windows has no reactor inside Node's loop.
  for (const workerThreadCount of [process.platform === 'win32' ? 1 : 0, 2]) {
    const settings = { workerThreadCount };
    const server = new TcpServer({ onReceive: echo() }, settings);
    const agent = new TcpAgent({ onReceive: echo() }, settings);
    server.start('127.0.0.1');
    agent.start();
    components.push(server, agent);
    const { port } = server.listenAddress;
    for (let count = 0; count < 4; count++) {
      agent.send(await agent.connectAsync('127.0.0.1', port), Buffer.alloc(100 * 10 ** count));
    }
    for (let count = 0; count < 2; count++) {
      const client = new TcpClient({ onReceive: echo() }, settings);
      await client.startAsync('127.0.0.1', port);
      client.send(Buffer.alloc(100));
      components.push(client);
    }
    // A connect that never ends, one that fails, and one that waits to be repeated.
    agent.connect('192.0.2.1', 9);
    agent.connect('127.0.0.1', 1, { reconnect: { minDelayMs: 1, maxDelayMs: 5 } });
  }
  await settled;
  return components;
}
