// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { once } from '@hp/testkit';

/** A peer on another thread, which sends `greeting` on every connection as soon as it is made. */
export class Greeter implements AsyncDisposable {
  private constructor(
    /** Where it listens on loopback. */
    readonly port: number,
    readonly worker: Worker,
  ) {}

  static async start(greeting: string): Promise<Greeter> {
    const script = path.join(import.meta.dirname, '../children/greeter.mjs');
    const worker = new Worker(script, { workerData: greeting });
    const [port] = (await once(worker, 'message')) as [number];
    return new Greeter(port, worker);
  }

  /** Has it dial a port of loopback. */
  dial(port: number): void {
    this.worker.postMessage(port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.worker.terminate();
  }
}
