// SPDX-License-Identifier: Apache-2.0
import { Waiters } from './waiters.js';

type UncaughtListener = (error: Error, origin: NodeJS.UncaughtExceptionOrigin) => void;

/** Takes the uncaught exceptions of this process for itself until it is disposed of. */
export class UncaughtErrors implements Disposable {
  readonly errors: unknown[] = [];
  readonly #others: UncaughtListener[];
  readonly #waiters = new Waiters();
  readonly #listener = (error: unknown): void => {
    this.errors.push(error);
    this.#waiters.changed();
  };

  constructor() {
    this.#others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', this.#listener);
  }

  /** The messages of the first `count` errors, waiting for them. */
  async messages(count: number): Promise<string[]> {
    await this.#waiters.until(() => this.errors.length >= count, `Uncaught exception ${count}`);
    return this.errors.map((error) => (error instanceof Error ? error.message : String(error)));
  }

  [Symbol.dispose](): void {
    process.off('uncaughtException', this.#listener);
    for (const listener of this.#others) process.on('uncaughtException', listener);
  }
}
