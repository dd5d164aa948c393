// SPDX-License-Identifier: Apache-2.0
// Runs with few descriptors (prlimit --nofile). Prints one JSON object: what was seen.
import { closeSync, openSync, readdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { TcpAgent, TcpServer } from '../../dist/index.js';

const [what, threads] = process.argv.slice(2);
const workerThreadCount = Number(threads);
const opened = [];

/** Takes every descriptor but `left`. */
function exhaust(left) {
  try {
    for (;;) opened.push(openSync('/dev/null'));
  } catch {
    for (let count = 0; count < left; count++) closeSync(opened.pop());
  }
}

function recover() {
  for (const fd of opened.splice(0)) closeSync(fd);
}

function countThreads() {
  return readdirSync('/proc/self/task').length;
}

function countDescriptors() {
  return readdirSync('/proc/self/fd').length;
}

function until(condition) {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!condition()) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
}

/** Whether an echo comes back within a second or so. */
function isServed(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('x'));
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
    socket.once('end', () => resolve(false));
  });
}

async function accept() {
  let pauses = 0;
  let errorCode;
  const server = new TcpServer(
    {
      onReceive: (it, id, data) => void it.send(id, data),
      onAcceptPause: (_server, code) => {
        pauses++;
        errorCode = code;
      },
    },
    { workerThreadCount },
  );
  server.start('127.0.0.1');
  const { port } = server.listenAddress;
  const descriptors = countDescriptors();
  const servedBefore = await isServed(port);
  // A descriptor is closed a moment later than its connection.
  await until(() => server.connectionCount === 0 && countDescriptors() <= descriptors);
  // One for the socket of the peer, none for the server's.
  exhaust(1);
  const peer = connect(port, '127.0.0.1');
  const sentAway = new Promise((resolve) => {
    peer.once('error', () => resolve(true));
    peer.once('close', () => resolve(true));
  });
  peer.resume();
  await until(() => pauses > 0);
  const before = process.cpuUsage();
  const away = await Promise.race([sentAway, new Promise((resolve) => setTimeout(resolve, 500, false))]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const { user, system } = process.cpuUsage(before);
  const pausesAtLimit = pauses;
  recover();
  const servedAfter = await isServed(port);
  const { acceptPauses } = server.stats();
  await server.stop();
  peer.destroy();
  return {
    errorCode,
    servedBefore,
    servedAfter,
    sentAway: away,
    pauses,
    acceptPauses,
    pausesAtLimit,
    cpuMsAtLimit: (user + system) / 1000,
  };
}

async function start() {
  let closed;
  const server = new TcpServer(
    { onReceive: (it, id, data) => void it.send(id, data) },
    { workerThreadCount },
  );
  const agent = new TcpAgent(
    { onClose: (_agent, _id, _operation, code) => (closed = code) },
    { workerThreadCount },
  );
  const errors = {};
  const threadsAtFirst = countThreads();
  // The pollers are made at the first start.
  server.start('127.0.0.1');
  await server.stop();
  // Its thread may take a moment longer.
  await until(() => countThreads() === threadsAtFirst);
  agent.start();
  const threadsBefore = countThreads();
  if (workerThreadCount === 0) {
    exhaust(0);
    try {
      server.start('127.0.0.1');
    } catch (error) {
      errors.server = error.systemCode;
    }
  } else {
    // Room for the poller of each thread, not for the socket.
    exhaust(4 * workerThreadCount);
    try {
      server.start('127.0.0.1');
    } catch (error) {
      errors.server = error.systemCode;
    }
    await until(() => server.state === 3);
    recover();
    // A thread keeps its poller's descriptors until its very end.
    await until(() => countThreads() === threadsBefore);
    exhaust(0);
  }
  errors.serverState = server.state;
  agent.connect('127.0.0.1', 9);
  await until(() => closed !== undefined);
  errors.connect = closed;
  await agent.stop();
  recover();
  agent.start('', false);
  exhaust(0);
  try {
    agent.connect('127.0.0.1', 9);
  } catch (error) {
    errors.blocking = error.systemCode;
  }
  recover();
  server.start('127.0.0.1');
  errors.after = (await isServed(server.listenAddress.port)) ? 'served' : 'not served';
  await Promise.all([server.stop(), agent.stop()]);
  return errors;
}

async function poller() {
  const server = new TcpServer({}, { workerThreadCount });
  exhaust(1);
  const seen = {};
  try {
    server.start('127.0.0.1');
  } catch (error) {
    seen.code = error.code;
    seen.message = error.message;
  }
  seen.state = server.state;
  recover();
  server.start('127.0.0.1');
  seen.after = server.state === 1 ? 'started' : 'not started';
  await server.stop();
  return seen;
}

/** onAcceptPause throws. */
async function throwing() {
  const uncaught = [];
  process.on('uncaughtException', (error) => uncaught.push(error.message));
  const server = new TcpServer(
    {
      onReceive: (it, id, data) => void it.send(id, data),
      onAcceptPause: () => {
        throw new Error('thrown by onAcceptPause');
      },
    },
    { workerThreadCount },
  );
  server.start('127.0.0.1');
  const { port } = server.listenAddress;
  const descriptors = countDescriptors();
  await isServed(port);
  await until(() => server.connectionCount === 0 && countDescriptors() <= descriptors);
  exhaust(1);
  const peer = connect(port, '127.0.0.1');
  peer.on('error', () => {});
  await until(() => uncaught.length > 0);
  peer.destroy();
  recover();
  const seen = { message: uncaught[0], after: await isServed(port), state: server.state };
  await server.stop();
  return seen;
}

// With its first stream libuv opens a descriptor of its own, which it keeps.
await new Promise((resolve) => {
  const first = createServer().listen(0, '127.0.0.1', () => first.close(resolve));
});

console.log(JSON.stringify(await { accept, start, poller, throwing }[what]()));
