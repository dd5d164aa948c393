// SPDX-License-Identifier: Apache-2.0
import { TcpAgent } from '@hp/tcp';
import type { Command } from 'commander';
import type { Demo } from '../demo.js';
import type { Lane } from '../load/load.js';
import { loadDefaults, loadMarks, loadOptions, perform, toLoad } from '../load/perform.js';
import type { VerifiedStream } from '../load/verified-stream.js';
import { defineCommand } from '../options/command.js';
import { toSettings } from '../options/settings.js';
import { smokeLoad } from '../smoke/smoke-load.js';

/** Agent-PFM: the load comes from one agent with many connections. */
export const agentPfm: Demo = {
  name: 'agent-pfm',
  original: 'Agent-PFM',
  summary: 'load on an echo server from one agent with many connections',
  define: (command: Command) => {
    defineCommand(command, {
      summary: agentPfm.summary,
      options: [
        ...loadOptions,
        'maxConnections',
        'asyncConnect',
        'keepAlive',
        'reuseAddress',
        'sendPolicy',
        'threads',
      ],
      defaults: loadDefaults,
      run: async (options) => {
        const load = toLoad(options);
        await using agent: TcpAgent<VerifiedStream> = new TcpAgent(
          {
            onReceive: (agent, id, data) => load.receive(agent.getConnectionExtra(id), data),
            onClose: (_, __, operation, errorCode) => load.close(operation, errorCode),
          },
          { ...toSettings(options), ...loadMarks },
        );
        agent.start(options.bind, options.asyncConnect);
        const connect = async (stream: VerifiedStream): Promise<Lane> =>
          toLane(agent, await agent.connectAsync(options.address, options.port, { extra: stream }), stream);
        await perform(load, options, load.streams.map(connect));
      },
    });
  },
  smoke: (launch) => smokeLoad(launch, ['agent-pfm']),
};

function toLane(agent: TcpAgent<VerifiedStream>, id: number, stream: VerifiedStream): Lane {
  return {
    stream,
    send: (bytes) => agent.send(id, bytes),
    isCongested: () => agent.isCongested(id),
    drained: () => agent.drained(id),
  };
}
