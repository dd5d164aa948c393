// SPDX-License-Identifier: Apache-2.0
import { TcpClient } from '@hp/tcp';
import type { Command } from 'commander';
import { loadDefaults, loadOptions, toPlan } from '../load/conduct.js';
import { Load } from '../load/load.js';
import { loadMarks, perform } from '../load/perform.js';
import type { Lane } from '../load/run.js';
import type { VerifiedStream } from '../load/verified-stream.js';
import { defineCommand } from '../options/command.js';
import { toSettings, type TunedSettings } from '../options/settings.js';

/** `echo-pfm client` */
export function defineClient(command: Command): void {
  defineCommand(command, {
    summary: 'load on an echo server from many clients',
    options: [...loadOptions, 'asyncConnect', 'keepAlive', 'reuseAddress', 'threads'],
    defaults: loadDefaults,
    run: async (options) => {
      const { address, port, asyncConnect, bind } = options;
      const load = new Load(toPlan(options));
      const clients: TcpClient[] = [];
      const connect = async (stream: VerifiedStream): Promise<Lane> => {
        const client = createClient(load, stream, toSettings(options));
        clients.push(client);
        await client.startAsync(address, port, { asyncConnect, localAddress: bind });
        return toLane(client, stream);
      };
      try {
        await perform(load, { ...options, server: 'echo-pfm server' }, load.streams.map(connect));
      } finally {
        await Promise.all(clients.map((client) => client.stop()));
      }
    },
  });
}

function createClient(load: Load, stream: VerifiedStream, settings: TunedSettings): TcpClient {
  return new TcpClient(
    {
      onReceive: (_, data) => load.receive(stream, data),
      onClose: (_, operation, errorCode) => load.close(operation, errorCode),
    },
    { ...settings, ...loadMarks },
  );
}

function toLane(client: TcpClient, stream: VerifiedStream): Lane {
  return {
    stream,
    send: (bytes) => client.send(bytes),
    isCongested: () => client.isCongested,
    drained: () => client.drained(),
  };
}
