// SPDX-License-Identifier: Apache-2.0

/** What all connections of a run have moved, and what went wrong. */
export class Tally {
  sentBytes = 0;
  receivedBytes = 0;
  /** Bytes sent that are still to come back. */
  onTheWayBytes = 0;
  errors = 0;
  #firstProblem = '';

  /** What went wrong first; empty where nothing did. */
  get problem(): string {
    return this.#firstProblem;
  }

  /** Counts an error. */
  fail(problem: string): void {
    if (this.errors++ === 0) this.#firstProblem = problem;
  }
}
