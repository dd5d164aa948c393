// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { MessageSplitter } from '../src/async-chat/message-splitter.js';

function texts(splitter: MessageSplitter, ...pieces: (string | Buffer)[]): string[] {
  return pieces.flatMap((piece) => splitter.push(Buffer.from(piece)).map(({ text }) => text));
}

describe('the messages of a chat', () => {
  it('are what one receive brings where the peer sends no line breaks', () => {
    expect(texts(new MessageSplitter(), 'hello', 'how are you', 'quit')).toEqual([
      'hello',
      'how are you',
      'quit',
    ]);
  });

  it('are lines where TCP has joined them', () => {
    expect(texts(new MessageSplitter(), 'one\ntwo\r\n\nthree\n')).toEqual(['one', 'two', '', 'three']);
  });

  it('are lines where TCP has split them, once the peer is known to send lines', () => {
    const splitter = new MessageSplitter();
    expect(texts(splitter, 'one\nt', 'w', 'o\nthr')).toEqual(['one', 'two']);
    expect(texts(splitter, 'ee\n')).toEqual(['three']);
  });

  it('are whole characters however a line is split', () => {
    const line = Buffer.from('grüße 你好 🙂');
    for (let at = 1; at < line.length; at++) {
      const splitter = new MessageSplitter();
      expect(texts(splitter, '\n', line.subarray(0, at), line.subarray(at), '\n')).toEqual([
        '',
        line.toString(),
      ]);
    }
  });

  it('tell how they ended, so that the answer can end the same way', () => {
    const messages = new MessageSplitter().push(Buffer.from('a\nb\r\n'));
    expect(messages.map(({ lineBreak }) => lineBreak)).toEqual(['\n', '\r\n']);
    expect(new MessageSplitter().push(Buffer.from('a'))[0]?.lineBreak).toBe('');
  });

  it('include what stands without a line break at the end', () => {
    const splitter = new MessageSplitter();
    expect(texts(splitter, 'one\ntwo')).toEqual(['one']);
    expect(splitter.finish()).toEqual([{ text: 'two', lineBreak: '' }]);
    expect(splitter.finish()).toEqual([]);
  });

  it('do not grow without end', () => {
    const splitter = new MessageSplitter();
    expect(texts(splitter, '\n', 'x'.repeat(64 * 1024))).toEqual(['', 'x'.repeat(64 * 1024)]);
  });
});
