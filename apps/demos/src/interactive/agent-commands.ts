// SPDX-License-Identifier: Apache-2.0
import { connectionCommands, type ConnectionControls } from './connection-commands.js';
import type { InteractiveCommand } from './shell.js';

/** An agent that is run by typing. */
export interface AgentControls extends ConnectionControls {
  /** Where it connects to unless something else is typed. */
  readonly address: string;
  readonly port: number;
  connect(host: string, port: number): void;
}

/** The commands of an agent: it makes its connections itself. */
export function agentCommands(controls: AgentControls): InteractiveCommand[] {
  return [
    ...connectionCommands(controls),
    {
      usage: 'connect [host port]',
      meaning: 'make a connection, to another server if one is named',
      run: (words) => {
        const host = words.host();
        const port = host === undefined ? controls.port : words.port();
        words.end();
        controls.connect(host ?? controls.address, port);
      },
    },
  ];
}
