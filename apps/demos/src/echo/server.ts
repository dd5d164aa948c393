// SPDX-License-Identifier: Apache-2.0
import { type ServerListener, TcpServer } from '@hp/tcp';
import type { Command } from 'commander';
import { EventLog } from '../terminal/event-log.js';
import { Terminal } from '../terminal/terminal.js';
import { echoBack } from '../echo-back.js';
import { serve, serverOptions } from '../interactive/serve.js';
import { serverEvents } from '../interactive/shown-events.js';
import { defineCommand } from '../options/command.js';
import { toSettings } from '../options/settings.js';

/** `echo server` */
export function defineServer(command: Command): void {
  defineCommand(command, {
    summary: 'sends back what it receives, and shows every event',
    options: serverOptions,
    run: async (options, args) => {
      using terminal = new Terminal();
      const listener = createListener(new EventLog(terminal.print), options.reject);
      await serve(new TcpServer(listener, toSettings(options)), terminal, { ...options, args });
    },
  });
}

function createListener(log: EventLog, rejected: string | undefined): ServerListener<TcpServer> {
  return {
    ...serverEvents(log, rejected),
    onReceive: (server, id, data) => {
      log.received(id, data);
      return echoBack(server, id, data);
    },
  };
}
