// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { modes } from '@hp/testkit';
import { roles } from './support/roles.js';

/** Packs seen on the wire between two programs of HP-Socket 5.7.1, or worked out from its format. */
const vectors = [
  { headerFlag: 0x1ab, body: 'hello', wire: '0500c06a68656c6c6f' },
  { headerFlag: 0, body: 'hello', wire: '0500000068656c6c6f' },
  { headerFlag: 0x3ff, body: 'hello', wire: '0500c0ff68656c6c6f' },
  { headerFlag: 0, body: 'A', wire: '0100000041' },
  { headerFlag: 0x169, body: '12345', wire: '0500405a3132333435' },
  { headerFlag: 1, body: 'x'.repeat(256), wire: `00014000${'78'.repeat(256)}` },
];

describe.each(modes)('the wire format ($name)', ({ workerThreadCount }) => {
  describe.each(roles)('of a $role', ({ open }) => {
    test.each(vectors)(
      'is that of HP-Socket: flag $headerFlag, $body',
      async ({ headerFlag, body, wire }) => {
        await using side = await open({}, { workerThreadCount, headerFlag });
        expect(side.send(Buffer.from(body))).toBe(true);
        const sent = await side.peer.receivedBytes(wire.length / 2);
        expect(sent.toString('hex')).toBe(wire);

        await side.peer.send(Buffer.from(wire, 'hex'));
        expect(String((await side.log.next('onReceive')).data)).toBe(body);
      },
    );
  });

  test('has room for 22 bits of length and 10 of flag', async () => {
    const [{ open }] = roles as [(typeof roles)[0]];
    await using side = await open({}, { workerThreadCount, headerFlag: 0x3ff, maxPackSize: 0x3f_ffff });
    expect(side.send(Buffer.alloc(0x3f_ffff))).toBe(true);
    const sent = await side.peer.receivedBytes(0x40_0003);
    expect(sent.toString('hex', 0, 4)).toBe('ffffffff');

    side.peer.socket.write(sent);
    expect((await side.log.next('onReceive')).data?.length).toBe(0x3f_ffff);
  });
});
