// SPDX-License-Identifier: Apache-2.0
import { HandleResult } from '@hp/tcp';
import { describe, expect, it } from 'vitest';
import { hear, newConversation, say, sendNumbered } from '../src/messages/conversation.js';
import { fetchMessages, newInbox } from '../src/messages/fetch-messages.js';
import {
  decodeHeader,
  encodeMessage,
  following,
  HEADER_BYTES,
  MAX_BODY_BYTES,
  type Message,
  UNCOUNTED,
} from '../src/messages/message.js';

function encoded(sequence: number, text: string): Buffer {
  return Buffer.concat(encodeMessage(sequence, Buffer.from(text)));
}

function header(sequence: number, bodyLength: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt32LE(sequence, 0);
  bytes.writeUInt32LE(bodyLength, 4);
  return bytes;
}

/** A connection in the PULL model: what it has received, and what the fetch loop makes of it. */
class Receiver {
  readonly messages: string[] = [];
  readonly fetched: number[] = [];
  problem: string | undefined;
  isOpen = true;
  readonly #inbox = newInbox();
  readonly #onMessage: (message: Message) => HandleResult;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(onMessage: (message: Message) => HandleResult = () => HandleResult.Ok) {
    this.#onMessage = onMessage;
  }

  receive(piece: Buffer): HandleResult {
    this.#bytes = Buffer.concat([this.#bytes, piece]);
    return fetchMessages(this.#inbox, this.#bytes.length, {
      fetch: (length) => this.#fetch(length),
      take: (message) => {
        this.messages.push(`${message.sequence} ${String(message.body)}`);
        return this.#onMessage(message);
      },
      refuse: (problem) => {
        this.problem = problem;
        return HandleResult.Error;
      },
    });
  }

  #fetch(length: number): Buffer | undefined {
    this.fetched.push(length);
    if (!this.isOpen || length > this.#bytes.length) return undefined;
    const bytes = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return bytes;
  }
}

function messagesIn(...pieces: Buffer[]): string[] {
  const receiver = new Receiver();
  for (const piece of pieces) expect(receiver.receive(piece)).toBe(HandleResult.Ok);
  return receiver.messages;
}

describe('a message', () => {
  it('goes out as two little-endian words and its body', () => {
    expect(encoded(0x01020304, 'A')).toEqual(Buffer.from('040302010100000041', 'hex'));
    expect(decodeHeader(encoded(0xffff_ffff, 'abc'))).toEqual({ sequence: 0xffff_ffff, bodyLength: 3 });
  });

  it('has the number after that of the one before, and never 0', () => {
    expect(following(0)).toBe(1);
    expect(following(41)).toBe(42);
    expect(following(0xffff_ffff)).toBe(1);
  });
});

