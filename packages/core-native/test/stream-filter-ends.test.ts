// SPDX-License-Identifier: Apache-2.0
// How a stream ends that passes a filter: in order, within the filter, or cut off. By way of the filter
// in test-filter.
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { dialPeer, modes } from '@hp/testkit';
import { ErrorCode, SocketOperation, toDuplex } from '@hp/core-native';
import {
  Filtered,
  type FilteredHooks,
  flip,
  greetedPeer,
  KEY,
  plain,
  testFilter,
} from './support/filtered.js';

const { Close } = SocketOperation;
const { Truncated } = ErrorCode;

describe.each(modes)('the end of a stream with a filter ($name)', ({ workerThreadCount }) => {
  const start = (truncated: number, hooks: FilteredHooks = {}): Filtered =>
    new Filtered(testFilter.createFilter(KEY, 0, 0, truncated), workerThreadCount, hooks);

  test('a stream that is cut off is told so, after all bytes, and the peer gets the last word', async () => {
    await using server = start(Truncated);
    const port = server.listen();
    await using peer = await greetedPeer(port);
    const sent = plain(300_000);
    await peer.send(flip(sent));
    peer.end();
    expect(await server.log.next('onClose')).toMatchObject({
      ...{ operation: Close, errorCode: Truncated },
    });
    await peer.ended;
    expect(String(peer.received)).toBe('ix');
    const received = Buffer.concat(server.log.all('onReceive').flatMap(({ data }) => data ?? []));
    expect(received.equals(sent)).toBe(true);

    await using silent = await dialPeer(port);
    silent.end();
    expect(await server.log.next('onClose', 2)).toMatchObject({
      ...{ id: 2, operation: Close, errorCode: Truncated },
    });
    await using orderly = await greetedPeer(port);
    orderly.socket.end(Buffer.from([0xff]));
    expect(await server.log.next('onClose', 3)).toMatchObject({ id: 3, operation: Close, errorCode: 0 });
  });

  test('a stream that is cut off during a pause is told so once reading goes on', async () => {
    await using server = start(Truncated, { onHandshake: (it, id) => it.pauseReceive(id) });
    await using peer = await dialPeer(server.listen());
    await peer.send('h');
    await peer.receivedBytes(1);
    // All in one: mostly it is on its way to JavaScript by the time of the pause.
    peer.socket.end(Buffer.concat([Buffer.from('!'), flip(Buffer.from('last words'))]));
    await server.log.next('onHandshake');
    expect(server.log.names()).not.toContain('onReceive');
    server.pauseReceive(1, false);
    await server.log.next('onClose');

    expect(String(server.log.all('onReceive')[0]?.data)).toBe('last words');
    expect(server.log.all('onClose')).toMatchObject([{ operation: Close, errorCode: Truncated }]);
  });

  test('an adapter answers a peer that has finished, and then has the end within the filter', async () => {
    await using server = start(0, {
      onAccept: (it, id) => {
        const stream = toDuplex(it, id, { allowHalfOpen: true });
        let question = '';
        stream.on('data', (data: Buffer) => (question += String(data)));
        stream.on('end', () => void stream.end(`answer to ${question}`));
      },
    });
    await using peer = await greetedPeer(server.listen());
    await peer.send(flip(Buffer.from('question')));
    peer.end();
    await peer.ended;

    const answer = flip(Buffer.from('answer to question'));
    expect(peer.received).toEqual(Buffer.concat([Buffer.from('i'), answer, Buffer.from([0xff])]));
  });

  test('an adapter fails with a stream that is cut off', async () => {
    const read: Promise<string>[] = [];
    await using server = start(Truncated, {
      onAccept: (it, id) => void read.push(text(toDuplex(it, id))),
    });
    await using peer = await greetedPeer(server.listen());
    await peer.send(flip(Buffer.from('question')));
    peer.end();
    await server.log.next('onAccept');

    await expect(read[0]).rejects.toMatchObject({ errno: Truncated });
  });
});
