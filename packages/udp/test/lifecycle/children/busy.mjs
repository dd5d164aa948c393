// SPDX-License-Identifier: Apache-2.0
import { UdpCast, UdpClient, UdpServer } from '../../../dist/index.js';

/** Ports at which each process has its group. */
const groupPort = 20_000 + (process.pid % 10_000);

/**
 * Starts components of every kind, inline and on threads, that keep each other busy; resolves once
 * datagrams flow everywhere. `onMessage` is called inside a callback for every datagram received.
 */
export async function startBusyComponents(onMessage = () => {}) {
  const components = [];
  let wanted = 0;
  let settle;
  const settled = new Promise((resolve) => (settle = resolve));
  /** An answer to each datagram, from all but members of a group. */
  const answering = (answer) => {
    let seen = 0;
    wanted++;
    return (component, ...rest) => {
      answer(component, ...rest);
      if (++seen === 3 && --wanted === 0) settle();
      onMessage();
    };
  };
  // Windows has no reactor inside Node's loop.
  for (const workerThreadCount of [process.platform === 'win32' ? 1 : 0, 2]) {
    const settings = { workerThreadCount, maxDatagramSize: 60_000, closeNotify: true };
    const server = new UdpServer({ onReceive: answering((it, id, data) => it.send(id, data)) }, settings);
    server.start('127.0.0.1');
    components.push(server);
    for (const size of [1, 100, 1400, 60_000]) {
      const client = new UdpClient({ onReceive: answering((it, data) => it.send(data)) }, settings);
      await client.startAsync('127.0.0.1', server.listenAddress.port);
      // What is lost ends a conversation: there are several.
      for (let count = 0; count < 3; count++) client.send(Buffer.alloc(size));
      components.push(client);
    }
    const member = new UdpCast(
      { onReceive: answering((it, data) => it.send(data)) },
      { workerThreadCount, multiCastLoop: true },
    );
    member.start('239.255.0.1', groupPort, { localAddress: '127.0.0.1' });
    member.send(Buffer.from('to all'));
    components.push(member);
  }
  await settled;
  return components;
}
