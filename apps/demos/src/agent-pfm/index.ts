// SPDX-License-Identifier: Apache-2.0
import { TcpAgent } from '@hp/tcp';
import type { Command } from 'commander';
import type { Demo } from '../demo.js';
import { agentLane, agentLoadOptions } from '../load/agent-load.js';
import { loadDefaults, toPlan } from '../load/conduct.js';
import { Load } from '../load/load.js';
import { loadMarks, perform } from '../load/perform.js';
import type { Lane } from '../load/run.js';
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
      options: agentLoadOptions,
      defaults: loadDefaults,
      run: async (options) => {
        const load = new Load(toPlan(options));
        await using agent: TcpAgent<VerifiedStream> = new TcpAgent(
          {
            onReceive: (agent, id, data) => load.receive(agent.getConnectionExtra(id), data),
            onClose: (_, __, operation, errorCode) => load.close(operation, errorCode),
          },
          { ...toSettings(options), ...loadMarks },
        );
        agent.start(options.bind, options.asyncConnect);
        const connect = async (stream: VerifiedStream): Promise<Lane> => {
          const id = await agent.connectAsync(options.address, options.port, { extra: stream });
          return agentLane(agent, id, stream, (bytes) => agent.send(id, bytes));
        };
        await perform(load, { ...options, server: 'echo-pfm server' }, load.streams.map(connect));
      },
    });
  },
  smoke: (launch) => smokeLoad(launch, { client: ['agent-pfm'], server: 'echo-pfm', seen: '1,000,000' }),
};
