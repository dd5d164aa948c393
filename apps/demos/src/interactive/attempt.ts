// SPDX-License-Identifier: Apache-2.0
import { HpSocketError, SocketError } from '@hp/tcp';
import { failureLine } from '../failure.js';

/** Waits for a connect to end, and shows why it has failed; where it does not block, `onClose` has shown that. */
export async function attempt(
  connect: Promise<unknown>,
  isAsync: boolean,
  print: (line: string) => void,
): Promise<void> {
  try {
    await connect;
  } catch (error) {
    const isToldAsEvent =
      isAsync && HpSocketError.isInstance(error) && error.socketError === SocketError.ConnectServer;
    if (isToldAsEvent) return;
    const failure = failureLine(error);
    if (failure === undefined) throw error;
    print(failure);
  }
}
