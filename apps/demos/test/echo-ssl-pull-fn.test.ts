// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { encodeMessage } from '../src/messages/message.js';
import { dialSecure, launch, launchServer, secureServer } from './launch.js';

function encoded(sequence: number, text: string): Buffer {
  return Buffer.concat(encodeMessage(sequence, Buffer.from(text)));
}

describe('echo-ssl-pull-fn', () => {
  it('shows every event of both sides, and every message', async () => {
    await using server = launchServer('echo-ssl-pull-fn');
    await using client = launch('echo-ssl-pull-fn', 'client', '-p', await server.port());
    client.type('send grüße');
    await client.shows(/#1 +message +1, 7 bytes: grüße\n/);
    server.type('send 1 by the way');
    await client.shows(/#1 +message +not counted, 10 bytes: by the way\n/);
    await client.quits();
    await server.shows(/#1 +onClose/);
    await server.quits();
    const received = ['onReceive 15 bytes to fetch', 'message 1, 7 bytes: grüße'];
    const agreed = /^onHandshake TLSv1\.3, \w+ with O=DEMO ONLY, CN=\w+ \(verified\)$/;
    expect(eventsIn(server.output)).toEqual([
      'onPrepareListen',
      expect.stringMatching(/^onAccept /),
      expect.stringMatching(agreed),
      ...received,
      'onClose closed',
      'onShutdown',
    ]);
    expect(eventsIn(client.output)).toEqual([
      'onPrepareConnect',
      expect.stringMatching(/^onConnect /),
      expect.stringMatching(agreed),
      ...received,
      'onReceive 18 bytes to fetch',
      'message not counted, 10 bytes: by the way',
      'onClose closed',
    ]);
  });

  it('counts from 1 again on a new connection', async () => {
    await using server = launchServer('echo-ssl-pull-fn');
    await using client = launch('echo-ssl-pull-fn', 'client', '-p', await server.port());
    client.type('send one');
    client.type('send two');
    await client.shows(/#1 +message +2, 3 bytes: two\n/);
    client.type('stop');
    await client.shows(/#1 +onClose/);
    client.type('start');
    client.type('send three');
    await client.shows(/#2 +message +1, 5 bytes: three\n/);
    await client.quits();
    await server.quits();
    expect(client.output + server.output).not.toContain('refused  ');
  });

  it('takes messages that arrive in several records, and several that arrive in one', async () => {
    await using server = launchServer('echo-ssl-pull-fn');
    const peer = await dialSecure(await server.port());
    const sent = Buffer.concat([encoded(1, 'hello'), encoded(2, 'two'), encoded(3, 'three')]);
    for (const [from, to, toFetch] of [
      [0, 5, 5],
      [5, 10, 10],
      [10, 11, 3],
    ]) {
      peer.write(sent.subarray(from, to));
      await server.shows(new RegExp(`onReceive +${toFetch} bytes to fetch\n`));
    }
    peer.write(sent.subarray(11));
    let echoes = Buffer.alloc(0);
    for await (const piece of peer as AsyncIterable<Buffer>) {
      echoes = Buffer.concat([echoes, piece]);
      if (echoes.length >= sent.length) break;
    }
    await server.shows(/onClose/);
    await server.quits();
    expect(echoes).toEqual(sent);
    expect(server.output.match(/message +\d, \d bytes: \w+/g)).toHaveLength(3);
  });

  it('closes a peer that does not keep to the protocol inside TLS, and serves the others', async () => {
    await using server = launchServer('echo-ssl-pull-fn');
    const port = await server.port();
    await using client = launch('echo-ssl-pull-fn', 'client', '-p', port);
    await client.shows(/#1 +onHandshake/);
    const peer = await dialSecure(port);
    peer.resume().write(encoded(2, 'x'));
    await server.shows(/#2 +onClose +Receive failed with 74: the peer broke the protocol \(EBADMSG\)\n/);
    client.type('send still here');
    await client.quits();
    await server.quits();
    expect(server.output).toMatch(/#2 +refused +message 2 has come instead of message 1\n/);
    expect(client.output).toMatch(/message +1, 10 bytes: still here\n/);
  });

  it('sees on the client side when an echo is changed', async () => {
    await using server = await secureServer((socket) => {
      socket.once('data', () => socket.write(encoded(1, 'hellO')));
    });
    await using client = launch('echo-ssl-pull-fn', 'client', '-p', server.port);
    client.type('send hello');
    await client.shows(/#1 +onClose +Receive failed with 74: the peer broke the protocol \(EBADMSG\)\n/);
    await client.quits();
    expect(client.output).toMatch(/#1 +refused +message 1 has come back changed\n/);
  });
});

/** What a log shows of events and messages, in order; `onSend`, which counts what is encrypted, is left out. */
function eventsIn(output: string): string[] {
  return [...output.matchAll(/^\d\d:\d\d:\d\d\.\d{3} +(?:#\d+ +)?(.*)$/gm)]
    .map(([, event = '']) => event.replaceAll(/ +/g, ' '))
    .filter((event) => !event.startsWith('onSend'));
}
