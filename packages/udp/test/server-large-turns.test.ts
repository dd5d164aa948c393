// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { DatagramPeer, deferred, modes, within } from '@hp/testkit';
import { UdpServer } from '@hp/udp';

// More than one call into JavaScript brings.
const COUNT = 1200;

function numbered(index: number): Buffer {
  return Buffer.from(`datagram ${String(index)} of many, ${'.'.repeat(index % 40)}`);
}

test.each(modes)(
  'what arrives in one turn stays as it was sent, also where it takes several batches ($name)',
  async ({ workerThreadCount }) => {
    const received: Buffer[] = [];
    const all = deferred<undefined>();
    await using server = new UdpServer(
      {
        onReceive(_server, _id, data) {
          received.push(data);
          if (received.length === COUNT) all.resolve(undefined);
        },
      },
      { workerThreadCount, recvBufferSize: 4 * 1024 * 1024 },
    );
    server.start('127.0.0.1');
    const port = server.listenAddress?.port ?? 0;
    await using peer = await DatagramPeer.bind();
    // All of them are sent before this thread's reactor has its turn.
    for (let index = 0; index < COUNT; index++) peer.socket.send(numbered(index), port, '127.0.0.1');
    await within(all.promise, 20_000, 'every datagram');

    expect(received.filter((data, index) => !data.equals(numbered(index)))).toEqual([]);
  },
);
