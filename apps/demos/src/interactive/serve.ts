// SPDX-License-Identifier: Apache-2.0
import type { MultiConnectionComponent } from '@hp/core-native';
import type { SocketAddress } from '@hp/tcp';
import type { Terminal } from '../console/terminal.js';
import { endpoint } from '../console/text.js';
import { connectionCommands, listConnections } from './connection-commands.js';
import { runShell } from './shell.js';

/** A component that listens. */
export interface Listening extends MultiConnectionComponent {
  readonly listenAddress: SocketAddress | undefined;
  start(address: string, port: number): void;
}

/** Where a server listens, and the options it was given. */
export interface Serving {
  readonly bind: string;
  readonly port: number;
  readonly args: readonly string[];
}

/** Starts a server and carries out what is typed, until the input ends; then stops it. */
export async function serve(server: Listening, terminal: Terminal, serving: Serving): Promise<void> {
  const { print } = terminal;
  const { bind, port, args } = serving;
  await using component = server;
  const start = (): void => {
    component.start(bind, port);
    print(`listening on ${endpoint(component.listenAddress)}`);
  };
  const status = (): string =>
    `listening on ${endpoint(component.listenAddress)}, ${listConnections(component)}`;
  start();
  await runShell(terminal, connectionCommands({ component, args, print, start, status }), print);
}
