// SPDX-License-Identifier: Apache-2.0
// A peer with a connected socket sees only what comes from the address that it writes to.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { describe, expect, test } from 'vitest';
import { modes } from '@hp/testkit';
import { UdpServer, type UdpServerOptions } from '@hp/udp';

/** What a peer that is connected to `address` is answered. */
async function ask(address: string, port: number, question: string): Promise<string> {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  try {
    socket.connect(port, address);
    await once(socket, 'connect');
    const answer = once(socket, 'message', { signal: AbortSignal.timeout(5_000) });
    socket.send(question);
    const [message] = (await answer) as [Buffer];
    return message.toString();
  } finally {
    socket.close();
  }
}

// Windows leaves the choice to its routes; see the README.
describe.skipIf(process.platform === 'win32').each(modes)(
  'answers of a server ($name)',
  ({ workerThreadCount }) => {
    async function echoing(bound: string, options: UdpServerOptions, run: (port: number) => Promise<void>) {
      await using server = new UdpServer(
        { onReceive: (it, id, data) => void it.send(id, data) },
        { workerThreadCount, ...options },
      );
      server.start(bound);
      await run(server.listenAddress!.port);
    }

    test('come from the address that was written to, on 0.0.0.0', async () => {
      await echoing('0.0.0.0', {}, async (port) => {
        for (const address of ['127.0.0.2', '127.0.0.1', '127.0.0.3']) {
          expect(await ask(address, port, `are you ${address}?`)).toBe(`are you ${address}?`);
        }
      });
    });

    test('come from the address that was written to, of both families on ::', async () => {
      await echoing('::', { dualStack: true }, async (port) => {
        for (const address of ['127.0.0.2', '::1', '127.0.0.1']) {
          expect(await ask(address, port, `are you ${address}?`)).toBe(`are you ${address}?`);
        }
      });
    });
  },
);
