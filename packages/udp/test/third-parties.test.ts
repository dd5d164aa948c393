// SPDX-License-Identifier: Apache-2.0
// Against programs that know nothing of HP-Socket: nc, socat and node:dgram.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { closedDatagramPort, DatagramPeer, eventually, hasCommand, modes, Tool, Waiters } from '@hp/testkit';
import { ErrorCode, SocketOperation } from '@hp/udp';
import { loggedClient, textsIn } from './support/client-log.js';
import { echo, serve } from './support/served.js';

/** A tool, and what it has printed so far. */
class Printing implements AsyncDisposable {
  readonly tool: Tool;
  readonly #waiters = new Waiters();
  #printed = '';

  constructor(command: string, args: readonly string[]) {
    this.tool = new Tool(command, args);
    this.tool.stdout.on('data', (data: Buffer) => {
      this.#printed += String(data);
      this.#waiters.changed();
    });
  }

  async printed(text: string): Promise<void> {
    await this.#waiters.until(
      () => this.#printed === text,
      () => `The output '${text}' (so far: '${this.#printed}')`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tool[Symbol.asyncDispose]();
  }
}

/** Starts a tool that receives on a port of loopback; settles when it does. */
async function listening(
  tool: string,
  args: (port: number) => readonly string[],
): Promise<{ tool: Printing; port: number } & AsyncDisposable> {
  const port = await closedDatagramPort();
  const printing = new Printing(tool, args(port));
  const entry = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  await eventually(() => readFileSync('/proc/net/udp', 'utf8').includes(entry), `${tool} at its port`);
  return { tool: printing, port, [Symbol.asyncDispose]: () => printing[Symbol.asyncDispose]() };
}

const clients = [
  { tool: 'nc', args: (port: number) => ['-u', '127.0.0.1', String(port)] },
  { tool: 'socat', args: (port: number) => ['-', `UDP4:127.0.0.1:${port}`] },
];

const hasBoth = hasCommand('nc') && hasCommand('socat');

describe.each(modes)('third parties ($name)', ({ workerThreadCount }) => {
  test.skipIf(!hasBoth).each(clients)('$tool as the client of a server', async ({ tool, args }) => {
    await using side = serve({ workerThreadCount }, { onReceive: echo });
    await using running = new Printing(tool, args(side.port));
    running.tool.stdin.write('hello\n');
    await running.printed('hello\n');
    running.tool.stdin.write('again\n');
    await running.printed('hello\nagain\n');
    side.server.send(1, Buffer.from('unasked\n'));
    await running.printed('hello\nagain\nunasked\n');

    expect(side.log.names(1)).toEqual(['onAccept', 'onReceive', 'onReceive']);
    expect(side.log.count('onAccept')).toBe(1);
  });

  test('node:dgram as the client of a server: data comes back as data, no bytes as no bytes', async () => {
    await using side = serve({ workerThreadCount }, { onReceive: echo });
    await using peer = await DatagramPeer.bind();
    const texts = ['', 'one', '', '', 'two'];
    for (const [index, text] of texts.entries()) {
      await peer.send(text, side.port);
      await peer.next(index + 1);
    }

    expect(peer.texts).toEqual(texts);
    expect(side.log.all('onReceive').map(({ data }) => String(data))).toEqual(['one', 'two']);
  });

  test.skipIf(!hasBoth)(
    'socat as the server of a client, told to go on after an empty datagram',
    async () => {
      await using server = await listening('socat', (port) => [
        ...['-', `UDP4-LISTEN:${port},bind=127.0.0.1,ignoreeof`],
      ]);
      await using side = loggedClient({ workerThreadCount, detectAttempts: 0 });
      await side.client.startAsync('127.0.0.1', server.port);
      side.client.send(Buffer.from('hello\n'));
      await server.tool.printed('hello\n');
      server.tool.tool.stdin.write('welcome\n');
      await side.log.next('onReceive');

      expect(textsIn(side.log)).toEqual(['welcome\n']);
    },
  );

  test.skipIf(!hasBoth)('socat as an echo server of many clients', async () => {
    await using server = await listening('socat', (port) => [
      ...[`UDP4-RECVFROM:${port},bind=127.0.0.1,fork`, 'EXEC:cat'],
    ]);
    const sides = Array.from({ length: 3 }, () => loggedClient({ workerThreadCount, detectAttempts: 0 }));
    for (const [index, { client, log }] of sides.entries()) {
      await client.startAsync('127.0.0.1', server.port);
      client.send(Buffer.from(`client ${index}`));
      await log.next('onReceive');
      expect(textsIn(log)).toEqual([`client ${index}`]);
    }
    for (const { client } of sides) await client.stop();
  });

  test.skipIf(!hasBoth)(
    'nc as the server of a client: the first datagram ends it, as any empty one',
    async () => {
      await using server = await listening('nc', (port) => ['-u', '-l', '127.0.0.1', String(port)]);
      await using side = loggedClient({ workerThreadCount, detectAttempts: 0 });
      await side.client.startAsync('127.0.0.1', server.port);
      expect(await server.tool.tool.ended()).toBe(0);
      while (side.client.isConnected) {
        side.client.send(Buffer.from('anybody there?'));
        await new Promise(setImmediate);
      }

      expect(await side.log.next('onClose')).toMatchObject({
        operation: SocketOperation.Receive,
        errorCode: ErrorCode.ConnectionRefused,
      });
    },
  );

  test.skipIf(!hasBoth)('nc -k as the server of a client: takes all it sends', async () => {
    await using server = await listening('nc', (port) => ['-k', '-u', '-l', '127.0.0.1', String(port)]);
    await using side = loggedClient({ workerThreadCount, detectAttempts: 0 });
    await side.client.startAsync('127.0.0.1', server.port);
    for (const text of ['one\n', 'two\n']) side.client.send(Buffer.from(text));
    await server.tool.printed('one\ntwo\n');

    expect(side.client.isConnected).toBe(true);
  });
});
