// SPDX-License-Identifier: Apache-2.0
import { once } from '@hp/testkit';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { hasNetcat, launch, launchServer, netcat, plainServer } from './launch.js';

const when = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`;

describe('async-chat', () => {
  it('logs what clients say, and answers each of them', async () => {
    await using server = launchServer('async-chat');
    const port = await server.port();
    await using first = launch('async-chat', 'client', '-p', port);
    await using second = launch('async-chat', 'client', '-p', port);
    first.type('hello');
    second.type('你好');
    await first.shows(/^Message received - hello$/m);
    await second.shows(/^Message received - 你好$/m);
    await server.shows(new RegExp(`^${when}, Recv From Client\\[127\\.0\\.0\\.1:\\d+\\]:hello$`, 'm'));
    await server.shows(new RegExp(`^${when}, Recv From Client\\[127\\.0\\.0\\.1:\\d+\\]:你好$`, 'm'));
    expect(first.output).not.toContain('你好');

    first.type('quit');
    await first.exits(0);
    expect(first.output).toMatch(/^quit$/m);
    second.type('still here');
    await second.shows(/^Message received - still here$/m);
    await second.quits();
    await server.quits();
  });

  it('answers many lines that are sent at once, in order', async () => {
    await using server = launchServer('async-chat');
    await using client = launch('async-chat', 'client', '-p', await server.port());
    const lines = Array.from({ length: 500 }, (_, index) => `line ${index}`);
    client.write(`${lines.join('\n')}\n`);
    await client.quits();
    expect(client.output.match(/^Message received - .*$/gm)).toEqual(
      lines.map((line) => `Message received - ${line}`),
    );
    await server.quits();
  });

  it('lets go of a client that has said quit, whatever follows', async () => {
    await using server = launchServer('async-chat');
    await using client = launch('async-chat', 'client', '-p', await server.port());
    client.write('one\nquit\ntwo\n');
    await client.exits(0);
    expect(client.output).toContain('Message received - one\nquit\n');
    expect(client.output).not.toContain('two');
    await server.shows(/has gone: closed/);
    await server.quits();
  });

  it('closes even if the client that has quit does not', async () => {
    await using server = launchServer('async-chat');
    const peer = connect({ port: Number(await server.port()), host: '127.0.0.1', allowHalfOpen: true });
    peer.on('error', () => undefined).resume();
    peer.write('quit\n');
    await once(peer, 'end');
    await server.shows(/has gone/);
    peer.destroy();
    await server.quits();
    expect(server.output).toMatch(/has gone: closed$/m);
  });

  it('takes what one receive brings from a client without line breaks', async () => {
    await using server = launchServer('async-chat');
    const peer = connect(Number(await server.port()), '127.0.0.1').setEncoding('utf8');
    peer.write('hello');
    expect(await once(peer, 'data')).toEqual(['Message received - hello']);
    peer.write('quit');
    expect(await once(peer, 'data')).toEqual(['quit']);
    await once(peer, 'close');
    await server.quits();
  });

  it('does not let a client steer the terminal', async () => {
    await using server = launchServer('async-chat');
    const peer = connect(Number(await server.port()), '127.0.0.1');
    peer.write('\x1b[31mred\n');
    await once(peer, 'data');
    peer.destroy();
    await server.shows(/has gone/);
    await server.quits();
    expect(server.output).toMatch(/\]:\uFFFD\[31mred$/m);
    expect(server.output).not.toContain('\x1b');
  });

  it('tells the client when the connection is lost', async () => {
    await using server = await plainServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    await using client = launch('async-chat', 'client', '-p', server.port);
    client.type('hello');
    await client.exits(1);
    expect(client.output).toMatch(/^error: the connection is lost: .*ECONNRESET/m);
  });

  it('ends when the server stops', async () => {
    await using server = launchServer('async-chat');
    await using client = launch('async-chat', 'client', '-p', await server.port());
    client.type('hello');
    await client.shows(/received - hello/);
    server.interrupt();
    await server.exits(0);
    await client.exits(0);
    expect(client.output).toContain('the chat is over');
  });

  it.skipIf(!hasNetcat)('talks with netcat', async () => {
    await using server = launchServer('async-chat');
    await using peer = netcat(await server.port());
    peer.type('hello from nc');
    await peer.shows(/hello from nc\n/);
    peer.type('quit');
    await peer.shows(/quit\n/);
    await peer.quits();
    await server.quits();
    expect(peer.output).toBe('Message received - hello from nc\nquit\n');
    expect(server.output).toMatch(/Recv From Client\[127\.0\.0\.1:\d+\]:hello from nc\n/);
  });
});
