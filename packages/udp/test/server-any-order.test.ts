// SPDX-License-Identifier: Apache-2.0
// Peers and a server that do anything, in any order: what comes of it is what the rules say.
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { DatagramPeer, modes, repeats } from '@hp/testkit';
import { HandleResult, UdpServer } from '@hp/udp';
import { ExpectedServer, NOTICE } from './support/expected-server.js';
import { portOf } from './support/served.js';

const MAX = 20;
const PEERS = 4;
/** The connection of whom the test asks whether all is done. */
const MARKER = 1;

vi.setConfig({ testTimeout: 120_000 });

const peers = fc.nat(PEERS - 1);
const datagrams = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.uint8Array({ minLength: 1, maxLength: MAX }).map((bytes) => Buffer.from(bytes)),
  },
  fc.constant(Buffer.alloc(0)),
  fc.constant(Buffer.alloc(MAX + 1, 'large')),
  fc.constant(NOTICE),
);
const steps = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ what: fc.constant('receive' as const), peer: peers, data: datagrams }),
  },
  fc.record({ what: fc.constant('send' as const), peer: peers, data: datagrams }),
  fc.record({ what: fc.constant('disconnect' as const), peer: peers }),
  fc.record({ what: fc.constant('refuse' as const), refuses: fc.boolean() }),
);
const scripts = fc.record({
  closeNotify: fc.boolean(),
  maxConnections: fc.integer({ min: 2, max: PEERS + 1 }),
  steps: fc.array(steps, { minLength: 1, maxLength: 40 }),
});

// With a socket for each thread, what comes from one peer may overtake what came from another.
const inOrder = modes.filter((mode) => mode.workerThreadCount < 2 || process.platform === 'win32');

describe.each(inOrder)('a UdpServer and its peers ($name)', ({ workerThreadCount }) => {
  test('do what the rules say, whatever the order', async () => {
    const property = fc.asyncProperty(scripts, async ({ steps: script, ...options }) => {
      await using marker = await DatagramPeer.bind();
      const others = await Promise.all(Array.from({ length: PEERS }, () => DatagramPeer.bind()));
      const expected = new ExpectedServer({ maxDatagramSize: MAX, ...options });
      const events: string[] = [];
      await using server = new UdpServer(
        {
          onAccept: (_server, id) => {
            events.push(`onAccept ${id}`);
            return expected.refuses ? HandleResult.Error : HandleResult.Ok;
          },
          onReject: () => void events.push('onReject'),
          onReceive: (it, id, data) => {
            // Who comes first of two peers, a thread decides.
            if (id !== MARKER) events.push(`onReceive ${id} ${data.toString('hex')}`);
            it.send(id, data);
          },
          onClose: (_server, id, operation, errorCode) => {
            if (id !== MARKER) events.push(`onClose ${id} ${operation} ${errorCode}`);
          },
        },
        { workerThreadCount, maxDatagramSize: MAX, ...options },
      );
      server.start('127.0.0.1');
      const port = portOf(server);
      /** Once the marker has been answered thrice, everything before is over, closes included. */
      const settle = async (): Promise<void> => {
        for (let count = 0; count < 3; count++) {
          const answered = marker.datagrams.length;
          await marker.send('m', port);
          await marker.next(answered + 1);
        }
      };
      await settle();
      expected.receive(-1, Buffer.alloc(0));
      const answers: boolean[] = [];
      for (const step of script) {
        if (step.what === 'refuse') {
          expected.refuses = step.refuses;
          continue;
        }
        if (step.what === 'receive') {
          expected.receive(step.peer, step.data);
          await others[step.peer]?.send(step.data, port);
        } else {
          const id = expected.idOf(step.peer) ?? 0;
          answers.push(step.what === 'send' ? server.send(id, step.data) : server.disconnect(id));
          if (step.what === 'send') expected.send(step.peer, step.data);
          else expected.disconnect(step.peer);
        }
        await settle();
        expect(events).toEqual(expected.events);
        expect(answers).toEqual(expected.answers);
      }
      for (const [index, peer] of others.entries()) {
        const replies = expected.replies.get(index) ?? [];
        if (replies.length !== 0) await peer.next(replies.length);
        expect(peer.datagrams.map(({ data }) => data.toString('hex'))).toEqual(replies);
      }
      const live = others.flatMap((_peer, index) => expected.idOf(index) ?? []);
      expect(server.getAllConnectionIds()).toEqual([MARKER, ...live.sort((a, b) => a - b)]);
      for (const peer of others) await peer[Symbol.asyncDispose]();
    });
    await fc.assert(property, { numRuns: repeats(100) });
  });
});
