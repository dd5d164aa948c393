// SPDX-License-Identifier: Apache-2.0
import { SocketError } from '../enums.js';
import { HpSocketError } from '../errors.js';
import { checkSetting, wholeNumber } from '../settings.js';
import { checkObject } from './arguments.js';

/**
 * How a lost or failed connection is dialled again: after delays that double from attempt to attempt,
 * half of each left to chance. A connection that was ended from here is not dialled again.
 */
export interface ReconnectOptions {
  /** Milliseconds before the first new attempt at most, from 1. Default 500. */
  readonly minDelayMs?: number;
  /** Milliseconds between attempts at most, from `minDelayMs`. Default 30,000. */
  readonly maxDelayMs?: number;
  /** Attempts in a row that reach nobody before it gives up, from 0. Default 0: never gives up. */
  readonly maxAttempts?: number;
}

const DELAY = wholeNumber(500, 1, 2_147_483_647);
const ATTEMPTS = wholeNumber(0, 0, 2_147_483_647);

/** Delays that double from attempt to attempt, half of each left to chance so that peers spread out. */
export class Backoff {
  readonly #min: number;
  readonly #max: number;
  readonly #maxAttempts: number;
  #attempts = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @throws HpSocketError for an option out of its range. */
  constructor(options: ReconnectOptions) {
    checkObject(options, 'reconnect');
    const { minDelayMs = 500, maxDelayMs = 30_000, maxAttempts = 0 } = options;
    checkSetting('reconnect.minDelayMs', DELAY, minDelayMs);
    checkSetting('reconnect.maxDelayMs', DELAY, maxDelayMs);
    checkSetting('reconnect.maxAttempts', ATTEMPTS, maxAttempts);
    if (maxDelayMs < minDelayMs) {
      throw new HpSocketError(
        SocketError.InvalidParam,
        `reconnect.maxDelayMs must be at least minDelayMs (${String(minDelayMs)}); it is ${String(maxDelayMs)}.`,
      );
    }
    this.#min = minDelayMs;
    this.#max = maxDelayMs;
    this.#maxAttempts = maxAttempts;
  }

  /** The server was reached: the next attempt is the first again. */
  reset(): void {
    this.#attempts = 0;
  }

  /** Calls `attempt` after the next delay; `false` where no attempt is left. */
  schedule(attempt: () => void, keepsProcess: boolean): boolean {
    if (this.#maxAttempts !== 0 && this.#attempts >= this.#maxAttempts) return false;
    const delay = Math.min(this.#max, this.#min * 2 ** this.#attempts++);
    this.#timer = setTimeout(attempt, delay / 2 + (Math.random() * delay) / 2);
    if (!keepsProcess) this.#timer.unref();
    return true;
  }

  /** What is scheduled is not called. */
  cancel(): void {
    clearTimeout(this.#timer);
  }
}
