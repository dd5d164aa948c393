// SPDX-License-Identifier: Apache-2.0

/** Where a progress line goes. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const SPARSE_MS = 1000;

/**
 * One line that is drawn over and over on a terminal and removed at the end; elsewhere an ordinary
 * line now and then.
 */
export class ProgressLine implements Disposable {
  readonly #stream: ProgressStream;
  readonly #clock: () => number;
  #nextLineAt: number;

  constructor(stream: ProgressStream = process.stdout, clock: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#clock = clock;
    this.#nextLineAt = clock() + SPARSE_MS;
  }

  show(text: string): void {
    const { isTTY = false, columns = 80 } = this.#stream;
    if (isTTY) {
      this.#stream.write(`\r\x1b[K${text.slice(0, columns - 1)}`);
      return;
    }
    if (this.#clock() < this.#nextLineAt) return;
    this.#nextLineAt += SPARSE_MS;
    this.#stream.write(`${text}\n`);
  }

  [Symbol.dispose](): void {
    if (this.#stream.isTTY === true) this.#stream.write('\r\x1b[K');
  }
}
