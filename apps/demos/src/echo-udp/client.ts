// SPDX-License-Identifier: Apache-2.0
import { UdpClient, type UdpClientListener } from '@hp/udp';
import type { Command } from 'commander';
import { EventLog } from '../terminal/event-log.js';
import { Terminal } from '../terminal/terminal.js';
import { runClient } from '../interactive/converse.js';
import { clientEvents } from '../interactive/shown-events.js';
import { stopOnce } from '../interactive/take-leave.js';
import { defineCommand } from '../options/command.js';
import { detectOptions, toDatagramSettings, toDetectSettings, toSettings } from '../options/settings.js';
import { Echoes } from './echoes.js';

/** `echo-udp client` */
export function defineClient(command: Command): void {
  defineCommand(command, {
    summary: 'sends what is typed as one datagram, shows every event, and checks that all comes back',
    options: [
      'address',
      'port',
      'bind',
      'localPort',
      'asyncConnect',
      'threads',
      'maxDatagram',
      ...detectOptions,
    ],
    defaults: { bind: '' },
    run: async (options, args) => {
      using terminal = new Terminal();
      const echoes = new Echoes();
      const client = new UdpClient(createListener(new EventLog(terminal.print), echoes), {
        ...toSettings(options),
        ...toDatagramSettings(options),
        ...toDetectSettings(options),
      });
      const send = (datagram: Buffer): boolean => {
        const isSent = client.send(datagram);
        echoes.expect(datagram, isSent);
        return isSent;
      };
      await runClient(client, terminal, { ...options, args, send });
      await stopOnce(client, () => echoes.areComplete || !client.isConnected);
      terminal.print(echoes.verdict());
    },
  });
}

function createListener(log: EventLog, echoes: Echoes): UdpClientListener<UdpClient> {
  return {
    ...clientEvents(log),
    onReceive: (client, datagram) => {
      log.received(client.connectionId, datagram);
      echoes.take(datagram);
    },
  };
}
