// SPDX-License-Identifier: Apache-2.0

const { HP_FUZZ_MS: wanted } = process.env;

/** How long a fuzzing test goes on, in milliseconds: a moment, or what HP_FUZZ_MS says. */
export const fuzzMilliseconds: number = wanted === undefined ? 2000 : Number(wanted);

/** Has fast-check try new input until that time is over. */
export const fuzzing: {
  readonly numRuns: number;
  readonly interruptAfterTimeLimit: number;
  readonly markInterruptAsFailure: boolean;
} = { numRuns: 1e9, interruptAfterTimeLimit: fuzzMilliseconds, markInterruptAsFailure: false };
