// SPDX-License-Identifier: Apache-2.0
import { UdpServer, type UdpServerListener } from '@hp/udp';
import type { Command } from 'commander';
import { EventLog } from '../terminal/event-log.js';
import { Terminal } from '../terminal/terminal.js';
import { echoBack } from '../echo-back.js';
import { serve } from '../interactive/serve.js';
import { serverEvents } from '../interactive/shown-events.js';
import { defineCommand } from '../options/command.js';
import { detectOptions, toDatagramSettings, toDetectSettings, toSettings } from '../options/settings.js';

/** `echo-udp server` */
export function defineServer(command: Command): void {
  defineCommand(command, {
    summary: 'sends each datagram back, and shows every event',
    options: ['bind', 'port', 'reject', 'maxConnections', 'threads', 'maxDatagram', ...detectOptions],
    run: async (options, args) => {
      using terminal = new Terminal();
      const server = new UdpServer(createListener(new EventLog(terminal.print), options.reject), {
        ...toSettings(options),
        ...toDatagramSettings(options),
        ...toDetectSettings(options),
      });
      await serve(server, terminal, { ...options, args });
    },
  });
}

function createListener(log: EventLog, rejected: string | undefined): UdpServerListener<UdpServer> {
  return {
    ...serverEvents(log, rejected),
    onReceive: (server, id, datagram) => {
      log.received(id, datagram);
      return echoBack(server, id, datagram);
    },
  };
}
