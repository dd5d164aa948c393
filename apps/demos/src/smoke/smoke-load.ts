// SPDX-License-Identifier: Apache-2.0
import type { Launch } from './demo-process.js';

/** A short load on an `echo-pfm server` by the command `client`. */
export async function smokeLoad(launch: Launch, client: readonly string[]): Promise<void> {
  await using server = launch('echo-pfm', 'server', '-b', '127.0.0.1', '-p', '0');
  await using load = launch(...client, '-p', await server.port(), '-c', '10', '-e', '20');
  await load.exits(0);
  await load.shows(/^PASSED/m);
  await server.shows(/all closed: 10 connections, received 1,000,000 bytes, sent 1,000,000 bytes/);
  await server.quits();
}
