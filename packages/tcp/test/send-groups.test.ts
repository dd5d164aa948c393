// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { modes, Pattern, TemporaryDirectory } from '@hp/testkit';
import { ErrorCode, SendPolicy, TcpAgent, TcpServer } from '@hp/tcp';
import { serverListener } from './support/listeners.js';
import { roles } from './support/sides.js';
import { EventLog } from '@hp/testkit';

const MOST = 4_194_303;

describe.each(modes)('sends of several pieces ($name)', ({ workerThreadCount }) => {
  describe.each(roles)('of a $role', ({ open }) => {
    test('sendPackets sends its pieces in order and skips empty ones', async () => {
      await using side = await open({}, { workerThreadCount });
      const large = Buffer.alloc(100_000, 5);
      const pieces = [Buffer.from('a'), Buffer.alloc(0), Buffer.from('bc'), large, Buffer.from('d')];

      side.send(Buffer.from('<'));
      expect(side.sendPackets(pieces)).toBe(true);
      side.send(Buffer.from('>'));
      const expected = Buffer.concat([Buffer.from('<'), ...pieces, Buffer.from('>')]);
      expect((await side.peer.receivedBytes(expected.length)).equals(expected)).toBe(true);
    });

    test('sendPackets of a thousand pieces', async () => {
      await using side = await open({}, { workerThreadCount });
      const pieces = Array.from({ length: 1000 }, (_, index) => Buffer.alloc(1 + (index % 300), index));
      side.sendPackets(pieces);

      const expected = Buffer.concat(pieces);
      expect((await side.peer.receivedBytes(expected.length)).equals(expected)).toBe(true);
    });

    test('sendSmallFile: head, file and tail, whole', async () => {
      await using directory = await TemporaryDirectory.create();
      await using side = await open({}, { workerThreadCount });
      const content = new Pattern().take(50_000);
      const file = await directory.file('some', content);
      const head = Buffer.from('head:');
      const tail = Buffer.from(':tail');

      expect(side.sendSmallFile(file)).toBe(true);
      expect(side.sendSmallFile(file, head)).toBe(true);
      expect(side.sendSmallFile(file, undefined, tail)).toBe(true);
      expect(side.sendSmallFile(file, head, tail)).toBe(true);
      const expected = [content, head, content, content, tail, head, content, tail];
      const all = Buffer.concat(expected);
      expect((await side.peer.receivedBytes(all.length)).equals(all)).toBe(true);
    });

    test('sendSmallFile: 4,194,303 bytes with head and tail, and not one more', async () => {
      await using directory = await TemporaryDirectory.create();
      await using side = await open({}, { workerThreadCount });
      const file = await directory.file('large', Buffer.alloc(MOST - 2, 3));
      const one = Buffer.from('x');

      expect(side.sendSmallFile(file, one, Buffer.from('xx'))).toBe(false);
      expect(side.lastErrorCode).toBe(ErrorCode.FileTooLarge);
      expect(side.sendSmallFile(file, one, one)).toBe(true);
      const received = await side.peer.receivedBytes(MOST);
      expect([received.at(0), received.at(1), received.at(-2), received.at(-1)]).toEqual([120, 3, 3, 120]);
      await writeFile(file, Buffer.alloc(MOST + 1));
      expect(side.sendSmallFile(file)).toBe(false);
      expect(side.lastErrorCode).toBe(ErrorCode.FileTooLarge);
    });

    test('sendSmallFile: an empty, a missing and an unreadable file are refused', async () => {
      await using directory = await TemporaryDirectory.create();
      await using side = await open({}, { workerThreadCount });
      const empty = await directory.file('empty', '');

      expect(side.sendSmallFile(empty, Buffer.from('head'))).toBe(false);
      expect(side.lastErrorCode).toBe(ErrorCode.Empty);
      expect(side.sendSmallFile(path.join(directory.path, 'missing'))).toBe(false);
      expect(side.lastErrorCode).toBe(ErrorCode.FileNotFound);
      expect(side.sendSmallFile(directory.path)).toBe(false);
      expect(side.lastErrorCode).toBe(ErrorCode.IsDirectory);
      side.send(Buffer.from('end'));
      expect(String(await side.peer.receivedBytes(3))).toBe('end');
    });
  });

  test.each([SendPolicy.Pack, SendPolicy.Safe, SendPolicy.Direct])(
    'groups stay whole between the sends of other callbacks (policy %i)',
    async (sendPolicy) => {
      const log = new EventLog();
      await using server = new TcpServer(serverListener(log), { workerThreadCount });
      await using agent = new TcpAgent({}, { workerThreadCount, sendPolicy });
      server.start('127.0.0.1');
      agent.start();
      const id = await agent.connectAsync('127.0.0.1', server.listenAddress!.port);
      await log.next('onAccept');
      const groups = 500;
      for (let count = 0; count < groups; count++) {
        if (count % 50 === 0) await new Promise(setImmediate);
        agent.sendPackets(id, [Buffer.from('('), Buffer.alloc(count % 97, '.'), Buffer.from(')')]);
        agent.send(id, Buffer.from('|'));
      }
      let length = 0;
      for (let count = 0; count < groups; count++) length += 3 + (count % 97);

      const text = String(await log.receivedBytes(length));
      expect(text.split('|').filter((group) => !/^\(\.*\)$/.test(group))).toEqual(['']);
    },
  );
});
