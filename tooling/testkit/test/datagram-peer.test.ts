// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { closedDatagramPort, DatagramPeer } from '@hp/testkit';

test.each(['127.0.0.1', '::1'])('peers on %s exchange datagrams, those of no bytes too', async (host) => {
  await using echo = await DatagramPeer.bind({ host });
  await using peer = await DatagramPeer.bind({ host });
  echo.answer(({ data }) => data);
  for (const [index, text] of ['one', '', 'two'].entries()) {
    await peer.send(text, echo.port);
    await peer.next(index + 1);
  }

  expect(peer.texts).toEqual(['one', '', 'two']);
  expect(await peer.find('two')).toMatchObject({ address: host, port: echo.port });
  expect(echo.datagrams[0]).toMatchObject({ address: host, port: peer.port });
});

test('close gives the port back, and may be repeated', async () => {
  const port = await closedDatagramPort();
  {
    await using peer = await DatagramPeer.bind({ port });
    await expect(DatagramPeer.bind({ port })).rejects.toThrow('EADDRINUSE');
    await peer.close();
  }
  await using next = await DatagramPeer.bind({ port });

  expect(next.port).toBe(port);
});
