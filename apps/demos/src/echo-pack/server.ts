// SPDX-License-Identifier: Apache-2.0
import { TcpPackServer } from '@hp/pack/tcp';
import type { ServerListener } from '@hp/tcp';
import type { Command } from 'commander';
import { EventLog } from '../terminal/event-log.js';
import { Terminal } from '../terminal/terminal.js';
import { echoBack } from '../echo-back.js';
import { serve, serverOptions } from '../interactive/serve.js';
import { serverEvents } from '../interactive/shown-events.js';
import { defineCommand } from '../options/command.js';
import { toPackSettings, toSettings } from '../options/settings.js';

/** `echo-pack server` */
export function defineServer(command: Command): void {
  defineCommand(command, {
    summary: 'sends each pack back, and shows every event',
    options: [...serverOptions, 'flag', 'maxPack'],
    run: async (options, args) => {
      using terminal = new Terminal();
      const server = new TcpPackServer(createListener(new EventLog(terminal.print), options.reject), {
        ...toSettings(options),
        ...toPackSettings(options),
      });
      await serve(server, terminal, { ...options, args });
    },
  });
}

function createListener(log: EventLog, rejected: string | undefined): ServerListener<TcpPackServer> {
  return {
    ...serverEvents(log, rejected),
    onReceive: (server, id, pack) => {
      log.received(id, pack);
      return echoBack(server, id, pack);
    },
  };
}
