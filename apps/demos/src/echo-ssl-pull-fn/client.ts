// SPDX-License-Identifier: Apache-2.0
import { type ClientListener, SslClient } from '@hp/ssl';
import type { Command } from 'commander';
import { EventLog } from '../terminal/event-log.js';
import { Terminal } from '../terminal/terminal.js';
import { createListener, model, sendMessage } from '../echo-pull-fn/client.js';
import { clientOptions, converse } from '../interactive/converse.js';
import type { Conversation } from '../messages/conversation.js';
import { defineCommand } from '../options/command.js';
import { toDialSettings, toSettings } from '../options/settings.js';
import { clientContext, secureConflict, secureOptions } from '../secure/contexts.js';
import { describeHandshake } from '../secure/describe-handshake.js';

type Client = SslClient<Conversation, number>;

/** `echo-ssl-pull-fn client` */
export function defineClient(command: Command): void {
  defineCommand(command, {
    summary: 'sends what is typed in numbered messages over TLS, checks the echoes, and shows every event',
    options: [...clientOptions, ...secureOptions, 'serverName'],
    defaults: { bind: '' },
    conflict: secureConflict,
    run: async (options, args) => {
      using terminal = new Terminal();
      const client: Client = new SslClient(createSecureListener(new EventLog(terminal.print)), {
        ...toSettings(options),
        ...toDialSettings(options),
        model,
        context: await clientContext(options, terminal.print),
      });
      await converse(client, terminal, { ...options, args, send: (body) => sendMessage(client, body) });
    },
  });
}

/** What `echo-pull-fn` does with a TcpClient can be done with an SslClient. */
function createSecureListener(log: EventLog): ClientListener<Client, number> {
  return {
    ...createListener(log),
    onHandshake: (client) => log.event('onHandshake', client.connectionId, describeHandshake(client.sslInfo)),
  };
}
