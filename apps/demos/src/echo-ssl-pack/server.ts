// SPDX-License-Identifier: Apache-2.0
import { SslPackServer } from '@hp/pack/ssl';
import type { ServerListener } from '@hp/ssl';
import type { Command } from 'commander';
import { EventLog } from '../terminal/event-log.js';
import { Terminal } from '../terminal/terminal.js';
import { echoBack } from '../echo-back.js';
import { serve, serverOptions } from '../interactive/serve.js';
import { serverEvents } from '../interactive/shown-events.js';
import { defineCommand } from '../options/command.js';
import { toPackSettings, toSettings } from '../options/settings.js';
import { secureConflict, secureOptions, serverContext } from '../secure/contexts.js';
import { describeHandshake } from '../secure/describe-handshake.js';

/** `echo-ssl-pack server` */
export function defineServer(command: Command): void {
  defineCommand(command, {
    summary: 'sends each pack back over TLS, and shows every event',
    options: [...serverOptions, 'flag', 'maxPack', ...secureOptions],
    conflict: secureConflict,
    run: async (options, args) => {
      using terminal = new Terminal();
      const server = new SslPackServer(createListener(new EventLog(terminal.print), options.reject), {
        ...toSettings(options),
        ...toPackSettings(options),
        context: await serverContext(options, terminal.print),
      });
      await serve(server, terminal, { ...options, args });
    },
  });
}

function createListener(log: EventLog, rejected: string | undefined): ServerListener<SslPackServer> {
  return {
    ...serverEvents(log, rejected),
    onHandshake: (server, id) => log.event('onHandshake', id, describeHandshake(server.getSslInfo(id))),
    onReceive: (server, id, pack) => {
      log.received(id, pack);
      return echoBack(server, id, pack);
    },
  };
}
