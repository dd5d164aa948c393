// SPDX-License-Identifier: Apache-2.0
import { quantity } from '../terminal/text.js';
import { DemoFailure } from '../failure.js';

/** What has come back of what was to be sent to an echo server. */
export class Echoes {
  readonly #missing: Buffer[] = [];
  #asked = 0;
  #returned = 0;

  /** Whether everything that was sent has come back. */
  get areComplete(): boolean {
    return this.#missing.length === 0;
  }

  /** It was to be sent, and has been, or was refused. */
  expect(datagram: Buffer, isSent: boolean): void {
    this.#asked++;
    if (isSent) this.#missing.push(datagram);
  }

  /** Something has arrived; what is no echo changes nothing. */
  take(datagram: Buffer): void {
    const index = this.#missing.findIndex((each) => each.equals(datagram));
    if (index < 0) return;
    this.#missing.splice(index, 1);
    this.#returned++;
  }

  /**
   * What there is to say in the end.
   * @throws DemoFailure where something has not come back as it was.
   */
  verdict(): string {
    const result = `${this.#returned} of ${quantity(this.#asked, 'datagram')} came back as sent`;
    if (this.#returned < this.#asked) throw new DemoFailure(`only ${result}`);
    return this.#asked === 0 ? 'nothing was sent' : `PASSED: ${result}`;
  }
}
