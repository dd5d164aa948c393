// SPDX-License-Identifier: Apache-2.0
import { HpSocketError } from '@hp/tcp';

/** A demo has not done what it is there to show: the message is shown, and the exit code is 1. */
export class DemoFailure extends Error {}

/** The line that tells a user what went wrong; `undefined` for an error that is a bug and needs its stack. */
export function failureLine(error: unknown): string | undefined {
  return error instanceof DemoFailure || HpSocketError.isInstance(error)
    ? `error: ${error.message}`
    : undefined;
}
