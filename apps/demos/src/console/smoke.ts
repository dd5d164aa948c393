// SPDX-License-Identifier: Apache-2.0
import type { Launch } from '../smoke/demo-process.js';
import { ConsoleClient } from './console-client.js';

/** A server and an agent, by way of the socket that pages have; text that comes back; a load that is measured. */
export async function smokeConsole(launch: Launch): Promise<void> {
  await using page = launch('console');
  const [, url = ''] = await page.shows(/The console is at (\S+)\n/);
  using client = await ConsoleClient.connect(url);
  const server = await client.create('TcpServer', { model: 'pack' });
  const { port = 0 } = await client.shown(({ components }) => components.find(({ id }) => id === server));
  const agent = await client.create('TcpAgent', { model: 'pack', port, connections: 3 });
  await client.ask({ type: 'watch', component: agent, offset: 0, limit: 10 });
  const [connection] = await client.shown(({ connections: { rows } }) =>
    rows.length === 3 && rows.every(({ state }) => state === 'open') ? rows : undefined,
  );
  await client.ask({
    type: 'send',
    component: agent,
    connection: connection?.id ?? 0,
    encoding: 'text',
    data: 'hello',
  });
  await client.shown(({ events }) =>
    events.find(({ component, detail }) => component === agent && detail === '5 bytes: hello'),
  );
  await client.ask({ type: 'load', component: agent, load: { size: 100, intervalMs: 10 } });
  await client.shown(({ samples }) =>
    samples.find(({ component, bytesIn, latency }) => component === agent && bytesIn > 0 && latency),
  );
  for (const component of [agent, server]) await client.ask({ type: 'stop', component });
  await client.shown(({ components }) => components.every(({ state }) => state === 'stopped') || undefined);
  page.interrupt();
  // Windows has no such signal: there it ends the process.
  if (process.platform !== 'win32') await page.exits(0);
}
