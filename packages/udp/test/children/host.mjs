// SPDX-License-Identifier: Apache-2.0
// A host that does what it is told over IPC, and tells the events of its components; see support/host.ts.
import { execFileSync } from 'node:child_process';
import { UdpCast, UdpClient, UdpServer } from '../../dist/index.js';

const classes = { UdpServer, UdpClient, UdpCast };
const components = new Map();

function tell(component, event) {
  process.send({ component, event });
}

function serverListener(name, echoes) {
  return {
    onAccept: (_server, id, { address }) => tell(name, { name: 'onAccept', id, from: address }),
    onReceive(server, id, data) {
      tell(name, { name: 'onReceive', id, data });
      if (echoes) server.send(id, data);
    },
    onClose: (_server, id, operation, errorCode) => tell(name, { name: 'onClose', id, operation, errorCode }),
  };
}

function singleListener(name) {
  return {
    onConnect: ({ connectionId: id }) => tell(name, { name: 'onConnect', id }),
    onReceive({ connectionId: id, remoteAddress }, data) {
      tell(name, { name: 'onReceive', id, data, from: remoteAddress.address });
    },
    onDrain: ({ connectionId: id }) => tell(name, { name: 'onDrain', id }),
    onClose({ connectionId: id }, operation, errorCode) {
      tell(name, { name: 'onClose', id, operation, errorCode });
    },
  };
}

function send(component, data, id) {
  return component instanceof UdpServer ? component.send(id, data) : component.send(data);
}

const actions = {
  ip: (command) => execFileSync('ip', command.split(' '), { encoding: 'utf8' }),
  make(name, kind, { echoes, ...options }) {
    const listener = kind === 'UdpServer' ? serverListener(name, echoes) : singleListener(name);
    components.set(name, new classes[kind](listener, options));
  },
  start: (name, ...args) => components.get(name).start(...args),
  send: (name, text, id) => send(components.get(name), Buffer.from(text), id),
  /** Sends datagrams of so many bytes, each its number and blanks, until one is refused or there are `count`. */
  sendMany(name, bytes, count) {
    let taken = 0;
    while (taken < count && send(components.get(name), Buffer.from(String(taken).padEnd(bytes)))) taken++;
    return taken;
  },
  get: (name, property) => components.get(name)[property],
  stop: (name) => components.get(name).stop(),
  /** JavaScript does nothing else for so long. */
  block: (ms) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
};

process.on('message', async ({ call, action, args }) => {
  try {
    process.send({ call, result: await actions[action](...args) });
  } catch (error) {
    process.send({ call, failure: { ...error, message: error.message } });
  }
});
// Whoever has started it is gone.
process.on('disconnect', () => process.exit());
process.send('ready');
