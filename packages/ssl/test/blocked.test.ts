// SPDX-License-Identifier: Apache-2.0
// What goes on on the thread of a reactor while the thread of JavaScript is blocked.
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { once } from '@hp/testkit';
import { SslAgent, SslServer } from '@hp/ssl';
import { authority } from './support/certificates.js';
import { clientContext, serverContext } from './support/contexts.js';
import { notedAgent, notedServer, SecureLog } from './support/secure-log.js';

const COUNT = 20;
const workerThreadCount = 1;

/** Peers on a thread of their own. */
class Peers implements AsyncDisposable {
  readonly worker: Worker;
  readonly #done = new Int32Array(new SharedArrayBuffer(4));

  constructor(role: 'client' | 'dialled' | 'server', port = 0) {
    this.worker = new Worker(path.join(import.meta.dirname, 'children/peers.mjs'), {
      workerData: {
        ...{ role, port, count: COUNT, state: this.#done.buffer },
        ...authority().issue(),
        ca: authority().cert,
      },
    });
  }

  /** Has them begin, and blocks this thread until all have done what they do: how many these are, in time. */
  blockUntilDone(): number {
    const deadline = performance.now() + 10_000;
    this.worker.postMessage('begin');
    for (;;) {
      const done = Atomics.load(this.#done, 0);
      const left = deadline - performance.now();
      if (done === COUNT || left <= 0) return done;
      Atomics.wait(this.#done, 0, done, left);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.worker.terminate();
  }
}

describe('while JavaScript is blocked', () => {
  test('a server accepts and does handshakes, and what was sent after them is heard later', async () => {
    const log = new SecureLog();
    const listener = notedServer(log);
    // Without it nothing has to wait for JavaScript.
    delete listener.onAccept;
    await using server = new SslServer(listener, { workerThreadCount, context: serverContext() });
    server.start('127.0.0.1');
    await using peers = new Peers('client', server.listenAddress!.port);
    await once(peers.worker, 'message');

    expect(peers.blockUntilDone()).toBe(COUNT);
    expect(log.names()).toEqual(['onPrepareListen']);
    await log.next('onReceive', COUNT);
    for (const { id } of log.all('onHandshake')) {
      expect(log.names(id)).toEqual(['onHandshake', 'onReceive']);
      expect(String(log.received(id))).toBe('hello');
    }
  });

  test('a server does the handshakes of those for whom onAccept has returned', async () => {
    const log = new SecureLog();
    await using server = new SslServer(notedServer(log), { workerThreadCount, context: serverContext() });
    server.start('127.0.0.1');
    await using peers = new Peers('dialled', server.listenAddress!.port);
    await log.next('onAccept', COUNT);
    await new Promise(setImmediate);

    expect(peers.blockUntilDone()).toBe(COUNT);
    expect(log.count('onHandshake')).toBe(0);
    await log.next('onReceive', COUNT);
    for (const { id } of log.all('onAccept')) {
      expect(log.names(id)).toEqual(['onAccept', 'onHandshake', 'onReceive']);
    }
  });

  test('an agent does handshakes, and what was sent after them is heard later', async () => {
    const log = new SecureLog();
    await using agent = new SslAgent(notedAgent(log), { workerThreadCount, context: clientContext() });
    agent.start();
    await using peers = new Peers('server');
    const [port] = (await once(peers.worker, 'message')) as [number];
    const ready = once(peers.worker, 'message');
    const ids = Array.from({ length: COUNT }, () => agent.connect('127.0.0.1', port));
    await ready;
    await log.next('onConnect', COUNT);
    await new Promise(setImmediate);

    expect(peers.blockUntilDone()).toBe(COUNT);
    expect(log.count('onHandshake')).toBe(0);
    await log.next('onReceive', COUNT);
    for (const id of ids) {
      expect(log.names(id)).toEqual(['onPrepareConnect', 'onConnect', 'onHandshake', 'onReceive']);
      expect(agent.getSslInfo(id)?.isVerified).toBe(true);
    }
  });
});
