// SPDX-License-Identifier: Apache-2.0
import type { MultiConnectionComponent } from '@hp/core-native';
import type { SocketAddress } from '@hp/tcp';
import type { Terminal } from '../terminal/terminal.js';
import { endpoint } from '../terminal/text.js';
import type { OptionValues } from '../options/letters.js';
import { connectionCommands, type ConnectionControls, listConnections } from './connection-commands.js';
import { type InteractiveCommand, runShell } from './shell.js';

type ServerOption =
  'bind' | 'port' | 'reject' | 'maxConnections' | 'keepAlive' | 'reuseAddress' | 'sendPolicy' | 'threads';

/** The options of every command that shows the events of a server. */
export const serverOptions: readonly ServerOption[] = [
  'bind',
  'port',
  'reject',
  'maxConnections',
  'keepAlive',
  'reuseAddress',
  'sendPolicy',
  'threads',
];

/** A component that listens. */
export interface Listening extends MultiConnectionComponent {
  readonly listenAddress: SocketAddress | undefined;
  start(address: string, port: number): void;
}

/** Where a server listens, and what it is run with. */
export interface Serving
  extends Pick<OptionValues, 'bind' | 'port'>, Pick<ConnectionControls, 'args' | 'send'> {
  /** What can be typed; absent: everything that a server can be told. */
  readonly commands?: (controls: ConnectionControls) => InteractiveCommand[];
}

/** Starts a server and carries out what is typed, until the input ends; then stops it. */
export async function serve(server: Listening, terminal: Terminal, serving: Serving): Promise<void> {
  const { print } = terminal;
  const { bind, port, commands = connectionCommands, ...controls } = serving;
  await using component = server;
  const start = (): void => {
    component.start(bind, port);
    print(`listening on ${endpoint(component.listenAddress)}`);
  };
  const status = (): string =>
    `listening on ${endpoint(component.listenAddress)}, ${listConnections(component)}`;
  start();
  await runShell(terminal, commands({ ...controls, component, print, start, status }), print);
}
