// SPDX-License-Identifier: Apache-2.0
// A peer that asks again within microseconds is waited for without going to sleep.
import path from 'node:path';
import { expect, test } from 'vitest';
import { Tool, within } from '@hp/testkit';
import { TcpServer } from '@hp/tcp';

test('timers, immediates and other peers get their turn in a brisk conversation', async () => {
  const questions = new Map<number, number>();
  await using server = new TcpServer({
    onReceive(it, id, data) {
      questions.set(id, (questions.get(id) ?? 0) + 1);
      it.send(id, data);
    },
  });
  server.start('127.0.0.1');
  const asker = (): Tool =>
    new Tool(process.execPath, [
      path.join(import.meta.dirname, 'children/asker.mjs'),
      String(server.listenAddress!.port),
    ]);
  // Notices it in timers and immediates only.
  const asked = async (id: number, count: number): Promise<void> => {
    const goal = (questions.get(id) ?? 0) + count;
    while ((questions.get(id) ?? 0) < goal) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  await using first = asker();
  await within(asked(1, 5000), 10_000, 'Five thousand questions');
  await using second = asker();
  await within(Promise.all([asked(1, 2000), asked(2, 2000)]), 10_000, 'Two thousand of each');
  server.disconnect(1);
  await within(first.ended(), 5000, 'The end of the first');
  await within(asked(2, 2000), 10_000, 'Two thousand of the second');
  server.disconnect(2);
  await within(second.ended(), 5000, 'The end of the second');

  expect(server.connectionCount).toBe(0);
});
