// SPDX-License-Identifier: Apache-2.0
import { TcpPackClient } from '@hp/pack/tcp';
import type { ClientListener } from '@hp/tcp';
import type { Command } from 'commander';
import { EventLog } from '../terminal/event-log.js';
import { Terminal } from '../terminal/terminal.js';
import { clientOptions, converse } from '../interactive/converse.js';
import { clientEvents } from '../interactive/shown-events.js';
import { defineCommand } from '../options/command.js';
import { toPackSettings, toSettings } from '../options/settings.js';

/** `echo-pack client` */
export function defineClient(command: Command): void {
  defineCommand(command, {
    summary: 'sends what is typed as one pack, and shows every event',
    options: [...clientOptions, 'flag', 'maxPack'],
    defaults: { bind: '' },
    run: async (options, args) => {
      using terminal = new Terminal();
      const client = new TcpPackClient(createListener(new EventLog(terminal.print)), {
        ...toSettings(options),
        ...toPackSettings(options),
      });
      await converse(client, terminal, { ...options, args });
    },
  });
}

function createListener(log: EventLog): ClientListener<TcpPackClient> {
  return {
    ...clientEvents(log),
    onReceive: (client, pack) => log.received(client.connectionId, pack),
  };
}
