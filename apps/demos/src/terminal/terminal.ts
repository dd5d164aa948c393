// SPDX-License-Identifier: Apache-2.0
import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';
import { isatty } from 'node:tty';

/**
 * The terminal of a demo that people type into. Lines come in one after another until end-of-file
 * or Ctrl-C; what is printed meanwhile appears above the line that is being typed.
 */
export class Terminal implements AsyncIterable<string>, Disposable {
  readonly #readline: Interface;
  readonly #lines: AsyncIterator<string>;
  readonly #isInteractive: boolean = isatty(process.stdin.fd) && isatty(process.stdout.fd);
  #isOpen = true;

  constructor() {
    this.#readline = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: this.#isInteractive,
      prompt: '> ',
    });
    // Taken now: lines that come before somebody waits for one are kept.
    this.#lines = this.#readline[Symbol.asyncIterator]();
    this.#readline.once('close', () => {
      this.#isOpen = false;
      // What has been typed stays; an empty prompt goes.
      if (this.#isInteractive) process.stdout.write(this.#readline.line === '' ? '\r\x1b[K' : '\n');
    });
    // On a terminal Ctrl-C is a key and comes as an event of readline; else it is a signal.
    this.#readline.on('SIGINT', this.close);
    process.once('SIGINT', this.close).once('SIGTERM', this.close);
    this.#prompt();
  }

  /** Shows a line. */
  readonly print = (line: string): void => {
    const { stdout } = process;
    if (!this.#isInteractive || !this.#isOpen) {
      stdout.write(`${line}\n`);
      return;
    }
    const { rows } = this.#readline.getCursorPos();
    moveCursor(stdout, 0, -rows);
    cursorTo(stdout, 0);
    clearScreenDown(stdout);
    // Readline goes up that many rows before it draws its line again.
    stdout.write(`${line}\n${'\n'.repeat(rows)}`);
    this.#prompt();
  };

  /** Ends the input: whoever waits for a line gets none. */
  readonly close = (): void => {
    if (this.#isOpen) this.#readline.close();
  };

  [Symbol.dispose](): void {
    process.off('SIGINT', this.close).off('SIGTERM', this.close);
    this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      const next = await this.#lines.next();
      if (next.done === true) return;
      yield next.value;
      this.#prompt();
    }
  }

  #prompt(): void {
    if (this.#isInteractive && this.#isOpen) this.#readline.prompt(true);
  }
}
