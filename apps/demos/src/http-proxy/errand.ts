// SPDX-License-Identifier: Apache-2.0
import type { ErrorCode, SocketOperation } from '@hp/tcp';
import type { Target } from './message/target.js';

/** What a client has asked for, while it is under way: an exchange or a tunnel. */
export interface Errand {
  readonly target: Target;
  /** Whether it may be begun on a connection that was used before, and begun again where that turns out to be over. */
  readonly isRepeatable: boolean;
  /** Whether the client has been sent the beginning of an answer. */
  readonly isAnswered: boolean;
  /** The connection to the host can be used. */
  begin(): void;
  /** Takes off the beginning of `data` what can go to the host now; returns how many bytes that was. */
  takeRequest(data: Buffer): number;
  /**
   * Takes what the host sends.
   * @throws MalformedMessage where that is no proper response.
   */
  takeResponse(data: Buffer): void;
  /**
   * The connection to the host is over, or could not be made.
   * @throws Refusal where the client has to do without its answer.
   */
  lost(operation: SocketOperation, errorCode: ErrorCode): void;
}
