// SPDX-License-Identifier: Apache-2.0
import { createInterface } from 'node:readline';
import { Tool, within } from '@hp/testkit';

/** An example that runs beside the test, read line by line; killed by `await using`. */
export class Program implements AsyncDisposable {
  readonly #tool: Tool;
  readonly #lines: AsyncIterator<string, unknown>;

  constructor(file: string, ...args: readonly string[]) {
    this.#tool = new Tool(process.execPath, [file, ...args]);
    this.#lines = createInterface(this.#tool.stdout)[Symbol.asyncIterator]();
  }

  /** The next line that it prints. */
  async line(): Promise<string> {
    const { value } = await within(this.#lines.next(), 10_000, 'A line of the example');
    return String(value);
  }

  /** The port that its next line tells of. */
  async port(): Promise<number> {
    return Number(/port:? (\d+)/.exec(await this.line())?.[1]);
  }

  /** Presses a key, and resolves to the exit code. */
  async quit(): Promise<number | null> {
    this.#tool.stdin.write('q');
    return this.#tool.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tool[Symbol.asyncDispose]();
  }
}
