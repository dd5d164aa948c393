// SPDX-License-Identifier: Apache-2.0
// Four workers listen on one port; the main thread connects 128 times and checks every echo.
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { ReuseAddressPolicy, TcpAgent, TcpServer } from '../../../dist/index.js';

const CONNECTIONS = 128;

function startServer(port, workerThreadCount) {
  const server = new TcpServer(
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

async function drive() {
  const workerThreadCount = Number(process.argv[2]);
  const workers = [];
  let port = 0;
  for (let count = 0; count < 4; count++) {
    const worker = new Worker(new URL(import.meta.url), { workerData: { port, workerThreadCount } });
    [port] = await once(worker, 'message');
    workers.push(worker);
  }
  let echoed = 0;
  let settle;
  const settled = new Promise((resolve) => (settle = resolve));
  const agent = new TcpAgent(
    {
      onReceive: (it, id, data) => {
        if (String(data) === `echo ${id}` && ++echoed === CONNECTIONS) settle();
      },
    },
    { workerThreadCount },
  );
  agent.start();
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const id = await agent.connectAsync('127.0.0.1', port);
      agent.send(id, Buffer.from(`echo ${id}`));
    }),
  );
  await settled;
  const served = [];
  for (const worker of workers) {
    // The last message and the exit may be told in one go.
    const exited = once(worker, 'exit');
    worker.postMessage('stop');
    served.push((await once(worker, 'message'))[0]);
    await exited;
  }
  await agent.stop();
  const again = startServer(port, 0);
  const free = again.hasStarted;
  await again.stop();
  console.log(JSON.stringify({ served, echoed, free }));
}

await (isMainThread ? drive() : serve());
