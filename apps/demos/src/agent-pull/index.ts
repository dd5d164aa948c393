// SPDX-License-Identifier: Apache-2.0
import { TcpPullAgent } from '@hp/pull/tcp';
import type { Command } from 'commander';
import type { Demo } from '../demo.js';
import { agentLane, agentLoadOptions } from '../load/agent-load.js';
import { loadDefaults, toPlan } from '../load/conduct.js';
import { Load } from '../load/load.js';
import { loadMarks, perform } from '../load/perform.js';
import type { Lane } from '../load/run.js';
import type { VerifiedStream } from '../load/verified-stream.js';
import { sendNumbered } from '../messages/conversation.js';
import { newInbox } from '../messages/fetch-messages.js';
import { MAX_BODY_BYTES } from '../messages/message.js';
import { defineCommand } from '../options/command.js';
import { toSettings } from '../options/settings.js';
import { type Agent, createListener, type NumberedStream } from './listener.js';

/** Agent-PULL: numbered messages on many connections of one agent. */
export const agentPull: Demo = {
  name: 'agent-pull',
  original: 'Agent-PULL',
  summary: 'many numbered messages to an echo-pull server from one agent (PULL)',
  define: (command: Command) => {
    defineCommand(command, {
      summary: agentPull.summary,
      options: agentLoadOptions,
      // The server shows each message, so there are to be fewer.
      defaults: { ...loadDefaults, rounds: 100 },
      run: async (options) => {
        const load = new Load(toPlan(options));
        const settings = { ...toSettings(options), ...loadMarks, maxBufferedBytes: MAX_BODY_BYTES };
        await using agent: Agent = new TcpPullAgent(createListener(load), settings);
        agent.start(options.bind, options.asyncConnect);
        const connect = async (stream: VerifiedStream): Promise<Lane> => {
          const extra: NumberedStream = { ...newInbox(), sent: 0, stream };
          const id = await agent.connectAsync(options.address, options.port, { extra });
          const send = (pieces: Uint8Array[]): boolean => agent.sendPackets(id, pieces);
          return agentLane(agent, id, stream, (body) => sendNumbered(extra, body, send));
        };
        await perform(load, { ...options, server: 'echo-pull server' }, load.streams.map(connect));
      },
    });
  },
  smoke: async (launch) => {
    await using server = launch('echo-pull', 'server', '-b', '127.0.0.1', '-p', '0');
    await using load = launch('agent-pull', '-p', await server.port(), '-c', '5', '-e', '20');
    await load.exits(0);
    await load.shows(/received {2}500,000 bytes, 0 errors\n[^]*^PASSED/m);
    await server.quits();
  },
};
