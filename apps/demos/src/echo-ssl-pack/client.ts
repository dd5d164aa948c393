// SPDX-License-Identifier: Apache-2.0
import { SslPackClient } from '@hp/pack/ssl';
import type { ClientListener } from '@hp/ssl';
import type { Command } from 'commander';
import { EventLog } from '../terminal/event-log.js';
import { Terminal } from '../terminal/terminal.js';
import { clientOptions, converse } from '../interactive/converse.js';
import { clientEvents } from '../interactive/shown-events.js';
import { defineCommand } from '../options/command.js';
import { toDialSettings, toPackSettings, toSettings } from '../options/settings.js';
import { clientContext, secureConflict, secureOptions } from '../secure/contexts.js';
import { describeHandshake } from '../secure/describe-handshake.js';

/** `echo-ssl-pack client` */
export function defineClient(command: Command): void {
  defineCommand(command, {
    summary: 'sends what is typed as one pack over TLS, and shows every event',
    options: [...clientOptions, 'flag', 'maxPack', ...secureOptions, 'serverName'],
    defaults: { bind: '' },
    conflict: secureConflict,
    run: async (options, args) => {
      using terminal = new Terminal();
      const client = new SslPackClient(createListener(new EventLog(terminal.print)), {
        ...toSettings(options),
        ...toPackSettings(options),
        ...toDialSettings(options),
        context: await clientContext(options, terminal.print),
      });
      await converse(client, terminal, { ...options, args });
    },
  });
}

function createListener(log: EventLog): ClientListener<SslPackClient> {
  return {
    ...clientEvents(log),
    onHandshake: (client) => log.event('onHandshake', client.connectionId, describeHandshake(client.sslInfo)),
    onReceive: (client, pack) => log.received(client.connectionId, pack),
  };
}
