// SPDX-License-Identifier: Apache-2.0
import { SslServer } from '@hp/ssl';
import type { Command } from 'commander';
import { Terminal } from '../terminal/terminal.js';
import { trafficServerOptions } from '../echo-pfm/server.js';
import { serve } from '../interactive/serve.js';
import { TrafficReport } from '../load/traffic-report.js';
import { defineCommand } from '../options/command.js';
import { toSettings } from '../options/settings.js';
import { secureConflict, secureOptions, serverContext } from '../secure/contexts.js';

/** `echo-ssl-pfm server` */
export function defineServer(command: Command): void {
  defineCommand(command, {
    summary: 'sends back over TLS what it receives, and shows how much goes over the wire each second',
    options: [...trafficServerOptions, ...secureOptions],
    conflict: secureConflict,
    run: async (options, args) => {
      using terminal = new Terminal();
      const server = new SslServer(new TrafficReport(terminal.print), {
        ...toSettings(options),
        context: await serverContext(options, terminal.print),
      });
      await serve(server, terminal, { ...options, args });
    },
  });
}
