// SPDX-License-Identifier: Apache-2.0
import { HandleResult } from '@hp/tcp';
import { Pattern } from './pattern.js';
import { type LoadPlan, Run } from './run.js';
import { VerifiedStream } from './verified-stream.js';

/** A run over streams: the echoes are checked as they come, and all of them must. */
export class Load extends Run {
  /** One for each connection. */
  readonly streams: readonly VerifiedStream[];

  constructor(plan: LoadPlan) {
    super(plan);
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
      this.finish();
      return HandleResult.Error;
    }
    if (this.tally.receivedBytes === this.expectedBytes) this.finish();
    return HandleResult.Ok;
  }
}
