// SPDX-License-Identifier: Apache-2.0
import type { Launch } from './demo-process.js';

/** Packs between the server and the client of the demo `name`, and one with another flag. */
export async function smokePack(launch: Launch, name: string): Promise<void> {
  await using server = launch(name, 'server', '-b', '127.0.0.1', '-p', '0', '--flag', '361');
  const port = await server.port();
  await using client = launch(name, 'client', '-p', port, '--flag', '361');
  await using stranger = launch(name, 'client', '-p', port, '--flag', '362');
  client.type('send hello');
  client.type('send world');
  await client.shows(/onReceive +5 bytes: hello\n[^]*onReceive +5 bytes: world\n/);
  stranger.type('send hello');
  await server.shows(/#\d+ +onClose +Receive failed with 74: /);
  for (const demo of [client, stranger, server]) await demo.quits();
}
