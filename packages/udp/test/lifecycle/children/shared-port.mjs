// SPDX-License-Identifier: Apache-2.0
// Workers whose servers share a port; the main thread has 128 peers talk to them and checks every answer.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { ReuseAddressPolicy, UdpServer } from '../../../dist/index.js';

const PEERS = 128;
const ROUNDS = 5;

function startServer(port, workerThreadCount) {
  const server = new UdpServer(
    { onReceive: (it, id, data) => void it.send(id, data) },
    { workerThreadCount, reuseAddressPolicy: ReuseAddressPolicy.AddressAndPort },
  );
  server.start('127.0.0.1', port);
  return server;
}

async function serve() {
  const server = startServer(workerData.port, workerData.workerThreadCount);
  parentPort.postMessage(server.listenAddress.port);
  await once(parentPort, 'message');
  parentPort.postMessage(server.stats().accepted);
  await server.stop();
  parentPort.close();
}

async function talk(port, index) {
  const socket = createSocket('udp4');
  for (let round = 0; round < ROUNDS; round++) {
    socket.send(`peer ${index}: ${round}`, port, '127.0.0.1');
    const [data] = await once(socket, 'message');
    if (String(data) !== `peer ${index}: ${round}`) throw new Error(`a wrong answer: ${data}`);
  }
  socket.close();
}

async function drive() {
  const workerThreadCount = Number(process.argv[2]);
  const workers = [];
  let port = 0;
  for (let count = 0; count < 2; count++) {
    const worker = new Worker(new URL(import.meta.url), { workerData: { port, workerThreadCount } });
    [port] = await once(worker, 'message');
    workers.push(worker);
  }
  await Promise.all(Array.from({ length: PEERS }, (_each, index) => talk(port, index)));
  const served = [];
  for (const worker of workers) {
    // The last message and the exit may be told in one go.
    const exited = once(worker, 'exit');
    worker.postMessage('stop');
    served.push((await once(worker, 'message'))[0]);
    await exited;
  }
  const again = startServer(port, 1);
  const free = again.hasStarted;
  await again.stop();
  console.log(JSON.stringify({ served, free }));
}

await (isMainThread ? drive() : serve());