describe('the fetch loop', () => {
  const stream = Buffer.concat([encoded(1, 'one'), encoded(2, 'x'.repeat(30)), encoded(3, '!')]);
  const messages = ['1 one', `2 ${'x'.repeat(30)}`, '3 !'];

  it('takes the same messages from a stream however it is cut in two', () => {
    expect(messagesIn(stream)).toEqual(messages);
    for (let at = 1; at < stream.length; at++) {
      expect(messagesIn(stream.subarray(0, at), stream.subarray(at))).toEqual(messages);
    }
  });

  it.each([1, 2, 3, 5, 7, 8, 9, 11])('takes them from pieces of %i bytes', (length) => {
    const pieces: Buffer[] = [];
    for (let at = 0; at < stream.length; at += length) pieces.push(stream.subarray(at, at + length));
    expect(messagesIn(...pieces)).toEqual(messages);
  });

  it('fetches in turn a header and the body that it announces, and nothing in vain', () => {
    const receiver = new Receiver();
    for (const byte of stream) receiver.receive(Buffer.of(byte));
    expect(receiver.fetched).toEqual([8, 3, 8, 30, 8, 1]);
  });

  it.each<[string, number[], string[], string]>([
    ['lost', [1, 3], ['1 a'], 'message 3 has come instead of message 2'],
    ['doubled', [1, 1], ['1 a'], 'message 1 has come instead of message 2'],
    ['swapped', [1, 3, 2], ['1 a'], 'message 3 has come instead of message 2'],
    ['lost at the beginning', [2], [], 'message 2 has come instead of message 1'],
  ])('sees when a message is %s, and takes none that follows', (_, numbers, taken, problem) => {
    const receiver = new Receiver();
    const sent = numbers.map((sequence) => encoded(sequence, 'a'));
    expect(receiver.receive(Buffer.concat([...sent, encoded(2, 'b')]))).toBe(HandleResult.Error);
    expect(receiver).toMatchObject({ messages: taken, problem });
  });

  it('takes messages that are not counted between others', () => {
    const uncounted = encoded(UNCOUNTED, 'by the way');
    expect(messagesIn(uncounted, encoded(1, 'one'), uncounted, encoded(2, 'two'))).toEqual([
      '0 by the way',
      '1 one',
      '0 by the way',
      '2 two',
    ]);
  });

  it.each([0, MAX_BODY_BYTES + 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])(
    'refuses a body of %i bytes when it is announced, and asks for none of it',
    (length) => {
      const receiver = new Receiver();
      expect(receiver.receive(Buffer.concat([header(1, length), Buffer.from('body')]))).toBe(
        HandleResult.Error,
      );
      expect(receiver.problem).toMatch(/^a body of [\d,]+ bytes is announced$/);
      expect(receiver.fetched).toEqual([HEADER_BYTES]);
    },
  );

  it('takes the longest body that is allowed', () => {
    const receiver = new Receiver();
    expect(receiver.receive(header(1, MAX_BODY_BYTES))).toBe(HandleResult.Ok);
    expect(receiver.receive(Buffer.alloc(MAX_BODY_BYTES - 1))).toBe(HandleResult.Ok);
    expect(receiver.messages).toHaveLength(0);
    expect(receiver.receive(Buffer.alloc(1))).toBe(HandleResult.Ok);
    expect(receiver.messages).toHaveLength(1);
  });

  it('ends where a message is not accepted', () => {
    const receiver = new Receiver(() => HandleResult.Error);
    expect(receiver.receive(stream)).toBe(HandleResult.Error);
    expect(receiver).toMatchObject({ messages: ['1 one'], problem: undefined });
  });

  it('ends where a message has closed the connection', () => {
    const receiver = new Receiver(() => {
      receiver.isOpen = false;
      return HandleResult.Ok;
    });
    expect(receiver.receive(stream)).toBe(HandleResult.Ok);
    expect(receiver).toMatchObject({ messages: ['1 one'], problem: undefined });
  });
});

describe('a conversation', () => {
  const message = (sequence: number, text: string): Message => ({ sequence, body: Buffer.from(text) });

  function havingSaid(...texts: string[]): ReturnType<typeof newConversation> {
    const conversation = newConversation();
    for (const text of texts) say(conversation, Buffer.from(text), () => true);
    return conversation;
  }

  it('numbers what is sent from 1', () => {
    const sent: Buffer[] = [];
    const conversation = newConversation();
    for (const text of ['one', 'two']) {
      say(conversation, Buffer.from(text), (pieces) => sent.push(Buffer.concat(pieces)) > 0);
    }
    expect(sent).toEqual([encoded(1, 'one'), encoded(2, 'two')]);
  });

  it('does not use up the number of what was refused, and expects no echo of it', () => {
    const conversation = newConversation();
    expect(say(conversation, Buffer.from('lost'), () => false)).toBe(false);
    expect(sendNumbered(conversation, Buffer.from('lost'), () => false)).toBe(false);
    expect(conversation).toMatchObject({ sent: 0, outstanding: [] });
  });

  it('takes the echoes of what was said, and what is not counted between them', () => {
    const conversation = havingSaid('one', 'two');
    expect(hear(conversation, message(1, 'one'))).toBeUndefined();
    expect(hear(conversation, message(UNCOUNTED, 'by the way'))).toBeUndefined();
    expect(hear(conversation, message(2, 'two'))).toBeUndefined();
    expect(conversation.outstanding).toEqual([]);
  });

  it.each([
    ['changed', 'onE', 'message 1 has come back changed'],
    ['shortened', 'on', 'message 1 has come back changed'],
    ['lengthened', 'one!', 'message 1 has come back changed'],
  ])('sees an echo that is %s', (_, echo, problem) => {
    expect(hear(havingSaid('one'), message(1, echo))).toBe(problem);
  });

  it('sees an echo of nothing', () => {
    expect(hear(havingSaid(), message(1, 'one'))).toBe('message 1 has come back before it was sent');
  });
});
