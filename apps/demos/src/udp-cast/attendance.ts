// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import type { SocketAddress, SocketOperation } from '@hp/udp';
import { describeClose } from '../terminal/event-log.js';
import { endpoint } from '../terminal/text.js';
import { DemoFailure } from '../failure.js';

/** What two members say, and whether each has heard it, and from the right sender. */
export class Attendance {
  /** What each member says; nobody else in the group does. */
  readonly texts: readonly string[];
  /** Settles when everybody has heard everything, or somebody has gone. */
  readonly complete: Promise<void>;
  readonly #sender: { readonly port: number; readonly bind: string };
  /** What has not been heard, as it is told. */
  readonly #missing: Set<string>;
  #problem: string | undefined;
  #end: () => void = () => undefined;

  /** @param sender - the port of all members, and their own address; empty: any. */
  constructor(sender: { readonly port: number; readonly bind: string }) {
    this.#sender = sender;
    const meeting = randomUUID().slice(0, 8);
    this.texts = ['one', 'two'].map((name) => `member ${name} of ${meeting} says hello`);
    this.#missing = new Set(
      this.texts.flatMap((text) => this.texts.map((_, listener) => toComplaint(listener, text))),
    );
    this.complete = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** The member `listener` has heard something. */
  take(listener: number, text: string, from: SocketAddress | undefined): void {
    if (!this.#missing.delete(toComplaint(listener, text))) return;
    const { port, bind } = this.#sender;
    if (from?.port !== port || (bind !== '' && from.address !== bind)) {
      this.#problem ??= `'${text}' came from ${endpoint(from)}, not from ${bind || 'a member'} and port ${port}`;
    }
    if (this.#missing.size === 0) this.#end();
  }

  /** A member is no longer there. */
  leave(operation: SocketOperation, errorCode: number): void {
    if (errorCode !== 0) this.#problem ??= `a member has gone: ${describeClose(operation, errorCode)}`;
    this.#end();
  }

  /** @throws DemoFailure where something has not been heard, or was said by somebody else. */
  judge(): void {
    const [missing] = this.#missing;
    const problem = this.#problem ?? missing;
    if (problem !== undefined) throw new DemoFailure(problem);
  }
}

function toComplaint(listener: number, text: string): string {
  return `member ${['one', 'two'][listener] ?? ''} has not heard '${text}'`;
}
