// SPDX-License-Identifier: Apache-2.0
// Visitors connect to a server in the same process, exchange a message with it, and leave, of each version as
// many. Tells how much more memory is in use after them than after the first 2,000.
import { SslAgent, SslServer } from '../../dist/index.js';
import { clientContext, serverContext } from './contexts.mjs';

const [workerThreadCount, visits] = process.argv.slice(2).map(Number);
/** As many sessions are kept for one host. */
const AT_ONCE = 8;

const server = new SslServer(
  { onReceive: (it, id, data) => void it.send(id, data) },
  { workerThreadCount, context: serverContext() },
);
server.start('127.0.0.1');
let [resumed, visiting, left] = [0, 0, 0];
let settle;

function visit(agent) {
  if (left-- > 0) agent.connect('127.0.0.1', server.listenAddress.port);
  else if (--visiting === 0) settle();
}

const listener = {
  onHandshake(agent, id) {
    if (agent.getSslInfo(id).isResumed) resumed++;
    agent.send(id, Buffer.from('hello'));
  },
  onReceive: (agent, id) => void agent.disconnect(id),
  onClose: visit,
};
const agents = ['TLSv1.2', 'TLSv1.3'].map(
  (maxVersion) => new SslAgent(listener, { workerThreadCount, context: clientContext({ maxVersion }) }),
);

/** So many visits; the memory in use after them. */
async function receive(count) {
  for (const agent of agents) {
    left = count / agents.length;
    visiting = AT_ONCE;
    await new Promise((resolve) => {
      settle = resolve;
      for (let number = 0; number < AT_ONCE; number++) visit(agent);
    });
  }
  while (server.connectionCount !== 0) await new Promise((resolve) => setTimeout(resolve, 1));
  // What is finalized after the first collection is free after the second.
  for (let count = 0; count < 2; count++) {
    globalThis.gc();
    await new Promise(setImmediate);
  }
  const { rss, heapTotal, heapUsed } = process.memoryUsage();
  return { native: rss - heapTotal, script: heapUsed };
}

for (const agent of agents) agent.start();
const before = await receive(2000);
const after = await receive(visits);
const growth = { native: after.native - before.native, script: after.script - before.script };
console.log(JSON.stringify({ growth, resumed, accepted: server.stats().accepted }));
await Promise.all([server, ...agents].map((component) => component.stop()));
