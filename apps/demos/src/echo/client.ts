// SPDX-License-Identifier: Apache-2.0
import { type ClientListener, HpSocketError, SocketError, TcpClient } from '@hp/tcp';
import type { Command } from 'commander';
import { EventLog } from '../console/event-log.js';
import { Terminal } from '../console/terminal.js';
import { endpoint } from '../console/text.js';
import { failureLine } from '../failure.js';
import { type ClientControls, clientCommands } from '../interactive/client-commands.js';
import { runShell } from '../interactive/shell.js';
import { takeLeave } from '../interactive/take-leave.js';
import { defineCommand } from '../options/command.js';
import type { OptionValues } from '../options/letters.js';
import { toSettings } from '../options/settings.js';

type Options = Pick<OptionValues, 'address' | 'port' | 'bind' | 'localPort' | 'asyncConnect'>;

/** `echo client` */
export function defineClient(command: Command): void {
  defineCommand(command, {
    summary: 'sends what is typed, and shows every event',
    options: ['address', 'port', 'bind', 'localPort', 'asyncConnect', 'keepAlive', 'reuseAddress', 'threads'],
    defaults: { bind: '' },
    run: async (options, args) => {
      using terminal = new Terminal();
      const { print } = terminal;
      const client = new TcpClient(createListener(new EventLog(print)), toSettings(options));
      let attempt = Promise.resolve();
      const controls: ClientControls = {
        component: client,
        args,
        print,
        start: () => {
          attempt = connect(client, options, print);
        },
        connected: () => attempt,
        status: () =>
          client.isConnected
            ? `connected to ${endpoint(client.remoteAddress)} as #${client.connectionId}`
            : `not yet connected to ${options.address}:${options.port}`,
      };
      await controls.start();
      await runShell(terminal, clientCommands(controls), print);
      await takeLeave(client);
    },
  });
}

async function connect(client: TcpClient, options: Options, print: (line: string) => void): Promise<void> {
  const { address, port, bind, localPort, asyncConnect } = options;
  try {
    await client.startAsync(address, port, { asyncConnect, localAddress: bind, localPort });
  } catch (error) {
    const isToldAsEvent =
      asyncConnect && HpSocketError.isInstance(error) && error.socketError === SocketError.ConnectServer;
    if (isToldAsEvent) return;
    const failure = failureLine(error);
    if (failure === undefined) throw error;
    print(failure);
  }
}

function createListener(log: EventLog): ClientListener<TcpClient> {
  return {
    onPrepareConnect: (client) => log.event('onPrepareConnect', client.connectionId),
    onConnect: (client) =>
      log.event(
        'onConnect',
        client.connectionId,
        `${endpoint(client.remoteAddress)} from ${endpoint(client.localAddress)}`,
      ),
    onReceive: (client, data) => log.received(client.connectionId, data),
    onSend: (client, length) => log.sent(client.connectionId, length),
    onClose: (client, operation, errorCode) => log.closed(client.connectionId, operation, errorCode),
  };
}
