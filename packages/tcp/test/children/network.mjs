// SPDX-License-Identifier: Apache-2.0
// Runs in a network namespace of its own (unshare -n): connects to where no answer comes from.
// Prints one JSON object: what each case ended with.
import { execFileSync } from 'node:child_process';
import { TcpAgent, TcpServer } from '../../dist/index.js';

const workerThreadCount = Number(process.argv[2]);
const TCP_SYNCNT = [6, 7];

function ip(command) {
  execFileSync('ip', command.split(' '), { stdio: 'inherit' });
}

ip('link set lo up');
ip('link add hp0 type veth peer name hp1');
ip('address add 10.9.9.1/24 dev hp0');
ip('link set hp0 up');
ip('link set hp1 up');
// Its frames reach the other end of the wire, where nobody has this address.
ip('neighbor add 10.9.9.2 lladdr 02:00:00:00:00:02 dev hp0');
ip('route add unreachable 198.51.100.0/24');

const closes = new Map();
const opened = new Map();
const listener = {
  onPrepareConnect: (_agent, _id, socket) => socket.setOption(...TCP_SYNCNT, 1),
  onConnect: (_agent, id) => opened.get(id)?.(),
  onClose: (_agent, id, operation, errorCode) => closes.get(id)?.({ operation, errorCode }),
};

async function outcome(agent, host, options) {
  const begun = performance.now();
  const id = agent.connect(host, 9, options);
  const result = await new Promise((resolve) => closes.set(id, resolve));
  return { ...result, ms: Math.round(performance.now() - begun) };
}

function blocking(host, timeoutMs) {
  const agent = new TcpAgent({}, { workerThreadCount, connectTimeoutMs: timeoutMs });
  agent.start('', false);
  const begun = performance.now();
  try {
    agent.connect(host, 9);
    return { systemCode: 'none' };
  } catch (error) {
    return { systemCode: error.systemCode, ms: Math.round(performance.now() - begun) };
  } finally {
    void agent.stop();
  }
}

/** A connection whose way is cut is found dead by its keep-alive. */
async function keepAlive() {
  const settings = { workerThreadCount, keepAliveTime: 1000, keepAliveInterval: 1000, keepAliveCount: 1 };
  let tell;
  const told = new Promise((resolve) => (tell = resolve));
  const server = new TcpServer({ onClose: (_server, _id, ...why) => tell(why) }, settings);
  const agent = new TcpAgent({}, { workerThreadCount, keepAliveTime: 0 });
  server.start('127.0.0.1');
  agent.start();
  await agent.connectAsync('127.0.0.1', server.listenAddress.port);
  ip('link set lo down');
  const [operation, errorCode] = await told;
  await Promise.all([agent.stop(), server.stop()]);
  return { operation, errorCode };
}

const agent = new TcpAgent(listener, { workerThreadCount });
agent.start();
const [unrouted, unreachable, timedOut, systemTimedOut, dead] = await Promise.all([
  outcome(agent, '203.0.113.1'),
  outcome(agent, '198.51.100.1'),
  outcome(agent, '10.9.9.2', { timeoutMs: 300 }),
  outcome(agent, '10.9.9.2'),
  keepAlive(),
]);
await agent.stop();
console.log(
  JSON.stringify({
    unrouted,
    unreachable,
    timedOut,
    systemTimedOut,
    dead,
    blockingTimedOut: blocking('10.9.9.2', 200),
    blockingUnreachable: blocking('198.51.100.1', 0),
  }),
);
