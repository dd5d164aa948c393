// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { freeDatagramPort, launch, launchServer, plainDatagramServer } from './launch.js';

const notify = ['--close-notify', '1'];

describe('echo-udp', () => {
  it('shows every event of both sides, and checks the echoes', async () => {
    await using server = launchServer('echo-udp', ...notify);
    const port = await server.port();
    await using client = launch('echo-udp', 'client', '-p', port, ...notify);
    client.write('send grüße\nsend world\n');
    await client.quits();
    await server.shows(/#1 +onClose +closed\n/);
    await server.quits();

    expect(client.output).toMatch(/onReceive +7 bytes: grüße\n[^]*onReceive +5 bytes: world\n/);
    expect(client.output).toMatch(/^PASSED: 2 of 2 datagrams came back as sent\n/m);
    expect(eventsIn(client.output)).toEqual([
      'onPrepareConnect',
      'onConnect',
      'onSend',
      'onSend',
      'onReceive',
      'onReceive',
      'onClose',
    ]);
    expect(new Set(eventsIn(server.output))).toEqual(
      new Set(['onPrepareListen', 'onAccept', 'onReceive', 'onSend', 'onClose', 'onShutdown']),
    );
    expect(client.output).toMatch(new RegExp(`onConnect +127\\.0\\.0\\.1:${port} from 127\\.0\\.0\\.1:\\d+`));
    expect(server.output).toMatch(/#1 +onAccept +127\.0\.0\.1:\d+\n/);
  });

  it('carries out what is typed at the server', async () => {
    await using server = launchServer('echo-udp', ...notify);
    const port = await server.port();
    await using first = launch('echo-udp', 'client', '-p', port, ...notify);
    await server.shows(/#1 +onAccept/);
    await using second = launch('echo-udp', 'client', '-p', port, ...notify);
    await server.shows(/#2 +onAccept/);

    server.type('status');
    await server.shows(/started, listening on 127\.0\.0\.1:\d+, 2 connections: #1 #2\n/);
    server.type('send 2 hello two');
    await second.shows(/onReceive +9 bytes: hello two\n/);
    server.type('pause 1');
    await server.shows(/refused: the component does not offer it\n/);
    server.type('kick 1');
    await first.shows(/onClose +closed/);
    server.type('kicks 0');
    await second.shows(/onClose +closed/);
    server.type('stat');
    await server.shows(/accepted +2\n[^]*lostDatagrams +0\n/);
    server.type('args');
    await server.shows(/--max-datagram <bytes> +1432\n/);
    server.type('stop');
    await server.shows(/onShutdown/);
    server.type('start');
    await server.shows(/onShutdown[^]*listening on/);
    for (const demo of [first, second, server]) await demo.quits();
    expect(first.output).toMatch(/^nothing was sent$/m);
    expect(second.output).toMatch(/^nothing was sent$/m);
  });

  it('carries out what is typed at the client', async () => {
    await using server = launchServer('echo-udp');
    await using client = launch('echo-udp', 'client', '-p', await server.port(), '-n', '0', '-t', '1');
    client.type('status');
    await client.shows(/started, connected to 127\.0\.0\.1:\d+ as #1\n/);
    client.type('stop');
    await client.shows(/onClose +closed/);
    client.type('start');
    await client.shows(/onConnect[^]*onConnect/);
    client.type('pause');
    client.type('send held back');
    await server.shows(/onSend +9 bytes/);
    expect(client.output).not.toContain('onReceive');
    client.type('pause 0');
    await client.quits();
    expect(client.output).toMatch(/onReceive +9 bytes: held back\n[^]*^PASSED: 1 of 1 /m);
    await server.quits();
  });

  it('finds out on both sides that the other is dead', async () => {
    const detect = ['--detect-attempts', '1', '--detect-interval', '1'];
    await using server = launchServer('echo-udp', ...detect);
    const port = await server.port();
    await using client = launch('echo-udp', 'client', '-p', port, ...detect);
    await server.shows(/#1 +onAccept/);
    client.interrupt('SIGKILL');
    await server.shows(/#1 +onClose +Close failed with 110: .*ETIMEDOUT/);

    await using other = launch('echo-udp', 'client', '-p', port, ...detect);
    await server.shows(/#2 +onAccept/);
    server.interrupt('SIGSTOP');
    await other.shows(/#1 +onClose +Close failed with 110: .*ETIMEDOUT/);
    server.interrupt('SIGCONT');
    await other.quits();
    await server.quits();
    expect(eventsIn(other.output).at(-1)).toBe('onClose');
  });

  it('turns the address away that is to be rejected', async () => {
    await using server = launchServer('echo-udp', '-j', '127.0.0.1');
    await using client = launch('echo-udp', 'client', '-p', await server.port());
    client.type('send hello');
    await server.shows(/#1 +onAccept +127\.0\.0\.1:\d+ rejected/);
    client.endInput();
    await client.exits(1);
    expect(client.output).toMatch(/^error: only 0 of 1 datagram came back as sent$/m);
    await server.quits();
    expect(eventsIn(server.output)).not.toContain('onReceive');
    expect(eventsIn(server.output)).not.toContain('onClose');
  });

  it('rejects nobody else, and has a limit', async () => {
    await using server = launchServer('echo-udp', '-j', '127.0.0.2', '-m', '1', ...notify);
    const port = await server.port();
    await using first = launch('echo-udp', 'client', '-p', port);
    await server.shows(/#1 +onAccept/);
    await using second = launch('echo-udp', 'client', '-p', port, ...notify);
    await server.shows(/onReject/);
    await second.shows(/onClose +closed/);
    first.type('send still here');
    await first.quits();
    await server.quits();
    expect(server.output).not.toContain('rejected');
  });

  it('does not send more than a datagram may have, and closes a peer that does', async () => {
    await using server = launchServer('echo-udp', '--max-datagram', '10');
    const port = await server.port();
    await using client = launch('echo-udp', 'client', '-p', port, '--max-datagram', '10');
    client.type('send 0123456789A');
    await client.shows(/refused: invalid argument\n/);
    client.type('send 0123456789');
    client.endInput();
    await client.exits(1);
    expect(client.output).toMatch(/onReceive +10 bytes: 0123456789\n/);
    expect(client.output).toMatch(/^error: only 1 of 2 datagrams came back as sent$/m);
    await using wordy = launch('echo-udp', 'client', '-p', port);
    wordy.type('send 0123456789A');
    await server.shows(/#2 +onClose +Receive failed with 90: the length is not allowed \(EMSGSIZE\)\n/);
    await server.quits();
  });

  it.each<[string, (datagram: Buffer, answer: (datagram: Buffer) => void) => void]>([
    ['changed', (datagram, answer) => answer(Buffer.from(datagram.map((byte) => byte ^ 1)))],
    ['shortened', (datagram, answer) => answer(datagram.subarray(1))],
    ['dropped', () => undefined],
  ])('fails where an echo is %s', async (_, serve) => {
    await using server = await plainDatagramServer((datagram, answer) => {
      if (String(datagram) === 'hello') serve(datagram, answer);
      else answer(datagram);
    });
    await using client = launch('echo-udp', 'client', '-p', server.port);
    client.write('send hello\nsend world\n');
    client.endInput();
    await client.exits(1);
    expect(client.output).toMatch(/^error: only 1 of 2 datagrams came back as sent$/m);
  });

  it('fails where nobody listens', async () => {
    await using client = launch('echo-udp', 'client', '-p', await freeDatagramPort());
    await client.shows(/onClose +Receive failed with 111: .*ECONNREFUSED/);
    client.type('send hello');
    client.endInput();
    await client.exits(1);
    expect(client.output).toMatch(/^error: only 0 of 1 datagram came back as sent$/m);
  });

  it('says why it cannot listen, and ends', async () => {
    await using server = launchServer('echo-udp');
    await using other = launch('echo-udp', 'server', '-b', '127.0.0.1', '-p', await server.port());
    await other.exits(1);
    expect(other.output).toMatch(/^error: 127\.0\.0\.1:\d+ could not be bound.*EADDRINUSE/m);
    await server.quits();
  });
});

/** The names of the events that a log shows, in order. */
function eventsIn(output: string): string[] {
  return [...output.matchAll(/^\d\d:\d\d:\d\d\.\d{3} .*?(on[A-Z]\w+)/gm)].map(([, name = '']) => name);
}
