// SPDX-License-Identifier: Apache-2.0
import { type ServerListener, SslServer } from '@hp/ssl';
import type { Command } from 'commander';
import { EventLog } from '../terminal/event-log.js';
import { Terminal } from '../terminal/terminal.js';
import { echoBack } from '../echo-back.js';
import { serve, serverOptions } from '../interactive/serve.js';
import { serverEvents } from '../interactive/shown-events.js';
import { defineCommand } from '../options/command.js';
import { toSettings } from '../options/settings.js';
import { secureConflict, secureOptions, serverContext } from '../secure/contexts.js';
import { describeHandshake } from '../secure/describe-handshake.js';

/** `echo-ssl server` */
export function defineServer(command: Command): void {
  defineCommand(command, {
    summary: 'sends back over TLS what it receives, and shows every event',
    options: [...serverOptions, ...secureOptions],
    conflict: secureConflict,
    run: async (options, args) => {
      using terminal = new Terminal();
      const context = await serverContext(options, terminal.print);
      const listener = createListener(new EventLog(terminal.print), options.reject);
      await serve(new SslServer(listener, { ...toSettings(options), context }), terminal, {
        ...options,
        args,
      });
    },
  });
}

function createListener(log: EventLog, rejected: string | undefined): ServerListener<SslServer> {
  return {
    ...serverEvents(log, rejected),
    onHandshake: (server, id) => log.event('onHandshake', id, describeHandshake(server.getSslInfo(id))),
    onReceive: (server, id, data) => {
      log.received(id, data);
      return echoBack(server, id, data);
    },
  };
}
