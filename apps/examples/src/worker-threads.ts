// SPDX-License-Identifier: Apache-2.0
// Several threads of JavaScript behind one port: each has a server of its own, and the system deals connections out.
import { once } from 'node:events';
import { isMainThread, parentPort, threadId, Worker, workerData } from 'node:worker_threads';
import { ReuseAddressPolicy, TcpServer } from '@hp/tcp';

/** Servers in workers. */
export interface WorkerServers extends AsyncDisposable {
  readonly port: number;
}

/** Starts `count` workers that listen on one port. */
export async function serveInWorkers(port: number, count: number): Promise<WorkerServers> {
  const workers: Worker[] = [];
  let listening = port;
  for (let started = 0; started < count; started++) {
    const worker = new Worker(new URL(import.meta.url), { workerData: listening });
    workers.push(worker);
    // The first one chooses where the port is 0, so the others wait for it.
    [listening] = (await once(worker, 'message')) as [number];
  }
  return {
    port: listening,
    async [Symbol.asyncDispose]() {
      const exits = workers.map((worker) => once(worker, 'exit'));
      for (const worker of workers) worker.postMessage('stop');
      await Promise.all(exits);
    },
  };
}

/** What each worker runs: a server that says in which thread it is. */
function serveHere(port: number): TcpServer {
  const server = new TcpServer(
    { onReceive: (server, id) => void server.send(id, Buffer.from(`thread ${threadId}\n`)) },
    { reuseAddressPolicy: ReuseAddressPolicy.AddressAndPort },
  );
  server.start('127.0.0.1', port);
  return server;
}

if (!isMainThread) {
  const server = serveHere(workerData as number);
  parentPort?.postMessage(server.listenAddress?.port);
  parentPort?.once('message', () => void server.stop());
} else if (process.argv[1] === import.meta.filename) {
  const { port } = await serveInWorkers(Number(process.argv[2] ?? 0), 4);
  console.log(`four workers: nc 127.0.0.1 ${port}`);
}
