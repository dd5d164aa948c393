// SPDX-License-Identifier: Apache-2.0
import { UdpServer } from '@hp/udp';
import type { Command } from 'commander';
import { Terminal } from '../terminal/terminal.js';
import { serve } from '../interactive/serve.js';
import { TrafficReport } from '../load/traffic-report.js';
import { defineCommand } from '../options/command.js';
import { toDatagramSettings, toSettings } from '../options/settings.js';

/** `echo-udp-pfm server` */
export function defineServer(command: Command): void {
  defineCommand(command, {
    summary: 'sends back what it receives, and shows how much that is each second',
    options: ['bind', 'port', 'maxConnections', 'threads', 'maxDatagram'],
    run: async (options, args) => {
      using terminal = new Terminal();
      const server = new UdpServer(new TrafficReport(terminal.print), {
        ...toSettings(options),
        ...toDatagramSettings(options),
        closeNotify: true,
      });
      await serve(server, terminal, { ...options, args });
    },
  });
}
