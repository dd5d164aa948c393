// SPDX-License-Identifier: Apache-2.0
import { HandleResult } from '@hp/udp';
import { Pattern } from '../load/pattern.js';
import { type Lane, type LoadPlan, Run } from '../load/run.js';
import { DatagramStream } from './datagram-stream.js';

/**
 * What may be on its way at once: as much as the receive buffer of a system that grants little of what
 * it is asked for. With nothing to hold it back the load would only measure how fast it overruns buffers.
 */
const MOST_BYTES = 256 * 1024;
/** What a datagram takes in such a buffer besides its own bytes, about. */
const OVERHEAD_BYTES = 1024;

const CHECK_MS = 250;
/** So many checks in a row that see nothing move: what is on its way is lost. */
const CHECKS_IN_SILENCE = 4;

/** A run over datagrams: what comes back must be right, and what does not come back is counted. */
export class DatagramLoad extends Run {
  /** One for each connection. */
  readonly streams: readonly DatagramStream[];
  readonly #mostBytes: number;
  #startedAt = 0;
  #lastEchoAt = 0;
  #makeRoom: () => void = () => undefined;

  constructor(plan: LoadPlan) {
    super(plan);
    const { connections, size } = plan;
    const pattern = new Pattern();
    this.streams = Array.from(
      { length: connections },
      (_, index) => new DatagramStream(pattern, this.tally, index),
    );
    this.#mostBytes = size * Math.max(1, Math.floor(MOST_BYTES / (size + OVERHEAD_BYTES)));
  }

  /** Milliseconds from the first send to the last echo. */
  get elapsedMs(): number {
    return this.#lastEchoAt - this.#startedAt;
  }

  /** Whether it is time to wait before more is sent. */
  get isFull(): boolean {
    return this.tally.onTheWayBytes >= this.#mostBytes;
  }

  /** Settles when something has come back, or nothing has for long. */
  room(): Promise<void> {
    return new Promise((resolve) => {
      this.#makeRoom = resolve;
    });
  }

  /** For `onReceive`: checks an echo. */
  receive(stream: DatagramStream, datagram: Buffer): HandleResult {
    if (datagram.length !== this.plan.size) return this.refuse('a datagram of another length has come back');
    if (!stream.receive(datagram)) {
      this.finish();
      return HandleResult.Error;
    }
    this.#lastEchoAt = performance.now();
    this.#makeRoom();
    if (this.#isAllSent && this.tally.receivedBytes === this.tally.sentBytes) this.finish();
    return HandleResult.Ok;
  }

  override async run(lanes: readonly Lane[]): Promise<void> {
    this.#startedAt = performance.now();
    let moved = 0;
    let silent = 0;
    const watchdog = setInterval(() => {
      const { sentBytes, receivedBytes } = this.tally;
      silent = moved === sentBytes + receivedBytes ? silent + 1 : 0;
      moved = sentBytes + receivedBytes;
      if (silent >= CHECKS_IN_SILENCE) this.#giveUp();
    }, CHECK_MS);
    try {
      await super.run(lanes);
    } finally {
      clearInterval(watchdog);
    }
  }

  protected override finish(): void {
    super.finish();
    this.#makeRoom();
  }

  get #isAllSent(): boolean {
    return this.rounds === this.plan.rounds;
  }

  #giveUp(): void {
    for (const stream of this.streams) stream.giveUp(this.plan.size);
    this.#makeRoom();
    if (this.#isAllSent) this.finish();
  }
}
