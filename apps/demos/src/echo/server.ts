// SPDX-License-Identifier: Apache-2.0
import { HandleResult, type ServerListener, TcpServer } from '@hp/tcp';
import type { Command } from 'commander';
import { EventLog } from '../console/event-log.js';
import { Terminal } from '../console/terminal.js';
import { endpoint } from '../console/text.js';
import { echoBack } from '../echo-back.js';
import { serve } from '../interactive/serve.js';
import { defineCommand } from '../options/command.js';
import { toSettings } from '../options/settings.js';

/** `echo server` */
export function defineServer(command: Command): void {
  defineCommand(command, {
    summary: 'sends back what it receives, and shows every event',
    options: [
      'bind',
      'port',
      'reject',
      'maxConnections',
      'keepAlive',
      'reuseAddress',
      'sendPolicy',
      'threads',
    ],
    run: async (options, args) => {
      using terminal = new Terminal();
      const listener = createListener(new EventLog(terminal.print), options.reject);
      await serve(new TcpServer(listener, toSettings(options)), terminal, { ...options, args });
    },
  });
}

function createListener(log: EventLog, rejected: string | undefined): ServerListener<TcpServer> {
  return {
    onPrepareListen: () => log.event('onPrepareListen'),
    onAccept: (server, id) => {
      const peer = server.getRemoteAddress(id);
      const isRejected = rejected !== undefined && peer?.address === rejected;
      log.event('onAccept', id, `${endpoint(peer)}${isRejected ? ' rejected' : ''}`);
      return isRejected ? HandleResult.Error : HandleResult.Ok;
    },
    onReceive: (server, id, data) => {
      log.received(id, data);
      return echoBack(server, id, data);
    },
    onSend: (_, id, length) => log.sent(id, length),
    onClose: (_, id, operation, errorCode) => log.closed(id, operation, errorCode),
    onReject: () => log.event('onReject', undefined, 'as many connections as there may be'),
    onShutdown: () => log.event('onShutdown'),
  };
}
