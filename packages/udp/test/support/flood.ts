// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { once, Tool } from '@hp/testkit';

/** A process that sends datagrams to a port of 127.0.0.1 from many addresses of loopback, as fast as it can. */
export class Flood implements AsyncDisposable {
  readonly #tool: Tool;
  readonly #lines: Interface;
  #isOver = false;

  private constructor(tool: Tool) {
    this.#tool = tool;
    this.#lines = createInterface(tool.stdout);
    this.#lines.once('close', () => (this.#isOver = true));
  }

  /**
   * Resolves when it begins.
   * @param total - how many datagrams; nothing: until it is disposed of.
   */
  static async start(port: number, addresses: number, total?: number): Promise<Flood> {
    const script = path.join(import.meta.dirname, '../children/flood.mjs');
    const args = [port, addresses, ...(total === undefined ? [] : [total])].map(String);
    const flood = new Flood(new Tool(process.execPath, [script, ...args]));
    await once(flood.#lines, 'line', 30_000);
    return flood;
  }

  /** Whether it has ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves when everything is sent. */
  async done(): Promise<void> {
    await once(this.#lines, 'line', 60_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tool[Symbol.asyncDispose]();
  }
}
