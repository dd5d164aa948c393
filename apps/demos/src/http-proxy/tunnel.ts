// SPDX-License-Identifier: Apache-2.0
import type { ErrorCode, SocketOperation } from '@hp/tcp';
import type { Errand } from './errand.js';
import { lossOf } from './exchange.js';
import type { Target } from './message/target.js';
import type { Pair } from './pair.js';

const ESTABLISHED = Buffer.from('HTTP/1.1 200 Connection established\r\n\r\n');

/** What CONNECT asks for: bytes pass in both directions until either side ends. */
export class Tunnel implements Errand {
  readonly target: Target;
  readonly isRepeatable = false;
  readonly #pair: Pair;
  #isOpen = false;

  constructor(pair: Pair, target: Target) {
    this.#pair = pair;
    this.target = target;
  }

  get isAnswered(): boolean {
    return this.#isOpen;
  }

  begin(): void {
    this.#isOpen = true;
    this.#pair.toClient(ESTABLISHED);
    this.#pair.join();
  }

  /** What the client has sent before it was told that the tunnel is open; the rest is the relay's. */
  takeRequest(data: Buffer): number {
    if (!this.#isOpen) return 0;
    this.#pair.toHost(data);
    return data.length;
  }

  takeResponse(): void {
    // The relay has been joined before the host was read.
  }

  lost(operation: SocketOperation, errorCode: ErrorCode): void {
    throw lossOf(this.target, operation, errorCode);
  }
}
