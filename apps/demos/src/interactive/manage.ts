// SPDX-License-Identifier: Apache-2.0
import type { MultiStreamComponent } from '@hp/core-native';
import type { Terminal } from '../terminal/terminal.js';
import type { OptionValues } from '../options/letters.js';
import { agentCommands } from './agent-commands.js';
import { attempt } from './attempt.js';
import { type ConnectionControls, listConnections } from './connection-commands.js';
import { runShell } from './shell.js';
import { takeLeaveOfAll } from './take-leave.js';

/** A component that makes many connections. */
export interface Dialling extends MultiStreamComponent {
  start(bindAddress: string, asyncConnect: boolean): void;
  connectAsync(host: string, port: number): Promise<number>;
}

/** Where an agent connects, how often, and what it is run with. */
export interface Managing
  extends
    Pick<OptionValues, 'address' | 'port' | 'bind' | 'connections' | 'asyncConnect'>,
    Pick<ConnectionControls, 'args' | 'send'> {}

/** Starts an agent and carries out what is typed, until the input ends; then stops it. */
export async function manage(agent: Dialling, terminal: Terminal, plan: Managing): Promise<void> {
  const { print } = terminal;
  const { bind, connections, asyncConnect, ...controls } = plan;
  let connected = Promise.resolve();
  const connect = (host: string, port: number): void => {
    const connecting = attempt(agent.connectAsync(host, port), asyncConnect, print);
    connected = Promise.all([connected, connecting]).then(() => undefined);
  };
  const start = (): void => {
    agent.start(bind, asyncConnect);
    for (let made = 0; made < connections; made++) connect(plan.address, plan.port);
  };
  start();
  const commands = agentCommands({
    ...controls,
    component: agent,
    print,
    start,
    connect,
    connected: () => connected,
    status: () => listConnections(agent),
  });
  await runShell(terminal, commands, print);
  await takeLeaveOfAll(agent);
}
