// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { many, modes, once, Tool } from '@hp/testkit';
import { relay } from '@hp/tcp';
import { relaySides } from '../support/relayed.js';

const MIB = 1024 * 1024;

describe.each(modes)('a relay ($name)', ({ workerThreadCount }) => {
  const total = many(1_000_000_000);

  test(`passes ${total} bytes to a slow reader, with bounded memory`, { timeout: 90_000 }, async () => {
    await using sides = relaySides(workerThreadCount);
    const { server, agent, log } = sides;
    const script = path.join(import.meta.dirname, '../children/relay-peers.mjs');
    await using peers = new Tool(process.execPath, [
      script,
      String(server.listenAddress!.port),
      String(total),
    ]);
    const lines = createInterface(peers.stdout);
    const [port] = await once(lines, 'line');
    await log.next('onAccept');
    const over = relay(server, 1, agent, await agent.connectAsync('127.0.0.1', Number(port)));
    server.pauseReceive(1, false);
    const before = process.memoryUsage.rss();
    let [largest, longest] = [0, 0];
    const watch = setInterval(() => {
      largest = Math.max(largest, process.memoryUsage.rss());
      longest = Math.max(longest, agent.stats().queuedBytes);
    }, 10);
    const [received] = await once(lines, 'line', 80_000);
    clearInterval(watch);
    await over;

    expect(Number(received)).toBe(total);
    expect(longest).toBeLessThan(3 * MIB);
    expect(largest - before).toBeLessThan(64 * MIB);
  });
});
