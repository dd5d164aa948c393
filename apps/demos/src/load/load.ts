// SPDX-License-Identifier: Apache-2.0
import { setImmediate, setTimeout } from 'node:timers/promises';
import { HandleResult, type SocketOperation } from '@hp/tcp';
import { describeClose } from '../console/event-log.js';
import { Pattern } from './pattern.js';
import { Tally } from './tally.js';
import { VerifiedStream } from './verified-stream.js';

/** How much is sent: `rounds` messages of `size` bytes on each connection. */
export interface LoadPlan {
  readonly connections: number;
  readonly rounds: number;
  readonly size: number;
  readonly intervalMs: number;
}

/** One connection that carries a stream. */
export interface Lane {
  readonly stream: VerifiedStream;
  send(bytes: Uint8Array): boolean;
  isCongested(): boolean;
  drained(): Promise<void>;
}

/**
 * A run of a performance demo: in each round every connection sends a message; the echoes are
 * checked as they come.
 */
export class Load {
  readonly plan: LoadPlan;
  readonly tally: Tally = new Tally();
  /** One for each connection. */
  readonly streams: readonly VerifiedStream[];
  /** Rounds sent. */
  rounds = 0;
  #isOver = false;
  #end: () => void = () => undefined;

  constructor(plan: LoadPlan) {
    this.plan = plan;
    const pattern = new Pattern();
    this.streams = Array.from(
      { length: plan.connections },
      (_, index) => new VerifiedStream(pattern, this.tally, index),
    );
  }

  /** The bytes that have to go out, and to come back. */
  get expectedBytes(): number {
    const { connections, rounds, size } = this.plan;
    return connections * rounds * size;
  }

  /** Whether everything has been sent and come back as it was. */
  get isPassed(): boolean {
    const { sentBytes, receivedBytes, errors } = this.tally;
    return errors === 0 && sentBytes === this.expectedBytes && receivedBytes === this.expectedBytes;
  }

  /** For `onReceive`: checks a piece of an echo. */
  receive(stream: VerifiedStream | undefined, piece: Buffer): HandleResult {
    if (stream?.receive(piece) !== true) {
      this.#finish();
      return HandleResult.Error;
    }
    if (this.tally.receivedBytes === this.expectedBytes) this.#finish();
    return HandleResult.Ok;
  }

  /** For `onReceive`: what has come is no echo at all. */
  refuse(problem: string): HandleResult {
    this.tally.fail(problem);
    this.#finish();
    return HandleResult.Error;
  }

  /** For `onClose`: a connection that closes before the run is over is an error. */
  close(operation: SocketOperation, errorCode: number): void {
    if (this.#isOver) return;
    this.tally.fail(`a connection was lost: ${describeClose(operation, errorCode)}`);
    this.#finish();
  }

  /** Sends everything, and settles when all of it is back or something has gone wrong. */
  async run(lanes: readonly Lane[]): Promise<void> {
    const ended: Promise<void> = new Promise((resolve) => {
      this.#end = resolve;
    });
    const { rounds, size, intervalMs } = this.plan;
    while (this.rounds < rounds && !this.#isOver) {
      for (const lane of lanes) {
        if (lane.isCongested()) await lane.drained();
        if (!lane.stream.send(size, (bytes) => lane.send(bytes))) this.#finish();
      }
      this.rounds++;
      if (this.rounds === rounds) break;
      await (intervalMs === 0 ? setImmediate() : setTimeout(intervalMs));
    }
    await ended;
  }

  #finish(): void {
    this.#isOver = true;
    this.#end();
  }
}
