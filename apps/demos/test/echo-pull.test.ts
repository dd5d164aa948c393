// SPDX-License-Identifier: Apache-2.0
import { once } from '@hp/testkit';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { encodeMessage, MAX_BODY_BYTES } from '../src/messages/message.js';
import { launch, launchServer, plainServer } from './launch.js';

const names = ['echo-pull', 'echo-pull-fn'];

function encoded(sequence: number, text: string): Buffer {
  return Buffer.concat(encodeMessage(sequence, Buffer.from(text)));
}

describe.each(names)('%s', (name) => {
  it('shows every event of both sides, and every message', async () => {
    await using server = launchServer(name);
    await using client = launch(name, 'client', '-p', await server.port());
    client.type('send grüße');
    await client.shows(/#1 +message +1, 7 bytes: grüße\n/);
    client.type('send again');
    await client.shows(/#1 +message +2, 5 bytes: again\n/);
    server.type('send 1 by the way');
    await client.shows(/#1 +message +not counted, 10 bytes: by the way\n/);
    await client.quits();
    await server.shows(/#1 +onClose +closed\n/);
    await server.quits();
    const received = ['onReceive 15 bytes to fetch', 'message 1, 7 bytes: grüße'];
    const again = ['onReceive 13 bytes to fetch', 'message 2, 5 bytes: again'];
    expect(eventsIn(server.output)).toEqual([
      'onPrepareListen',
      expect.stringMatching(/^onAccept 127\.0\.0\.1:\d+$/),
      ...received,
      'onSend 15 bytes',
      ...again,
      'onSend 13 bytes',
      'onSend 18 bytes',
      'onClose closed',
      'onShutdown',
    ]);
    expect(eventsIn(client.output)).toEqual([
      'onPrepareConnect',
      expect.stringMatching(/^onConnect 127\.0\.0\.1:\d+ from 127\.0\.0\.1:\d+$/),
      'onSend 15 bytes',
      ...received,
      'onSend 13 bytes',
      ...again,
      'onReceive 18 bytes to fetch',
      'message not counted, 10 bytes: by the way',
      'onClose closed',
    ]);
  });

  it.each(names)('talks with the other side of %s', async (other) => {
    await using server = launchServer(name);
    await using client = launch(other, 'client', '-p', await server.port());
    client.type('send hello');
    await client.quits();
    expect(client.output).toMatch(/message +1, 5 bytes: hello\n/);
    await server.quits();
  });

  it('counts from 1 again on a new connection', async () => {
    await using server = launchServer(name);
    await using client = launch(name, 'client', '-p', await server.port());
    client.type('send one');
    client.type('send two');
    await client.shows(/#1 +message +2, 3 bytes: two\n/);
    client.type('stop');
    client.type('send to nobody');
    await client.shows(/refused: not possible in this state/);
    client.type('start');
    client.type('send three');
    await client.shows(/#2 +message +1, 5 bytes: three\n/);
    await client.quits();
    await server.quits();
    expect(client.output + server.output).not.toContain('refused  ');
  });

  it('takes messages that arrive in pieces, and several that arrive at once', async () => {
    await using server = launchServer(name);
    const peer = connect(Number(await server.port()), '127.0.0.1').setNoDelay(true);
    const sent = Buffer.concat([encoded(1, 'hello'), encoded(2, 'two'), encoded(3, 'three')]);
    // The header has come with the eighth byte; what is left of the second piece counts in the third.
    for (const [from, to, toFetch] of [
      [0, 5, 5],
      [5, 10, 10],
      [10, 11, 3],
    ]) {
      peer.write(sent.subarray(from, to));
      await server.shows(new RegExp(`onReceive +${toFetch} bytes to fetch\n`));
    }
    peer.write(sent.subarray(11));
    const echoes = await bytesFrom(peer, sent.length);
    await server.shows(/onClose/);
    await server.quits();
    expect(echoes).toEqual(sent);
    expect(messagesIn(server.output)).toEqual(['1, 5 bytes: hello', '2, 3 bytes: two', '3, 5 bytes: three']);
  });

  it.each<[string, Buffer, string]>([
    [
      'announces an absurd body',
      Buffer.from('01000000ffffffff', 'hex'),
      'a body of 4,294,967,295 bytes is announced',
    ],
    ['announces no body', Buffer.from('0100000000000000', 'hex'), 'a body of 0 bytes is announced'],
    ['leaves a number out', encoded(2, 'x'), 'message 2 has come instead of message 1'],
    ['does not speak the protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'a body of'],
  ])('closes a peer that %s, and serves the others', async (_, bytes, problem) => {
    await using server = launchServer(name);
    const port = await server.port();
    await using client = launch(name, 'client', '-p', port);
    await server.shows(/#1 +onAccept/);
    const peer = connect(Number(port), '127.0.0.1').resume();
    peer.on('error', () => undefined);
    const closed = once(peer, 'close');
    peer.write(bytes);
    await server.shows(/#2 +onClose +Receive failed with 74: the peer broke the protocol \(EBADMSG\)\n/);
    await closed;
    client.type('send still here');
    await client.quits();
    await server.quits();
    expect(server.output).toMatch(new RegExp(`#2 +refused +${problem}`));
    expect(server.output).not.toMatch(/#2 +message/);
    expect(client.output).toMatch(/message +1, 10 bytes: still here\n/);
  });

  it.each<[string, (echo: Buffer) => Buffer, string]>([
    ['is lost', () => encoded(2, 'world'), 'message 2 has come instead of message 1'],
    ['is changed', () => encoded(1, 'hellO'), 'message 1 has come back changed'],
    ['is shortened', () => encoded(1, 'hell'), 'message 1 has come back changed'],
    ['is doubled', (echo) => Buffer.concat([echo, echo]), 'message 1 has come instead of message 2'],
    [
      'is followed by one of nothing',
      (echo) => Buffer.concat([echo, encoded(2, 'x')]),
      'message 2 has come back before it was sent',
    ],
    [
      'is absurdly long',
      () => Buffer.from('01000000ffffffff', 'hex'),
      'a body of 4,294,967,295 bytes is announced',
    ],
  ])('sees on the client side when an echo %s', async (_, answer, problem) => {
    await using server = await plainServer((socket) => {
      socket.once('data', (data) => socket.write(answer(data)));
    });
    await using client = launch(name, 'client', '-p', server.port);
    client.type('send hello');
    await client.shows(/#1 +onClose +Receive failed with 74: the peer broke the protocol \(EBADMSG\)\n/);
    await client.quits();
    expect(client.output).toMatch(new RegExp(`#1 +refused +${problem}\n`));
  });

  it('takes the longest body there may be, and holds no more', async () => {
    await using server = launchServer(name);
    const peer = connect(Number(await server.port()), '127.0.0.1');
    const longest = Buffer.concat(encodeMessage(1, Buffer.alloc(MAX_BODY_BYTES, 'x')));
    const sent = Buffer.concat([longest, encoded(2, 'next')]);
    peer.write(sent);
    const echoes = await bytesFrom(peer, sent.length);
    await server.shows(/onClose/);
    await server.quits();
    expect(echoes.equals(sent)).toBe(true);
    expect(messagesIn(server.output)[0]).toMatch(/^1, 16,777,216 bytes: x+…$/);
  });

  it('turns away whom it is to reject', async () => {
    await using server = launchServer(name, '-j', '127.0.0.1');
    await using client = launch(name, 'client', '-p', await server.port());
    await server.shows(/#1 +onAccept +127\.0\.0\.1:\d+ rejected/);
    await client.shows(/onClose/);
    await client.quits();
    await server.quits();
    expect(eventsIn(server.output)).not.toContain('onClose closed');
  });
});

/** The next `length` bytes that a peer sends; it is let go then. */
async function bytesFrom(socket: Socket, length: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let received = 0;
  for await (const piece of socket as AsyncIterable<Buffer>) {
    pieces.push(piece);
    received += piece.length;
    if (received >= length) break;
  }
  return Buffer.concat(pieces);
}

/** What a log shows of events and messages, in order. */
function eventsIn(output: string): string[] {
  return [...output.matchAll(/^\d\d:\d\d:\d\d\.\d{3} +(?:#\d+ +)?(.*)$/gm)].map(([, event = '']) =>
    event.replaceAll(/ +/g, ' '),
  );
}

function messagesIn(output: string): string[] {
  return eventsIn(output)
    .filter((event) => event.startsWith('message '))
    .map((event) => event.slice('message '.length));
}
