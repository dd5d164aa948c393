// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { dialSecure, launch, launchServer } from './launch.js';
import { pack } from './pack.js';

describe('echo-ssl-pack', () => {
  it('shows one event for each pack, on both sides, after the handshake', async () => {
    await using server = launchServer('echo-ssl-pack', '--flag', '361');
    await using client = launch('echo-ssl-pack', 'client', '-p', await server.port(), '--flag', '361');
    client.write('send one\nsend grüße\nsend three\n');
    await client.quits();
    await server.shows(/#1 +onClose/);
    await server.quits();
    const packs = ['3 bytes: one', '7 bytes: grüße', '5 bytes: three'];
    for (const { output } of [client, server]) {
      expect(receivedIn(output)).toEqual(packs);
      expect(output).toMatch(/onHandshake +TLSv1\.3, .* \(verified\)\n[^]*onReceive/);
    }
  });

  it('takes packs that TLS has cut or joined', async () => {
    await using server = launchServer('echo-ssl-pack', '--flag', '1023');
    const peer = await dialSecure(await server.port());
    // Each write is a record of its own.
    for (const byte of pack(1023, 'cut')) peer.write(Buffer.of(byte));
    peer.write(Buffer.concat([pack(1023, 'joined'), pack(1023, 'together')]));
    const expected = Buffer.concat(['cut', 'joined', 'together'].map((text) => pack(1023, text)));
    let echoes = Buffer.alloc(0);
    for await (const piece of peer as AsyncIterable<Buffer>) {
      echoes = Buffer.concat([echoes, piece]);
      if (echoes.length >= expected.length) break;
    }
    await server.shows(/#1 +onClose/);
    await server.quits();
    expect(echoes).toEqual(expected);
    expect(receivedIn(server.output)).toEqual(['3 bytes: cut', '6 bytes: joined', '8 bytes: together']);
  });

  it('closes who breaks the rules of packs inside TLS, and serves the others', async () => {
    await using server = launchServer('echo-ssl-pack', '--flag', '361', '--max-pack', '100');
    const port = await server.port();
    await using client = launch('echo-ssl-pack', 'client', '-p', port, '--flag', '361');
    await client.shows(/#1 +onHandshake/);
    await using stranger = launch('echo-ssl-pack', 'client', '-p', port, '--flag', '362');
    stranger.type('send hello');
    await server.shows(/#2 +onClose +Receive failed with 74: the peer broke the protocol \(EBADMSG\)\n/);
    await using wordy = launch('echo-ssl-pack', 'client', '-p', port, '--flag', '361');
    wordy.type(`send ${'x'.repeat(101)}`);
    await server.shows(/#3 +onClose +Receive failed with 90: the length is not allowed \(EMSGSIZE\)\n/);
    client.type('send still here');
    await client.shows(/#1 +onReceive +10 bytes: still here\n/);
    for (const demo of [client, stranger, wordy, server]) await demo.quits();
    expect(receivedIn(server.output)).toEqual(['10 bytes: still here']);
  });

  it('is not spoken to without TLS', async () => {
    await using server = launchServer('echo-ssl-pack');
    await using client = launch('echo-pack', 'client', '-p', await server.port());
    client.type('send hello');
    await server.shows(/#1 +onClose +Receive failed with 74: .*: \w+/);
    await client.shows(/#1 +onClose/);
    for (const demo of [client, server]) await demo.quits();
    expect(receivedIn(server.output)).toEqual([]);
  });
});

/** What `onReceive` has brought, in order. */
function receivedIn(output: string): string[] {
  return [...output.matchAll(/onReceive +(.*)$/gm)].map(([, data = '']) => data);
}
