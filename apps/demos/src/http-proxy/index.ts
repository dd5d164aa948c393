// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import type { Demo } from '../demo.js';
import { supervisionCommands } from '../interactive/connection-commands.js';
import { serve, serverOptions } from '../interactive/serve.js';
import { defineCommand } from '../options/command.js';
import { toSettings } from '../options/settings.js';
import { Terminal } from '../terminal/terminal.js';
import { createProxy } from './proxy.js';
import { ProxyLog } from './proxy-log.js';
import { smokeProxy } from './smoke-proxy.js';

const PROXY_PORT = 8080;

/** HttpProxy: pairs of a connection that is accepted and one that is made. */
export const httpProxy: Demo = {
  name: 'http-proxy',
  original: 'HttpProxy',
  summary: 'an HTTP proxy: requests are passed on, and CONNECT makes tunnels',
  define: (command) => {
    defineProxy(command);
  },
  smoke: smokeProxy,
};

function defineProxy(command: Command): void {
  defineCommand(command, {
    summary: httpProxy.summary,
    options: [...serverOptions, 'timeout'],
    defaults: { bind: '127.0.0.1', port: PROXY_PORT },
    meanings: {
      bind: 'own address; - for every address, and then everybody who reaches it can use this host',
      port: 'port of the proxy; 0: it takes any and says which',
    },
    run: async (options, args) => {
      using terminal = new Terminal();
      const { keepAlive, reuseAddress, threads } = options;
      const proxy = createProxy(new ProxyLog(terminal.print), {
        timeoutMs: 1000 * options.timeout,
        server: toSettings(options),
        agent: toSettings({ keepAlive, reuseAddress, threads }),
        rejected: options.reject,
      });
      await using agent = proxy.agent;
      agent.start();
      await serve(proxy.server, terminal, { ...options, args, commands: supervisionCommands });
    },
  });
}
