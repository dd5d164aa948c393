// SPDX-License-Identifier: Apache-2.0
import { type ClientListener, SslClient } from '@hp/ssl';
import type { Command } from 'commander';
import { EventLog } from '../terminal/event-log.js';
import { Terminal } from '../terminal/terminal.js';
import { clientOptions, converse } from '../interactive/converse.js';
import { clientEvents } from '../interactive/shown-events.js';
import { defineCommand } from '../options/command.js';
import { toDialSettings, toSettings } from '../options/settings.js';
import { clientContext, secureConflict, secureOptions } from '../secure/contexts.js';
import { describeHandshake } from '../secure/describe-handshake.js';

/** `echo-ssl client` */
export function defineClient(command: Command): void {
  defineCommand(command, {
    summary: 'sends over TLS what is typed, and shows every event',
    options: [...clientOptions, ...secureOptions, 'serverName'],
    defaults: { bind: '' },
    conflict: secureConflict,
    run: async (options, args) => {
      using terminal = new Terminal();
      const client = new SslClient(createListener(new EventLog(terminal.print)), {
        ...toSettings(options),
        ...toDialSettings(options),
        context: await clientContext(options, terminal.print),
      });
      await converse(client, terminal, { ...options, args });
    },
  });
}

function createListener(log: EventLog): ClientListener<SslClient> {
  return {
    ...clientEvents(log),
    onHandshake: (client) => log.event('onHandshake', client.connectionId, describeHandshake(client.sslInfo)),
    onReceive: (client, data) => log.received(client.connectionId, data),
  };
}
