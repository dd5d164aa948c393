// SPDX-License-Identifier: Apache-2.0

/** A message, and what ended it: a line break, or nothing. */
export interface Message {
  readonly text: string;
  readonly lineBreak: '' | '\n' | '\r\n';
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const LONGEST_LINE_BYTES = 64 * 1024;

/**
 * Cuts what one peer sends into messages. TCP keeps the order of bytes but not where one send ended
 * and the next began, so a line break ends a message. A peer that has never sent one (the plain
 * client of the tutorial) gets the benefit of the doubt: what one receive brings is a message.
 */
export class MessageSplitter {
  #rest: Buffer = Buffer.alloc(0);
  #speaksLines = false;

  /** The messages that `piece` completes. */
  push(piece: Buffer): Message[] {
    this.#rest = Buffer.concat([this.#rest, piece]);
    const messages: Message[] = [];
    for (let end = this.#rest.indexOf(LINE_FEED); end >= 0; end = this.#rest.indexOf(LINE_FEED)) {
      const hasReturn = this.#rest[end - 1] === CARRIAGE_RETURN;
      messages.push({
        text: this.#rest.toString('utf8', 0, hasReturn ? end - 1 : end),
        lineBreak: hasReturn ? '\r\n' : '\n',
      });
      this.#rest = this.#rest.subarray(end + 1);
      this.#speaksLines = true;
    }
    if (this.#speaksLines && this.#rest.length < LONGEST_LINE_BYTES) return messages;
    return [...messages, ...this.finish()];
  }

  /** What the peer said last, without a line break. */
  finish(): Message[] {
    if (this.#rest.length === 0) return [];
    const text = this.#rest.toString('utf8');
    this.#rest = Buffer.alloc(0);
    return [{ text, lineBreak: '' }];
  }
}
