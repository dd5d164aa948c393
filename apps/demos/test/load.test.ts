// SPDX-License-Identifier: Apache-2.0
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort, launch, launchServer, plainServer, secureServer } from './launch.js';

interface LoadCommand {
  readonly command: readonly string[];
  /** The demo whose server takes the load. */
  readonly demo: string;
  /** Has another server take it. */
  readonly serveBy: typeof plainServer;
  /** What that server is to see of 7,001,000 bytes. */
  readonly seen: string;
}

const plain = { demo: 'echo-pfm', serveBy: plainServer, seen: '7,001,000' };
const secure = { demo: 'echo-ssl-pfm', serveBy: secureServer, seen: '7,0[0-9]{2},[0-9]{3}' };
const loads: readonly LoadCommand[] = [
  { command: ['echo-pfm', 'client'], ...plain },
  { command: ['agent-pfm'], ...plain },
  { command: ['echo-ssl-pfm', 'client'], ...secure },
];

describe.each(loads)('$command.0', ({ command, demo, serveBy, seen }) => {
  it('passes where everything comes back, and shows the sums', async () => {
    await using server = launchServer(demo);
    await using load = launch(...command, '-p', await server.port(), '-c', '20', '-e', '50', '-l', '7001');
    await load.exits(0);
    const sum = '7,001,000';
    expect(load.output).toContain('20 connections to 127.0.0.1:');
    expect(load.output).toContain(`expected  ${sum} bytes`);
    expect(load.output).toContain(`sent      ${sum} bytes`);
    expect(load.output).toContain(`received  ${sum} bytes, 0 errors`);
    expect(load.output).toMatch(/elapsed {3}\d+\.\d\d s/);
    expect(load.output).toMatch(/rate {6}[\d,]+ messages\/s, [\d,.]+ MB\/s each way/);
    expect(load.output).toMatch(/^PASSED: sent = received = rounds × connections × length/m);
    await server.shows(new RegExp(`all closed: 20 connections, received ${seen} bytes, sent ${seen} bytes`));
    await server.quits();
  });

  it('passes with options of every kind', async () => {
    await using server = launchServer(demo, '-t', '1', '-s', '2', '-q', '0', '-r', '2', '-m', '5');
    const options = ['-c', '5', '-e', '3', '-l', '1', '-i', '0.01', '-n', '0', '-q', '0', '-t', '1'];
    await using load = launch(...command, '-a', 'localhost', '-p', await server.port(), ...options);
    await load.exits(0);
    await server.quits();
    expect(load.output).toContain('received  15 bytes, 0 errors');
  });

  it('shows the rate while it runs, on both sides', async () => {
    await using server = launchServer(demo);
    await using load = launch(...command, '-p', await server.port(), '-e', '100000000');
    await load.shows(/^round [\d,]+ of 100,000,000 {2}sent .* MB {2}received .* MB {2}[\d,.]+ MB\/s$/m);
    await server.shows(/^100 connections {2}received [\d,.]+ MB\/s {2}sent [\d,.]+ MB\/s$/m);
    server.type('stop');
    await load.exits(1);
    expect(load.output).toMatch(/^error: a (connection was lost|send was refused)/m);
    await server.quits();
  });

  it.each<[string, (socket: Socket) => void, RegExp]>([
    ['changes a byte', (socket) => socket.on('data', (data) => socket.write(changed(data))), /a wrong byte/],
    [
      'sends too much',
      (socket) => socket.on('data', (data) => socket.write(Buffer.concat([data, data]))),
      /a wrong byte/,
    ],
    ['closes', (socket) => socket.on('data', () => socket.destroy()), /a connection was lost|a send was/],
  ])('fails where the server %s', async (_what, serve, problem) => {
    await using server = await serveBy(serve);
    await using load = launch(...command, '-p', server.port, '-c', '3', '-e', '1000');
    await load.exits(1);
    expect(load.output).toMatch(problem);
    expect(load.output).not.toContain('PASSED');
  });

  it('fails where nobody listens, and says how to start a server', async () => {
    const port = await freePort();
    await using load = launch(...command, '-p', port, '-c', '3');
    await load.exits(1);
    expect(load.output).toMatch(
      new RegExp(`^error: 3 of 3 connections failed\\. .*ECONNREFUSED.*${demo} server\n$`, 'm'),
    );
  });
});

function changed(data: Buffer): Buffer {
  data.writeUInt8(data.readUInt8(0) ^ 1, 0);
  return data;
}
