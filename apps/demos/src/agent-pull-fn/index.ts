// SPDX-License-Identifier: Apache-2.0
import { pull } from '@hp/pull';
import { type AgentListener, HandleResult, TcpAgent } from '@hp/tcp';
import type { Command } from 'commander';
import { EventLog } from '../terminal/event-log.js';
import { Terminal } from '../terminal/terminal.js';
import type { Demo } from '../demo.js';
import { manage } from '../interactive/manage.js';
import { agentEvents } from '../interactive/shown-events.js';
import { type Conversation, newConversation, say } from '../messages/conversation.js';
import { fetchMessages } from '../messages/fetch-messages.js';
import { MAX_BODY_BYTES } from '../messages/message.js';
import { checking } from '../messages/receptions.js';
import { defineCommand } from '../options/command.js';
import { toSettings } from '../options/settings.js';

type Agent = TcpAgent<Conversation, number>;

const model = pull({ maxBufferedBytes: MAX_BODY_BYTES });

/** Agent-4C: the client of `echo-pull-fn` with many connections through one component. */
export const agentPullFn: Demo = {
  name: 'agent-pull-fn',
  original: 'Agent-4C',
  summary: 'the client of echo-pull-fn with many connections through one agent',
  define: (command: Command) => {
    defineCommand(command, {
      summary: 'sends what is typed on any of its connections, checks the echoes, and shows every event',
      options: [
        'address',
        'port',
        'bind',
        'connections',
        'maxConnections',
        'asyncConnect',
        'keepAlive',
        'reuseAddress',
        'sendPolicy',
        'threads',
      ],
      defaults: { bind: '', connections: 3 },
      run: async (options, args) => {
        using terminal = new Terminal();
        const listener = createListener(new EventLog(terminal.print));
        const agent: Agent = new TcpAgent(listener, { ...toSettings(options), model });
        await manage(agent, terminal, { ...options, args, send: (id, body) => sendMessage(agent, id, body) });
      },
    });
  },
  smoke: async (launch) => {
    await using server = launch('echo-pull-fn', 'server', '-b', '127.0.0.1', '-p', '0');
    await using agent = launch('agent-pull-fn', '-p', await server.port());
    agent.type('send 3 hello');
    await agent.shows(/#3 +message +1, 5 bytes: hello\n/);
    agent.type('send 1 world');
    await agent.shows(/#1 +message +1, 5 bytes: world\n/);
    agent.type('kick 2');
    await agent.shows(/#2 +onClose +closed/);
    agent.type('status');
    await agent.shows(/2 connections: #1 #3\n/);
    await agent.quits();
    await server.quits();
  },
};

/** The listener is put together from functions. */
function createListener(log: EventLog): AgentListener<Agent, number> {
  const events = agentEvents(log);
  return {
    ...events,
    onConnect: (agent, id) => {
      beginConversation(agent, id);
      return events.onConnect(agent, id);
    },
    onReceive: (agent, id, available) => checkMessages(log, agent, id, available),
  };
}

function beginConversation(agent: Agent, id: number): void {
  agent.setConnectionExtra(id, newConversation());
}

function checkMessages(log: EventLog, agent: Agent, id: number, available: number): HandleResult {
  log.arrived(id, available);
  const conversation = agent.getConnectionExtra(id);
  if (conversation === undefined) return HandleResult.Error;
  const fetch = (length: number): Buffer | undefined => model.fetch(agent, id, length);
  return fetchMessages(conversation, available, checking({ component: agent, id, fetch, log }, conversation));
}

function sendMessage(agent: Agent, id: number, body: Buffer): boolean {
  const conversation = agent.getConnectionExtra(id) ?? newConversation();
  return say(conversation, body, (pieces) => agent.sendPackets(id, pieces));
}
