// SPDX-License-Identifier: Apache-2.0
import { HpSocketError } from '@hp/core-native';

/** The HpSocketError that a call throws. */
export function thrownBy(call: () => unknown): HpSocketError {
  try {
    call();
  } catch (error) {
    if (HpSocketError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('the call did not throw');
}
