// SPDX-License-Identifier: Apache-2.0
import { type ClientListener, TcpClient } from '@hp/tcp';
import type { Command } from 'commander';
import { EventLog } from '../terminal/event-log.js';
import { Terminal } from '../terminal/terminal.js';
import { clientOptions, converse } from '../interactive/converse.js';
import { clientEvents } from '../interactive/shown-events.js';
import { defineCommand } from '../options/command.js';
import { toSettings } from '../options/settings.js';

/** `echo client` */
export function defineClient(command: Command): void {
  defineCommand(command, {
    summary: 'sends what is typed, and shows every event',
    options: clientOptions,
    defaults: { bind: '' },
    run: async (options, args) => {
      using terminal = new Terminal();
      const client = new TcpClient(createListener(new EventLog(terminal.print)), toSettings(options));
      await converse(client, terminal, { ...options, args });
    },
  });
}

function createListener(log: EventLog): ClientListener<TcpClient> {
  return {
    ...clientEvents(log),
    onReceive: (client, data) => log.received(client.connectionId, data),
  };
}
