// SPDX-License-Identifier: Apache-2.0
import { setImmediate, setTimeout } from 'node:timers/promises';
import { type ErrorCode, HandleResult, type SocketOperation } from '@hp/tcp';
import { describeClose } from '../terminal/event-log.js';
import { Tally } from './tally.js';

/** How much is sent: `rounds` messages of `size` bytes on each connection. */
export interface LoadPlan {
  readonly connections: number;
  readonly rounds: number;
  readonly size: number;
  readonly intervalMs: number;
}

/** What is said on one connection. */
export interface Sending {
  /** Sends the next `size` bytes with `send`, and returns what that returns. */
  send(size: number, send: (bytes: Buffer) => boolean): boolean;
}

/** One connection that carries a stream. */
export interface Lane {
  readonly stream: Sending;
  send(bytes: Uint8Array): boolean;
  isCongested(): boolean;
  drained(): Promise<void>;
}

/** A run of a performance demo: in each round every connection sends a message. */
export abstract class Run {
  readonly plan: LoadPlan;
  readonly tally: Tally = new Tally();
  /** Rounds sent. */
  rounds = 0;
  /** What the first connection was lost with, if one was. */
  lossCode: ErrorCode | undefined;
  #isOver = false;
  #end: () => void = () => undefined;

  protected constructor(plan: LoadPlan) {
    this.plan = plan;
  }

  /** For `onReceive`: what has come is no echo at all. */
  refuse(problem: string): HandleResult {
    this.tally.fail(problem);
    this.finish();
    return HandleResult.Error;
  }

  /** For `onClose`: a connection that closes before the run is over is an error. */
  close(operation: SocketOperation, errorCode: ErrorCode, reason?: string): void {
    if (this.#isOver) return;
    this.lossCode ??= errorCode;
    this.tally.fail(`a connection was lost: ${describeClose(operation, errorCode, reason)}`);
    this.finish();
  }

  /** Sends everything, and settles when the run is over. */
  async run(lanes: readonly Lane[]): Promise<void> {
    const ended: Promise<void> = new Promise((resolve) => {
      this.#end = resolve;
    });
    const { rounds, size, intervalMs } = this.plan;
    while (this.rounds < rounds && !this.#isOver) {
      for (const lane of lanes) {
        if (lane.isCongested()) await lane.drained();
        if (!lane.stream.send(size, (bytes) => lane.send(bytes))) this.finish();
      }
      this.rounds++;
      if (this.rounds === rounds) break;
      await (intervalMs === 0 ? setImmediate() : setTimeout(intervalMs));
    }
    if (!this.#isOver) await ended;
  }

  /** The run is over: all is back, or something has gone wrong. */
  protected finish(): void {
    this.#isOver = true;
    this.#end();
  }
}
