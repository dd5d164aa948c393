// SPDX-License-Identifier: Apache-2.0
import type { DialingClient, StreamClient } from '@hp/core-native';
import type { ClientStartOptions } from '@hp/tcp';
import type { Terminal } from '../terminal/terminal.js';
import { endpoint } from '../terminal/text.js';
import type { OptionValues } from '../options/letters.js';
import { attempt } from './attempt.js';
import { clientCommands, type ClientControls } from './client-commands.js';
import { runShell } from './shell.js';
import { takeLeave } from './take-leave.js';

type ConnectOption = 'address' | 'port' | 'bind' | 'localPort' | 'asyncConnect';
type ClientOption = ConnectOption | 'keepAlive' | 'reuseAddress' | 'threads';

/** The options of every command that shows the events of a client. */
export const clientOptions: readonly ClientOption[] = [
  'address',
  'port',
  'bind',
  'localPort',
  'asyncConnect',
  'keepAlive',
  'reuseAddress',
  'threads',
];

/** Where a client connects, and what it is run with. */
export interface Conversing
  extends Pick<OptionValues, ConnectOption>, Pick<ClientControls, 'args' | 'send' | 'sendUsages'> {}

/** Starts a client and carries out what is typed, until the input ends; then stops it. */
export async function converse(client: StreamClient, terminal: Terminal, plan: Conversing): Promise<void> {
  await runClient(client, terminal, plan);
  await takeLeave(client);
}

/** Starts a client and carries out what is typed, until the input ends. */
export async function runClient(client: DialingClient, terminal: Terminal, plan: Conversing): Promise<void> {
  const { print } = terminal;
  const { address, port, bind, localPort, asyncConnect, ...controls } = plan;
  let connected = Promise.resolve();
  const start = (): void => {
    const options: ClientStartOptions = { asyncConnect, localAddress: bind, localPort };
    connected = attempt(client.startAsync(address, port, options), asyncConnect, print);
  };
  const status = (): string =>
    client.isConnected
      ? `connected to ${endpoint(client.remoteAddress)} as #${client.connectionId}`
      : `not yet connected to ${address}:${port}`;
  start();
  const commands = clientCommands({
    ...controls,
    component: client,
    print,
    start,
    connected: () => connected,
    status,
  });
  await runShell(terminal, commands, print);
}
