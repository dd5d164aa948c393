// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { MAX_HEADER_FLAG, MAX_PACK_SIZE, pack } from '@hp/pack';
import { TcpPackAgent, TcpPackClient, TcpPackServer } from '@hp/pack/tcp';
import { dialPeer, netListener } from '@hp/testkit';
import { type HpSocketError, SocketError } from '@hp/tcp';
import { packOf } from './support/by-hand.js';

const components = [
  { name: 'TcpPackServer', make: (options?: object) => new TcpPackServer({}, options) },
  { name: 'TcpPackAgent', make: (options?: object) => new TcpPackAgent({}, options) },
  { name: 'TcpPackClient', make: (options?: object) => new TcpPackClient({}, options) },
];
const ranges = [
  { setting: 'maxPackSize', least: 1, most: MAX_PACK_SIZE, initial: 262_144 },
  { setting: 'headerFlag', least: 0, most: MAX_HEADER_FLAG, initial: 0 },
] as const;

const invalid = expect.objectContaining({ socketError: SocketError.InvalidParam }) as HpSocketError;

describe.each(ranges)('$setting', ({ setting, least, most, initial }) => {
  const beyond = [least - 1, most + 1, least + 0.5, Number.NaN, Infinity, String(least), null, true, {}];

  describe.each(components)('of a $name', ({ make }) => {
    test('is an option and a property, from the least to the most', () => {
      expect(make()[setting]).toBe(initial);
      for (const value of [least, most]) {
        expect(make({ [setting]: value })[setting]).toBe(value);
        const component = make();
        component[setting] = value;
        expect(component[setting]).toBe(value);
      }
    });

    test('throws for anything beyond', () => {
      for (const value of beyond) {
        expect(() => make({ [setting]: value })).toThrow(invalid);
        const component = make();
        expect(() => (component[setting] = value as number)).toThrow(invalid);
        expect(component[setting]).toBe(initial);
        expect(component.lastError).toBe(SocketError.InvalidParam);
      }
    });
  });

  test('of the model throws for anything beyond', () => {
    for (const value of beyond) expect(() => pack({ [setting]: value })).toThrow(invalid);
    for (const value of [least, most]) expect(() => pack({ [setting]: value })).not.toThrow();
  });
});

test('unknown options of the model throw', () => {
  expect(() => pack({ maxSize: 5 } as object)).toThrow(invalid);
});

test.each(components)('the settings of a $name stay as they are while it runs', async ({ make }) => {
  await using listener = await netListener();
  const component = make();
  if (component instanceof TcpPackClient) component.start(listener.host, listener.port);
  else component.start();
  for (const { setting, initial, most } of ranges) {
    expect(() => (component[setting] = most)).toThrow(
      expect.objectContaining({ socketError: SocketError.IllegalState }) as HpSocketError,
    );
    expect(component[setting]).toBe(initial);
  }
  await component.stop();
  for (const { setting, most } of ranges) component[setting] = most;
  expect(ranges.map(({ setting }) => component[setting])).toEqual(ranges.map(({ most }) => most));
});

test('what was changed while it was stopped holds from the next start on', async () => {
  const received: string[] = [];
  await using server = new TcpPackServer({
    onReceive: (it, id, data) => {
      received.push(String(data));
      it.send(id, data);
    },
  });
  for (const headerFlag of [3, 4]) {
    server.headerFlag = headerFlag;
    server.start('127.0.0.1');
    await using peer = await dialPeer(server.listenAddress?.port ?? 0);
    const wire = packOf(`flag ${headerFlag}`, headerFlag);
    await peer.send(wire);
    expect(await peer.receivedBytes(wire.length)).toEqual(wire);
    await server.stop();
  }
  expect(received).toEqual(['flag 3', 'flag 4']);
});
