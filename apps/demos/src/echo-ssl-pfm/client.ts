// SPDX-License-Identifier: Apache-2.0
import { type AgentListener, SslAgent } from '@hp/ssl';
import type { Command } from 'commander';
import { agentLane, agentLoadOptions } from '../load/agent-load.js';
import { loadDefaults, toPlan } from '../load/conduct.js';
import { Load } from '../load/load.js';
import { loadMarks, perform } from '../load/perform.js';
import type { Lane } from '../load/run.js';
import type { VerifiedStream } from '../load/verified-stream.js';
import { defineCommand } from '../options/command.js';
import { toDialSettings, toSettings } from '../options/settings.js';
import { clientContext, secureConflict, secureOptions } from '../secure/contexts.js';
import { describeHandshake } from '../secure/describe-handshake.js';

type Agent = SslAgent<VerifiedStream>;

/** `echo-ssl-pfm client` */
export function defineClient(command: Command): void {
  defineCommand(command, {
    summary: 'load on an echo server over TLS from one agent with many connections',
    options: [...agentLoadOptions, ...secureOptions, 'serverName'],
    defaults: loadDefaults,
    conflict: secureConflict,
    run: async (options) => {
      const load = new Load(toPlan(options));
      await using agent: Agent = new SslAgent(createListener(load), {
        ...toSettings(options),
        ...toDialSettings(options),
        ...loadMarks,
        context: await clientContext(options, console.log),
      });
      agent.start(options.bind, options.asyncConnect);
      const connect = async (stream: VerifiedStream): Promise<Lane> => {
        const id = await agent.connectAsync(options.address, options.port, { extra: stream });
        return agentLane(agent, id, stream, (bytes) => agent.send(id, bytes));
      };
      await perform(load, { ...options, server: 'echo-ssl-pfm server' }, load.streams.map(connect));
    },
  });
}

/** Of the handshakes it shows the first; the others are like it. */
function createListener(load: Load): AgentListener<Agent> {
  let handshakes = 0;
  return {
    onHandshake: (agent, id) => {
      if (handshakes++ === 0) console.log(describeHandshake(agent.getSslInfo(id)));
    },
    onReceive: (agent, id, data) => load.receive(agent.getConnectionExtra(id), data),
    onClose: (agent, id, operation, errorCode) => load.close(operation, errorCode, agent.closeReason(id)),
  };
}
