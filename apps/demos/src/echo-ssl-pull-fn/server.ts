// SPDX-License-Identifier: Apache-2.0
import { type ServerListener, SslServer } from '@hp/ssl';
import type { Command } from 'commander';
import { EventLog } from '../terminal/event-log.js';
import { Terminal } from '../terminal/terminal.js';
import { announce, createListener, model } from '../echo-pull-fn/server.js';
import { serve, serverOptions } from '../interactive/serve.js';
import type { Inbox } from '../messages/fetch-messages.js';
import { defineCommand } from '../options/command.js';
import { toSettings } from '../options/settings.js';
import { secureConflict, secureOptions, serverContext } from '../secure/contexts.js';
import { describeHandshake } from '../secure/describe-handshake.js';

type Server = SslServer<Inbox, number>;

/** `echo-ssl-pull-fn server` */
export function defineServer(command: Command): void {
  defineCommand(command, {
    summary: 'sends each message back over TLS, and shows every event',
    options: [...serverOptions, ...secureOptions],
    conflict: secureConflict,
    run: async (options, args) => {
      using terminal = new Terminal();
      const context = await serverContext(options, terminal.print);
      const listener = createSecureListener(new EventLog(terminal.print), options.reject);
      const server: Server = new SslServer(listener, { ...toSettings(options), model, context });
      await serve(server, terminal, { ...options, args, send: (id, body) => announce(server, id, body) });
    },
  });
}

/** What `echo-pull-fn` does with a TcpServer can be done with an SslServer. */
function createSecureListener(log: EventLog, rejected: string | undefined): ServerListener<Server, number> {
  return {
    ...createListener(log, rejected),
    onHandshake: (server, id) => log.event('onHandshake', id, describeHandshake(server.getSslInfo(id))),
  };
}
