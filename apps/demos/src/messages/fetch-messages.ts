// SPDX-License-Identifier: Apache-2.0
import { HandleResult } from '@hp/tcp';
import { quantity } from '../terminal/text.js';
import {
  decodeHeader,
  following,
  type Header,
  HEADER_BYTES,
  MAX_BODY_BYTES,
  type Message,
  UNCOUNTED,
} from './message.js';

/** How far a connection has come with its messages; it is kept as the extra value of the connection. */
export interface Inbox {
  /** What the body that comes next belongs to; absent where a header comes next. */
  header: Header | undefined;
  /** The number of the last message that is counted. */
  sequence: number;
}

/** Where messages come from, and what becomes of them. */
export interface Reception {
  /** Takes bytes of the connection; `undefined` once it is closed. */
  readonly fetch: (length: number) => Buffer | undefined;
  /** A message is there. `Error` ends the connection. */
  readonly take: (message: Message) => HandleResult;
  /** The peer does not keep to the protocol. */
  readonly refuse: (problem: string) => HandleResult;
}

/** The inbox of a new connection: a header comes first. */
export function newInbox(): Inbox {
  return { header: undefined, sequence: 0 };
}

/**
 * The `onReceive` of the PULL demos. PULL tells how much can be fetched, and only when more of it has
 * arrived, so this fetches for as long as there is enough: in turn a header, and the body it announces.
 */
export function fetchMessages(
  inbox: Inbox,
  available: number,
  { fetch, take, refuse }: Reception,
): HandleResult {
  let left = available;
  for (let needed = lengthOfNext(inbox); left >= needed; needed = lengthOfNext(inbox)) {
    const bytes = fetch(needed);
    if (bytes === undefined) break;
    left -= needed;
    const { header } = inbox;
    if (header === undefined) {
      inbox.header = decodeHeader(bytes);
      const problem = problemWith(inbox.header, inbox.sequence);
      if (problem !== undefined) return refuse(problem);
    } else {
      inbox.header = undefined;
      const { sequence } = header;
      if (sequence !== UNCOUNTED) inbox.sequence = sequence;
      if (take({ sequence, body: bytes }) === HandleResult.Error) return HandleResult.Error;
    }
  }
  return HandleResult.Ok;
}

function lengthOfNext({ header }: Inbox): number {
  return header?.bodyLength ?? HEADER_BYTES;
}

/** Why there is no message to wait for, where there is none: judged before any of its body has come. */
function problemWith({ sequence, bodyLength }: Header, lastSequence: number): string | undefined {
  if (bodyLength === 0 || bodyLength > MAX_BODY_BYTES) {
    return `a body of ${quantity(bodyLength, 'byte')} is announced`;
  }
  const expected = following(lastSequence);
  if (sequence === expected || sequence === UNCOUNTED) return undefined;
  return `message ${sequence} has come instead of message ${expected}`;
}
