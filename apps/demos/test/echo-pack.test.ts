// SPDX-License-Identifier: Apache-2.0
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { launch, launchServer } from './launch.js';
import { pack } from './pack.js';

describe('echo-pack', () => {
  it('shows one event for each pack, on both sides', async () => {
    await using server = launchServer('echo-pack', '--flag', '361');
    await using client = launch('echo-pack', 'client', '-p', await server.port(), '--flag', '361');
    client.write('send one\nsend grüße\nsend three\n');
    await client.quits();
    await server.shows(/#1 +onClose +closed\n/);
    await server.quits();
    const packs = ['3 bytes: one', '7 bytes: grüße', '5 bytes: three'];
    expect(receivedIn(client.output)).toEqual(packs);
    expect(receivedIn(server.output)).toEqual(packs);
    // Heads included; the system may have taken several at once.
    const sent = [...server.output.matchAll(/onSend +(\d+) bytes\n/g)].map(([, bytes]) => Number(bytes));
    expect(sent.reduce((sum, bytes) => sum + bytes, 0)).toBe(27);
  });

  it('takes packs that TCP has cut or joined', async () => {
    await using server = launchServer('echo-pack', '--flag', '1023');
    const peer = connectTo(await server.port());
    for (const byte of pack(1023, 'cut')) peer.write(Buffer.of(byte));
    peer.write(Buffer.concat([pack(1023, 'joined'), pack(1023, 'together')]));
    peer.end();
    let echoes = Buffer.alloc(0);
    for await (const piece of peer as AsyncIterable<Buffer>) echoes = Buffer.concat([echoes, piece]);
    await server.quits();
    expect(echoes).toEqual(Buffer.concat(['cut', 'joined', 'together'].map((text) => pack(1023, text))));
    expect(receivedIn(server.output)).toEqual(['3 bytes: cut', '6 bytes: joined', '8 bytes: together']);
  });

  it.each<[string, Buffer, RegExp]>([
    ['another flag', pack(362, 'hello'), /Receive failed with 74: the peer broke the protocol \(EBADMSG\)\n/],
    [
      'too long a pack',
      pack(361, '', 101),
      /Receive failed with 90: the length is not allowed \(EMSGSIZE\)\n/,
    ],
    ['an empty pack', pack(361, ''), /Receive failed with 90: the length is not allowed \(EMSGSIZE\)\n/],
  ])('closes a peer that sends %s, and serves the others', async (_, bytes, reason) => {
    await using server = launchServer('echo-pack', '--flag', '361', '--max-pack', '100');
    const port = await server.port();
    await using client = launch('echo-pack', 'client', '-p', port, '--flag', '361');
    await server.shows(/#1 +onAccept/);
    const peer = connectTo(port);
    peer.write(bytes);
    await server.shows(new RegExp(`#2 +onClose +${reason.source}`));
    client.type(`send ${'x'.repeat(100)}`);
    await client.quits();
    await server.quits();
    expect(receivedIn(client.output)).toEqual([expect.stringMatching(/^100 bytes: x+…$/)]);
    expect(receivedIn(server.output)).toHaveLength(1);
  });

  it('closes a client that has another flag, or a greater limit', async () => {
    await using server = launchServer('echo-pack', '--flag', '361', '--max-pack', '100');
    const port = await server.port();
    await using stranger = launch('echo-pack', 'client', '-p', port, '--flag', '362');
    stranger.type('send hello');
    await server.shows(/#1 +onClose +Receive failed with 74: /);
    await using wordy = launch('echo-pack', 'client', '-p', port, '--flag', '361');
    wordy.type(`send ${'x'.repeat(101)}`);
    await server.shows(/#2 +onClose +Receive failed with 90: /);
    for (const demo of [stranger, wordy, server]) await demo.quits();
    expect(receivedIn(server.output)).toEqual([]);
  });

  it('does not send a pack above its own limit, and goes on', async () => {
    await using server = launchServer('echo-pack', '--max-pack', '10');
    await using client = launch('echo-pack', 'client', '-p', await server.port(), '--max-pack', '10');
    await server.shows(/#1 +onAccept/);
    client.type('send hello hello');
    await client.shows(/refused: the length is not allowed\n/);
    server.type('send 1 hello hello');
    await server.shows(/refused: the length is not allowed\n/);
    client.type('send hello');
    await client.quits();
    await server.quits();
    expect(receivedIn(client.output)).toEqual(['5 bytes: hello']);
  });

  it('accepts any flag where its own is 0, and answers with 0', async () => {
    await using server = launchServer('echo-pack');
    await using client = launch('echo-pack', 'client', '-p', await server.port(), '--flag', '5');
    client.type('send hello');
    await client.shows(/#1 +onClose +Receive failed with 74: /);
    await client.quits();
    await server.quits();
    expect(receivedIn(server.output)).toEqual(['5 bytes: hello']);
  });
});

function connectTo(port: string): Socket {
  return connect(Number(port), '127.0.0.1')
    .setNoDelay(true)
    .on('error', () => undefined);
}

/** What `onReceive` has brought, in order. */
function receivedIn(output: string): string[] {
  return [...output.matchAll(/onReceive +(.*)$/gm)].map(([, data = '']) => data);
}
