// SPDX-License-Identifier: Apache-2.0
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { echoPeer, once } from '@hp/testkit';

test('echoes, and closes its connections when disposed of', async () => {
  const peer = await echoPeer();
  const socket = connect(peer.port, peer.host);
  socket.write('ping');
  const [data] = await once(socket, 'data');

  expect(String(data)).toBe('ping');
  expect(peer.sockets.size).toBe(1);

  const closed = once(socket, 'close');
  await peer[Symbol.asyncDispose]();
  await closed;
  expect(peer.sockets.size).toBe(0);
});

test('await using frees the port', async () => {
  let port: number;
  {
    await using peer = await echoPeer();
    port = peer.port;
  }

  await expect(once(connect(port, '127.0.0.1'), 'connect')).rejects.toThrow('ECONNREFUSED');
});
