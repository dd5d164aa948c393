// SPDX-License-Identifier: Apache-2.0
// Each example as a program of its own, as built.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { dialPeer, once, Tool } from '@hp/testkit';
import type { serveInWorkers } from '../src/worker-threads.js';

const folder = path.join(import.meta.dirname, '..');
const names = readdirSync(path.join(folder, 'src')).map((file) => path.basename(file, '.ts'));

function program(name: string): string {
  return path.join(folder, 'dist', `${name}.js`);
}

test.each(names)('%s starts, and says where', async (name) => {
  await using tool = new Tool(process.execPath, [program(name), '0']);
  const [line] = await once(createInterface(tool.stdout), 'line');
  const port = Number(/\b\d{4,5}\b/.exec(String(line))?.[0]);
  await using peer = await dialPeer(port);

  expect(peer.socket.readyState).toBe('open');
});

test('worker-threads: one port is served by several threads, until they are told to end', async () => {
  const built = (await import(program('worker-threads'))) as { serveInWorkers: typeof serveInWorkers };
  const servers = await built.serveInWorkers(0, 3);
  const threads = new Set<string>();
  for (let count = 0; count < 64; count++) {
    await using peer = await dialPeer(servers.port);
    await peer.send('?');
    threads.add(String(await peer.receivedBytes(9)));
  }
  await servers[Symbol.asyncDispose]();

  expect(threads.size).toBeGreaterThan(1);
  expect([...threads].every((each) => each.startsWith('thread '))).toBe(true);
  await expect(dialPeer(servers.port)).rejects.toThrow('ECONNREFUSED');
});

test.runIf(process.platform !== 'win32')('graceful-shutdown: a signal ends it in order', async () => {
  await using tool = new Tool(process.execPath, [program('graceful-shutdown'), '0']);
  const [line] = await once(createInterface(tool.stdout), 'line');
  await using peer = await dialPeer(Number(/\b\d{4,5}\b/.exec(String(line))?.[0]));
  await peer.send('echo');
  await peer.receivedBytes(4);
  tool.signal('SIGTERM');
  await peer.ended;
  peer.end();

  expect(await tool.ended()).toBe(0);
});
