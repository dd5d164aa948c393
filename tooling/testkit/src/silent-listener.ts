// SPDX-License-Identifier: Apache-2.0
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { once } from './once.js';

const BACKLOG = 1;
/** Accepts that Node has under way on Windows, whether its thread sleeps or not. */
const POSTED = process.platform === 'win32' ? 32 : 0;

// Its thread sleeps, so the kernel completes what fits the queue, and nobody accepts.
const script = `
  const { createServer } = require('node:net');
  const { parentPort, workerData } = require('node:worker_threads');
  const server = createServer();
  server.listen({ host: '127.0.0.1', port: 0, backlog: ${BACKLOG} }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, workerData);
  });
`;

/** A port of loopback whose queue is full: a connect to it gets no answer at all. (Windows proper refuses.) */
export interface SilentListener extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
}

/** @param acceptsAfterMs - when it begins to accept after all; never where that is absent. */
export async function silentListener(acceptsAfterMs?: number): Promise<SilentListener> {
  const host = '127.0.0.1';
  const worker = new Worker(script, { eval: true, workerData: acceptsAfterMs });
  const [port] = (await once(worker, 'message')) as [number];
  const fillers: Socket[] = [];
  // Linux keeps one more than it was told to, and so does Wine on Linux.
  for (let count = 0; count <= POSTED + BACKLOG; count++) {
    const filler = connect(port, host);
    fillers.push(filler);
    await once(filler, 'connect');
    filler.on('error', () => {});
  }
  return {
    host,
    port,
    async [Symbol.asyncDispose]() {
      for (const filler of fillers) filler.destroy();
      await worker.terminate();
    },
  };
}
