// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { freeDatagramPort, launch, launchServer, plainDatagramServer } from './launch.js';

type Serve = (datagram: Buffer, answer: (datagram: Buffer) => void) => void;

describe('echo-udp-pfm', () => {
  it('passes where everything comes back, and shows the sums', async () => {
    await using server = launchServer('echo-udp-pfm');
    const port = await server.port();
    await using load = launch('echo-udp-pfm', 'client', '-p', port, '-c', '20', '-e', '50', '-l', '1432');
    await load.exits(0);
    expect(load.output).toContain(`20 connections to 127.0.0.1:${port}, 50 rounds of 1,432 bytes\n`);
    expect(load.output).toContain('sent      1,000 datagrams\n');
    expect(load.output).toContain('received  1,000 datagrams, 0 errors\n');
    expect(load.output).toContain('lost      0 datagrams, 0.00 %\n');
    expect(load.output).toMatch(/elapsed {3}\d+\.\d\d s\n/);
    expect(load.output).toMatch(/rate {6}[\d,]+ datagrams\/s, [\d,.]+ MB\/s each way\n/);
    expect(load.output).toMatch(/^PASSED: what has come back was right, and came back once/m);
    await server.shows(/all closed: 20 connections, received 1,432,000 bytes, sent 1,432,000 bytes/);
    expect(server.output).not.toContain('found no room');
    await server.quits();
  });

  it('passes with options of every kind, and counts anew each time', async () => {
    await using server = launchServer('echo-udp-pfm', '-t', '1', '-m', '5', '--max-datagram', '9000');
    const port = await server.port();
    const options = ['-c', '5', '-e', '3', '-i', '0.01', '-t', '1', '-b', '127.0.0.1'];
    await using long = launch(
      'echo-udp-pfm',
      'client',
      '-p',
      port,
      ...options,
      '-l',
      '9000',
      '--max-datagram',
      '9000',
    );
    await long.exits(0);
    expect(long.output).toContain('received  15 datagrams, 0 errors\n');
    await server.shows(/all closed: 5 connections, received 135,000 bytes, sent 135,000 bytes/);
    await using short = launch('echo-udp-pfm', 'client', '-p', port, ...options, '-l', '8');
    await short.exits(0);
    await server.shows(/all closed: 5 connections, received 120 bytes, sent 120 bytes/);
    await server.quits();
  });

  it('shows the rate while it runs, on both sides', async () => {
    await using server = launchServer('echo-udp-pfm');
    await using load = launch('echo-udp-pfm', 'client', '-p', await server.port(), '-e', '100000000');
    await load.shows(/^round [\d,]+ of 100,000,000 {2}sent .* MB {2}received .* MB {2}[\d,.]+ MB\/s$/m);
    await server.shows(/^100 connections {2}received [\d,.]+ MB\/s {2}sent [\d,.]+ MB\/s$/m);
    server.type('stop');
    await load.exits(1);
    expect(load.output).toMatch(/^error: a (connection was lost|send was refused)/m);
    await server.quits();
  });

  it('counts what is lost, and passes', async () => {
    let count = 0;
    await using server = await plainDatagramServer((datagram, answer) => {
      // The first one says that a client is there, the last one that it is gone.
      if (datagram.length === 100 && ++count % 10 !== 0) answer(datagram);
    });
    await using load = launch(
      'echo-udp-pfm',
      'client',
      '-p',
      server.port,
      '-c',
      '3',
      '-e',
      '500',
      '-l',
      '100',
    );
    await load.exits(0);
    expect(load.output).toContain('sent      1,500 datagrams\n');
    expect(load.output).toContain('received  1,350 datagrams, 0 errors\n');
    expect(load.output).toContain('lost      150 datagrams, 10.00 %\n');
    expect(load.output).toMatch(/^PASSED/m);
  });

  it('takes datagrams that have overtaken each other', async () => {
    let held: Buffer | undefined;
    await using server = await plainDatagramServer((datagram, answer) => {
      if (datagram.length !== 100) return;
      if (held === undefined) {
        held = datagram;
        return;
      }
      for (const each of [datagram, held]) answer(each);
      held = undefined;
    });
    await using load = launch(
      'echo-udp-pfm',
      'client',
      '-p',
      server.port,
      '-c',
      '1',
      '-e',
      '1000',
      '-l',
      '100',
    );
    await load.exits(0);
    expect(load.output).toContain('received  1,000 datagrams, 0 errors\n');
  });

  it.each<[string, Serve, string]>([
    ['changes a byte', (datagram, answer) => answer(changed(datagram)), 'a datagram has come back changed'],
    [
      'answers twice',
      (datagram, answer) => {
        answer(datagram);
        answer(datagram);
      },
      'a datagram has come back twice',
    ],
    [
      'cuts one short',
      (datagram, answer) => answer(datagram.subarray(1)),
      'a datagram of another length has come back',
    ],
  ])('fails where the server %s', async (_what, serve, problem) => {
    await using server = await plainDatagramServer((datagram, answer) => {
      if (datagram.length === 100) serve(datagram, answer);
    });
    await using load = launch('echo-udp-pfm', 'client', '-p', server.port, '-c', '3', '-l', '100');
    await load.exits(1);
    expect(load.output).toMatch(new RegExp(`^error: ${problem}$`, 'm'));
    expect(load.output).not.toContain('PASSED');
  });

  it('fails where nothing comes back', async () => {
    await using server = await plainDatagramServer(() => undefined);
    await using load = launch('echo-udp-pfm', 'client', '-p', server.port, '-c', '3', '-e', '5');
    await load.exits(1);
    expect(load.output).toMatch(/^error: nothing has come back$/m);
  });

  it('fails where nobody listens, and says how to start a server', async () => {
    await using load = launch('echo-udp-pfm', 'client', '-p', await freeDatagramPort(), '-c', '3');
    await load.exits(1);
    expect(load.output).toMatch(/^error: .*ECONNREFUSED.*npm run demo -- echo-udp-pfm server\n/m);
  });
});

function changed(datagram: Buffer): Buffer {
  datagram.writeUInt8(datagram.readUInt8(50) ^ 1, 50);
  return datagram;
}
