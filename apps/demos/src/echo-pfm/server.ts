// SPDX-License-Identifier: Apache-2.0
import { TcpServer } from '@hp/tcp';
import type { Command } from 'commander';
import { Terminal } from '../terminal/terminal.js';
import { serve } from '../interactive/serve.js';
import { TrafficReport } from '../load/traffic-report.js';
import { defineCommand } from '../options/command.js';
import { toSettings } from '../options/settings.js';

type ServerOption =
  'bind' | 'port' | 'maxConnections' | 'keepAlive' | 'reuseAddress' | 'sendPolicy' | 'threads';

/** The options of a server that shows how much goes through. */
export const trafficServerOptions: readonly ServerOption[] = [
  'bind',
  'port',
  'maxConnections',
  'keepAlive',
  'reuseAddress',
  'sendPolicy',
  'threads',
];

/** `echo-pfm server` */
export function defineServer(command: Command): void {
  defineCommand(command, {
    summary: 'sends back what it receives, and shows how much that is each second',
    options: trafficServerOptions,
    run: async (options, args) => {
      using terminal = new Terminal();
      const server = new TcpServer(new TrafficReport(terminal.print), toSettings(options));
      await serve(server, terminal, { ...options, args });
    },
  });
}
