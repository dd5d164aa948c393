// SPDX-License-Identifier: Apache-2.0
import { type Inbox, newInbox } from './fetch-messages.js';
import { encodeMessage, following, type Message, UNCOUNTED } from './message.js';

/** What numbers the messages of one connection. */
export interface Numbering {
  /** The number of the last message sent. */
  sent: number;
}

/** One connection to an echo server: what has been said, and how far the echoes have come. */
export interface Conversation extends Inbox, Numbering {
  /** What has not come back yet, oldest first. */
  readonly outstanding: Buffer[];
}

type SendPieces = (pieces: Uint8Array[]) => boolean;

/** The conversation on a new connection. */
export function newConversation(): Conversation {
  return { ...newInbox(), sent: 0, outstanding: [] };
}

/** Sends a body under the next number; that is used up only if it was sent. */
export function sendNumbered(numbering: Numbering, body: Uint8Array, send: SendPieces): boolean {
  const sequence = following(numbering.sent);
  const isSent = send(encodeMessage(sequence, body));
  if (isSent) numbering.sent = sequence;
  return isSent;
}

/** Sends a body whose echo is to be checked. */
export function say(conversation: Conversation, body: Buffer, send: SendPieces): boolean {
  const isSent = sendNumbered(conversation, body, send);
  if (isSent) conversation.outstanding.push(body);
  return isSent;
}

/** Takes a message whose number is right. What is wrong with it, if it is to be an echo and is none. */
export function hear({ outstanding }: Conversation, { sequence, body }: Message): string | undefined {
  if (sequence === UNCOUNTED) return undefined;
  const said = outstanding.shift();
  if (said === undefined) return `message ${sequence} has come back before it was sent`;
  return said.equals(body) ? undefined : `message ${sequence} has come back changed`;
}
