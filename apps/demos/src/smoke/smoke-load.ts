// SPDX-License-Identifier: Apache-2.0
import type { Launch } from './demo-process.js';

/** What makes a load on which server. */
export interface SmokeLoad {
  /** The command that makes it. */
  readonly client: readonly string[];
  /** The demo whose server takes it. */
  readonly server: string;
  /** What the server has then seen each way of 1,000,000 bytes, as a regular expression. */
  readonly seen: string;
}

/** A short load. */
export async function smokeLoad(launch: Launch, { client, server: name, seen }: SmokeLoad): Promise<void> {
  await using server = launch(name, 'server', '-b', '127.0.0.1', '-p', '0');
  await using load = launch(...client, '-p', await server.port(), '-c', '10', '-e', '20');
  await load.exits(0);
  await load.shows(/^PASSED/m);
  await server.shows(new RegExp(`all closed: 10 connections, received ${seen} bytes, sent ${seen} bytes`));
  await server.quits();
}
