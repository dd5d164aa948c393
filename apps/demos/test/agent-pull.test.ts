// SPDX-License-Identifier: Apache-2.0
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { encodeMessage } from '../src/messages/message.js';
import { freePort, launch, launchServer, plainServer } from './launch.js';

describe('agent-pull', () => {
  it.each(['echo-pull', 'echo-pull-fn'])('passes where everything comes back from %s', async (name) => {
    await using server = launchServer(name);
    await using load = launch('agent-pull', '-p', await server.port(), '-c', '20', '-e', '50', '-l', '7001');
    await load.exits(0);
    const sum = '7,001,000';
    expect(load.output).toContain('20 connections to 127.0.0.1:');
    expect(load.output).toContain(`expected  ${sum} bytes`);
    expect(load.output).toContain(`sent      ${sum} bytes`);
    expect(load.output).toContain(`received  ${sum} bytes, 0 errors`);
    expect(load.output).toMatch(/^PASSED: sent = received = rounds × connections × length/m);
    await server.shows(/#20 +message +50, 7,001 bytes: /);
    await server.quits();
  });

  it('passes with options of every kind, and with the longest messages', async () => {
    await using server = launchServer('echo-pull', '-t', '1', '-s', '2');
    const port = await server.port();
    const options = ['-i', '0.01', '-n', '0', '-q', '0', '-t', '1', '-s', '1', '-m', '5', '-r', '0'];
    await using short = launch('agent-pull', '-p', port, '-c', '5', '-e', '3', '-l', '1', ...options);
    await short.exits(0);
    expect(short.output).toContain('received  15 bytes, 0 errors');
    await using long = launch('agent-pull', '-p', port, '-c', '2', '-e', '2', '-l', '16777216');
    await long.exits(0);
    expect(long.output).toContain('received  67,108,864 bytes, 0 errors');
    await server.quits();
  });

  it.each<[string, (socket: Socket) => void, RegExp]>([
    ['changes a number', (socket) => answer(socket, numbered(2)), /message 2 has come instead of message 1/],
    ['does not count', (socket) => answer(socket, numbered(0)), /a message has come that is no echo/],
    ['changes a byte', (socket) => answer(socket, changed), /a wrong byte came back/],
    ['changes a length', (socket) => answer(socket, shortened), /a message has come that is no echo/],
    [
      'announces an absurd body',
      (socket) => answer(socket, () => Buffer.alloc(8, 0xff)),
      /a body of 4,294,967,295 bytes is announced/,
    ],
    ['closes', (socket) => socket.on('data', () => socket.destroy()), /a connection was lost|a send was/],
  ])('fails where the server %s', async (_what, serve, problem) => {
    await using server = await plainServer(serve);
    await using load = launch('agent-pull', '-p', server.port, '-c', '3', '-e', '1000', '-l', '100');
    await load.exits(1);
    expect(load.output).toMatch(/^error: /m);
    expect(load.output).toMatch(problem);
    expect(load.output).not.toContain('PASSED');
  });

  it('fails where nobody listens, and says how to start a server', async () => {
    const port = await freePort();
    await using load = launch('agent-pull', '-p', port, '-c', '3');
    await load.exits(1);
    expect(load.output).toMatch(/^error: 3 of 3 connections failed\. .*ECONNREFUSED.*-- echo-pull server\n$/);
  });
});

describe('agent-pull-fn', () => {
  it('talks on many connections through one component', async () => {
    await using server = launchServer('echo-pull');
    await using agent = launch('agent-pull-fn', '-p', await server.port(), '-c', '5');
    agent.type('status');
    await agent.shows(/started, 5 connections: #1 #2 #3 #4 #5\n/);
    for (const id of [5, 1, 5]) agent.type(`send ${id} to ${id}`);
    await agent.shows(/#5 +message +2, 4 bytes: to 5\n/);
    expect(agent.output).toMatch(/#5 +message +1, 4 bytes: to 5\n/);
    await agent.shows(/#1 +message +1, 4 bytes: to 1\n/);
    server.type('send 3 by the way');
    await agent.shows(/message +not counted, 10 bytes: by the way\n/);
    agent.type('kick 2');
    await agent.shows(/#2 +onClose +closed\n/);
    agent.type('send 2 gone');
    await agent.shows(/refused: no such connection\n/);
    agent.type('connect');
    agent.type('send 6 from the new one');
    await agent.shows(/#6 +message +1, 16 bytes: from the new one\n/);
    agent.type('stop');
    await agent.shows(/onShutdown/);
    agent.type('start');
    agent.type('send 7 last');
    await agent.quits();
    expect(agent.output).toMatch(/#7 +message +1, 4 bytes: last\n/);
    await server.quits();
  });

  it('connects to another server where one is named', async () => {
    await using server = launchServer('echo-pull');
    await using other = launchServer('echo-pull-fn');
    const nobody = await freePort();
    await using agent = launch('agent-pull-fn', '-p', await server.port(), '-c', '1');
    agent.type(`connect 127.0.0.1 ${await other.port()}`);
    await other.shows(/#1 +onAccept/);
    agent.type(`connect localhost ${nobody}`);
    await agent.shows(/#3 +onClose +Connect failed with 111: .*ECONNREFUSED/);
    agent.type('connect 127.0.0.1 nowhere');
    await agent.quits();
    await server.quits();
    await other.quits();
    expect(agent.output).toMatch(/^error: the port is missing: 'nowhere' is none; connect \[host port\]$/m);
  });

  it('says why it cannot connect, and goes on', async () => {
    const port = await freePort();
    await using blocking = launch('agent-pull-fn', '-p', port, '-c', '2', '-n', '0');
    await blocking.quits();
    expect(
      blocking.output.match(/^error: 127\.0\.0\.1:\d+ could not be connected: .*ECONNREFUSED/gm),
    ).toHaveLength(2);
    expect(blocking.output).not.toContain('onClose');
  });

  it('closes a connection whose server breaks the protocol, and keeps the others', async () => {
    await using server = launchServer('echo-pull');
    await using broken = await plainServer((socket) => answer(socket, numbered(7)));
    await using agent = launch('agent-pull-fn', '-p', await server.port(), '-c', '1');
    agent.type(`connect 127.0.0.1 ${broken.port}`);
    agent.type('send 2 hello');
    await agent.shows(/#2 +onClose +Receive failed with 74: /);
    expect(agent.output).toMatch(/#2 +refused +message 7 has come instead of message 1\n/);
    agent.type('send 1 hello');
    await agent.shows(/#1 +message +1, 5 bytes: hello\n/);
    await agent.quits();
    await server.quits();
  });
});

/** Sends back what a connection sends first, as `change` makes it. */
function answer(socket: Socket, change: (message: Buffer) => Buffer): void {
  socket.once('data', (data) => socket.write(change(data)));
}

function numbered(sequence: number): (message: Buffer) => Buffer {
  return (message) => {
    message.writeUInt32LE(sequence, 0);
    return message;
  };
}

function changed(message: Buffer): Buffer {
  message.writeUInt8(message.readUInt8(9) ^ 1, 9);
  return message;
}

function shortened(message: Buffer): Buffer {
  return Buffer.concat(encodeMessage(1, message.subarray(8, 20)));
}
