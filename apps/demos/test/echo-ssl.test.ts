// SPDX-License-Identifier: Apache-2.0
import { once, TemporaryDirectory } from '@hp/testkit';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { validity } from '../src/secure/demo-certificates.js';
import { issueCertificates } from '../src/secure/issue-certificates.js';
import { clientIdentity, dialSecure, launch, launchServer, plainServer } from './launch.js';

describe('echo-ssl', () => {
  it('shows every event of both sides, and of handshakes what they have agreed on', async () => {
    await using server = launchServer('echo-ssl');
    await using client = launch('echo-ssl', 'client', '-p', await server.port());
    client.type('send grüße');
    await client.shows(/#1 +onReceive +7 bytes: grüße\n/);
    await client.quits();
    await server.shows(/#1 +onClose/);
    await server.quits();

    const agreed = /^onHandshake TLSv1\.3, TLS_\w+ with O=DEMO ONLY, CN=(\w+) \(verified\)$/;
    expect(eventsIn(client.output)).toEqual([
      'onPrepareConnect',
      expect.stringMatching(/^onConnect 127\.0\.0\.1:\d+ from 127\.0\.0\.1:\d+$/),
      expect.stringMatching(agreed),
      'onReceive 7 bytes: grüße',
      'onClose closed',
    ]);
    expect(eventsIn(server.output)).toEqual([
      'onPrepareListen',
      expect.stringMatching(/^onAccept 127\.0\.0\.1:\d+$/),
      expect.stringMatching(agreed),
      'onReceive 7 bytes: grüße',
      'onClose closed',
      'onShutdown',
    ]);
    expect(client.output).toContain('CN=localhost (verified)');
    expect(server.output).toContain('CN=client (verified)');
    expect(client.output).toMatch(
      /^certificate: .*client\.crt \(DEMO ONLY\)\ntrusted: .*authority\.crt \(DEMO ONLY\)\n/m,
    );
    expect(server.output).toMatch(
      /^certificate: .*server\.crt \(DEMO ONLY\)\ntrusted: .*authority\.crt \(DEMO ONLY\)\n/m,
    );
  });

  it('sends what was typed before the handshake was done', async () => {
    await using server = launchServer('echo-ssl');
    await using client = launch('echo-ssl', 'client', '-a', 'localhost', '-p', await server.port());
    client.type('send early');
    await client.quits();
    expect(client.output).toMatch(/onReceive +5 bytes: early\n/);
    await server.quits();
  });

  it('resumes the session when it connects again', async () => {
    await using server = launchServer('echo-ssl');
    await using client = launch('echo-ssl', 'client', '-p', await server.port());
    client.type('send one');
    await client.shows(/#1 +onReceive +3 bytes: one\n/);
    client.type('stop');
    await client.shows(/#1 +onClose/);
    client.type('start');
    await client.shows(
      /#2 +onHandshake +TLSv1\.3, \w+, resumed with O=DEMO ONLY, CN=localhost \(verified\)\n/,
    );
    client.type('send two');
    await client.shows(/#2 +onReceive +3 bytes: two\n/);
    await client.quits();
    await server.quits();
    expect(server.output).toMatch(/#2 +onHandshake .* resumed with O=DEMO ONLY, CN=client \(verified\)\n/);
  });

  it.each(['stop', 'kick 1'])(
    'ends in order on both sides when the server carries out %s',
    async (command) => {
      await using server = launchServer('echo-ssl');
      await using client = launch('echo-ssl', 'client', '-p', await server.port());
      await client.shows(/onHandshake/);
      server.type(command);
      await client.shows(/#1 +onClose +closed\n/);
      await client.quits();
      await server.quits();
      expect(eventsIn(server.output)).toContain('onClose closed');
    },
  );

  it('serves who is no demo, and asks without insisting', async () => {
    await using server = launchServer('echo-ssl');
    const peer = await dialSecure(await server.port(), { maxVersion: 'TLSv1.2' });
    peer.write('hello');
    expect(await once(peer, 'data')).toEqual([Buffer.from('hello')]);
    peer.end();
    await server.shows(/#1 +onClose +closed\n/);
    await server.quits();
    expect(server.output).toMatch(/#1 +onHandshake +TLSv1\.2, TLS_\w+ with a peer without certificate\n/);
  });

  it('lets nobody in without a certificate where one is required', async () => {
    await using server = launchServer('echo-ssl', '--verify', '3');
    const port = await server.port();
    const stranger = await dialSecure(port);
    stranger.resume();
    await server.shows(/#1 +onClose +Receive failed with 74: .*peer did not return a certificate\n/);
    const known = await dialSecure(port, await clientIdentity());
    known.write('hello');
    expect(await once(known, 'data')).toEqual([Buffer.from('hello')]);
    known.destroy();
    await server.shows(/#2 +onClose/);
    await server.quits();
    expect(server.output).not.toMatch(/#1 +onHandshake/);
  });

  it('refuses a server that is not whom it asks for, and the server goes on', async () => {
    await using server = launchServer('echo-ssl');
    const port = await server.port();
    await using client = launch('echo-ssl', 'client', '-p', port, '--server-name', 'example.org');
    await client.shows(
      /#1 +onClose +Receive failed with 74: .*: certificate verify failed: hostname mismatch\n/,
    );
    await using blocking = launch(
      'echo-ssl',
      'client',
      '-p',
      port,
      '--server-name',
      'example.org',
      '-n',
      '0',
    );
    await blocking.shows(/^error: 127\.0\.0\.1:\d+ could not be connected: .*hostname mismatch/m);
    await using careless = launch(
      'echo-ssl',
      'client',
      '-p',
      port,
      '--server-name',
      'example.org',
      '--verify',
      '0',
    );
    careless.type('send hello');
    await careless.shows(/onReceive +5 bytes: hello\n/);
    for (const demo of [client, blocking, careless, server]) await demo.quits();
    expect(client.output + blocking.output).not.toContain('onHandshake');
    expect(careless.output).toMatch(/onHandshake .* CN=localhost \(not verified.*\)\n/);
    expect(careless.output).toContain('trusted: everybody\n');
  });

  it('uses certificates that are named, and then shows no demo one to strangers', async () => {
    await using directory = await TemporaryDirectory.create();
    const issued = await issueCertificates(validity());
    const cert = await directory.file('own.crt', issued.server.cert);
    const key = await directory.file('own.key', issued.server.key);
    const ca = await directory.file('own-authority.crt', issued.authority);
    await using server = launchServer('echo-ssl', '--cert', cert, '--key', key, '--ca', directory.path);
    const port = await server.port();
    await using wary = launch('echo-ssl', 'client', '-p', port);
    await wary.shows(
      /#1 +onClose +Receive failed with 74: .*: certificate verify failed: unable to get local issuer/,
    );
    await using client = launch('echo-ssl', 'client', '-p', port, '--ca', ca);
    client.type('send hello');
    await client.shows(/onReceive +5 bytes: hello\n/);
    for (const demo of [wary, client, server]) await demo.quits();
    expect(client.output).toMatch(/^certificate: none\ntrusted: .*own-authority\.crt\n/m);
    expect(server.output).toMatch(/#2 +onHandshake .* with a peer without certificate\n/);
  });

  it('closes who does not speak TLS, and serves the others', async () => {
    await using server = launchServer('echo-ssl');
    const port = await server.port();
    await using client = launch('echo-ssl', 'client', '-p', port);
    await client.shows(/onHandshake/);
    const peer = connect(Number(port), '127.0.0.1').resume();
    peer.on('error', () => undefined);
    peer.write('GET / HTTP/1.1\r\n\r\n');
    await server.shows(
      /#2 +onClose +Receive failed with 74: the peer broke the protocol \(EBADMSG\): http request\n/,
    );
    client.type('send still here');
    await client.quits();
    await server.quits();
    expect(server.output).toMatch(/#1 +onClose +closed\n/);
    expect(client.output).toMatch(/onReceive +10 bytes: still here\n/);
    expect(server.output).not.toMatch(/#2 +onHandshake/);
  });

  it('says when the server does not speak TLS', async () => {
    await using server = await plainServer((socket) => socket.on('data', () => socket.write('what?\r\n')));
    await using client = launch('echo-ssl', 'client', '-p', server.port);
    await client.shows(/#1 +onClose +Receive failed with 74: .*: wrong version number\n/);
    await client.quits();
    expect(client.output).not.toContain('onHandshake');
  });

  it.each([
    [
      ['--cert', 'no-such-file', '--key', 'no-such-file'],
      /^error: cert no-such-file cannot be read: .*\(ENOENT\)/m,
    ],
    [['--ca', 'no-such-file'], /^error: ca no-such-file cannot be read: .*\(ENOENT\)/m],
  ])('says why it cannot use %j, and ends', async (options, reason) => {
    await using server = launchServer('echo-ssl', ...options);
    await server.exits(1);
    expect(server.output).toMatch(reason);
    await using client = launch('echo-ssl', 'client', ...options);
    await client.exits(1);
    expect(client.output).toMatch(reason);
  });
});

/** What a log shows of events, in order; `onSend`, which counts what is encrypted, is left out. */
function eventsIn(output: string): string[] {
  return [...output.matchAll(/^\d\d:\d\d:\d\d\.\d{3} +(?:#\d+ +)?(.*)$/gm)]
    .map(([, event = '']) => event.replaceAll(/ +/g, ' '))
    .filter((event) => !event.startsWith('onSend'));
}
