// SPDX-License-Identifier: Apache-2.0
import type { Launch } from './demo-process.js';

/** Numbered messages between the server and the client of the demo `name`. */
export async function smokePull(launch: Launch, name: string): Promise<void> {
  await using server = launch(name, 'server', '-b', '127.0.0.1', '-p', '0');
  await using client = launch(name, 'client', '-p', await server.port());
  client.type('send hello');
  client.type('send world');
  await client.shows(/message +1, 5 bytes: hello\n[^]*message +2, 5 bytes: world\n/);
  server.type('send 1 by the way');
  await client.shows(/message +not counted, 10 bytes: by the way\n/);
  await client.quits();
  await server.shows(/#1 +onClose +closed/);
  await server.quits();
}
