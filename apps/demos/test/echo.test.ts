// SPDX-License-Identifier: Apache-2.0
import { once } from '@hp/testkit';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { hasNetcat, launch, launchServer, netcat } from './launch.js';

describe('echo', () => {
  it('shows every event of both sides', async () => {
    await using server = launchServer('echo');
    const port = await server.port();
    await using client = launch('echo', 'client', '-p', port);
    client.type('send grüße');
    await client.shows(/#\d+ +onReceive +7 bytes: grüße\n/);
    await client.quits();
    await server.shows(/#1 +onClose +closed\n/);
    await server.quits();

    expect(eventsIn(client.output)).toEqual([
      'onPrepareConnect',
      'onConnect',
      'onSend',
      'onReceive',
      'onClose',
    ]);
    expect(eventsIn(server.output)).toEqual([
      'onPrepareListen',
      'onAccept',
      'onReceive',
      'onSend',
      'onClose',
      'onShutdown',
    ]);
    expect(client.output).toMatch(new RegExp(`onConnect +127\\.0\\.0\\.1:${port} from 127\\.0\\.0\\.1:\\d+`));
    expect(server.output).toMatch(/#1 +onAccept +127\.0\.0\.1:\d+\n/);
  });

  it('carries out what is typed at the server', async () => {
    await using server = launchServer('echo');
    const port = await server.port();
    await using first = launch('echo', 'client', '-p', port);
    await server.shows(/#1 +onAccept/);
    await using second = launch('echo', 'client', '-p', port);
    await server.shows(/#2 +onAccept/);

    server.type('status');
    await server.shows(/started, listening on 127\.0\.0\.1:\d+, 2 connections: #1 #2\n/);
    server.type('send 2 hello two');
    await second.shows(/onReceive +9 bytes: hello two\n/);
    server.type('pause 1');
    await server.shows(/paused/);
    first.type('send held back');
    await first.shows(/onSend +9 bytes/);
    second.type('send meanwhile');
    await second.shows(/onReceive +9 bytes: meanwhile/);
    expect(server.output).not.toContain('held back');
    server.type('pause 1 0');
    await first.shows(/onReceive +9 bytes: held back/);
    server.type('kick 1');
    await first.shows(/onClose +closed/);
    server.type('kickl 3600');
    server.type('kicks 0');
    await second.shows(/onClose +closed/);
    server.type('stat');
    await server.shows(/accepted +2\n/);
    server.type('args');
    await server.shows(/-p, --port <port> +0\n/);
    server.type('?');
    await server.shows(/kickl \[seconds=60\] \[0\|1\]/);
    server.type('kick 77');
    await server.shows(/refused: no such connection/);
    server.type('dance');
    await server.shows(/there is no command 'dance'/);
    server.type('stop');
    await server.shows(/onShutdown/);
    server.type('start');
    await server.shows(/onShutdown[^]*listening on/);
    server.type('start');
    await server.shows(/error: It cannot be started while it is started/);
    await server.quits();
  });

  it('carries out what is typed at the client', async () => {
    await using server = launchServer('echo');
    await using client = launch('echo', 'client', '-p', await server.port(), '-n', '0', '-d', '0', '-t', '1');
    client.type('status');
    await client.shows(/started, connected to 127\.0\.0\.1:\d+ as #1\n/);
    client.type('stop');
    await client.shows(/onClose +closed/);
    client.type('send x');
    await client.shows(/refused: not possible in this state/);
    client.type('start');
    await client.shows(/onConnect[^]*onConnect/);
    client.type('pause');
    client.type('pause 0');
    client.type('send x');
    await client.quits();
    await server.quits();
    expect(client.output).toMatch(/onReceive +1 byte: x\n/);
  });

  it('does what was typed before the connection was there', async () => {
    await using server = launchServer('echo');
    await using client = launch('echo', 'client', '-p', await server.port());
    client.type('send early');
    await client.quits();
    expect(client.output).toMatch(/onReceive +5 bytes: early\n/);
    await server.quits();
  });

  it('turns the address away that is to be rejected', async () => {
    await using server = launchServer('echo', '-j', '127.0.0.1');
    await using client = launch('echo', 'client', '-p', await server.port());
    await server.shows(/#1 +onAccept +127\.0\.0\.1:\d+ rejected/);
    await client.shows(/onClose/);
    await client.quits();
    await server.quits();
    expect(eventsIn(server.output)).toEqual(['onPrepareListen', 'onAccept', 'onShutdown']);
  });

  it('rejects nobody else, and has a limit', async () => {
    await using server = launchServer('echo', '-j', '127.0.0.2', '-m', '1');
    const port = await server.port();
    await using first = launch('echo', 'client', '-p', port);
    await first.shows(/onConnect/);
    await using second = launch('echo', 'client', '-p', port);
    await server.shows(/onReject/);
    await second.shows(/onClose/);
    first.type('send still here');
    await first.quits();
    await server.quits();
    expect(first.output).toMatch(/onReceive +10 bytes: still here/);
    expect(server.output).not.toContain('rejected');
  });

  it('says why it cannot connect, and goes on', async () => {
    await using server = launchServer('echo');
    const port = await server.port();
    await server.quits();
    await using client = launch('echo', 'client', '-p', port);
    await client.shows(/onClose +Connect failed with 111: .*ECONNREFUSED/);
    await using blocking = launch('echo', 'client', '-p', port, '-n', '0');
    await client.quits();
    await blocking.quits();
    expect(client.output).not.toContain('error:');
    expect(blocking.output).toMatch(/^error: 127\.0\.0\.1:\d+ could not be connected: .*ECONNREFUSED/m);
    expect(blocking.output).not.toContain('onClose');
  });

  it('says why it cannot listen, and ends', async () => {
    await using server = launchServer('echo');
    await using other = launch('echo', 'server', '-b', '127.0.0.1', '-p', await server.port());
    await other.exits(1);
    expect(other.output).toMatch(/^error: 127\.0\.0\.1:\d+ could not be bound.*EADDRINUSE/m);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('stops in order on %s', async (signal) => {
    await using server = launchServer('echo');
    const port = Number(await server.port());
    const peer = connect(port, '127.0.0.1');
    await once(peer, 'connect');
    await server.shows(/onAccept/);
    const closed = once(peer, 'close');
    server.interrupt(signal);
    await server.exits(0);
    await closed;
    expect(eventsIn(server.output).slice(-2)).toEqual(['onClose', 'onShutdown']);
  });

  it.skipIf(!hasNetcat)('serves netcat', async () => {
    await using server = launchServer('echo');
    await using peer = netcat(await server.port());
    peer.type('hello from nc');
    await peer.shows(/\n/);
    await peer.quits();
    await server.shows(/#1 +onClose +closed/);
    await server.quits();
    expect(peer.output).toBe('hello from nc\n');
  });
});

/** The names of the events that a log shows, in order. */
function eventsIn(output: string): string[] {
  return [...output.matchAll(/^\d\d:\d\d:\d\d\.\d{3} .*?(on[A-Z]\w+)/gm)].map(([, name = '']) => name);
}
