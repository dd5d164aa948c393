// SPDX-License-Identifier: Apache-2.0
import type { MultiConnectionComponent } from '@hp/core-native';
import { HandleResult } from '@hp/tcp';

/** The `onReceive` of every echo server: the same bytes go back, or the connection is closed. */
export function echoBack(server: MultiConnectionComponent, id: number, data: Buffer): HandleResult {
  return server.send(id, data) ? HandleResult.Ok : HandleResult.Error;
}
