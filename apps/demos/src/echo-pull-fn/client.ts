// SPDX-License-Identifier: Apache-2.0
import { pull, type PullModel } from '@hp/pull';
import { type ClientListener, HandleResult, TcpClient } from '@hp/tcp';
import type { Command } from 'commander';
import { EventLog } from '../terminal/event-log.js';
import { Terminal } from '../terminal/terminal.js';
import { clientOptions, converse } from '../interactive/converse.js';
import { clientEvents } from '../interactive/shown-events.js';
import { type Conversation, newConversation, say } from '../messages/conversation.js';
import { fetchMessages } from '../messages/fetch-messages.js';
import { MAX_BODY_BYTES } from '../messages/message.js';
import { checking } from '../messages/receptions.js';
import { defineCommand } from '../options/command.js';
import { toSettings } from '../options/settings.js';

type Client = TcpClient<Conversation, number>;

/** Of every client here, whatever the transport. */
export const model: PullModel = pull({ maxBufferedBytes: MAX_BODY_BYTES });

/** `echo-pull-fn client` */
export function defineClient(command: Command): void {
  defineCommand(command, {
    summary: 'sends what is typed in numbered messages, checks the echoes, and shows every event',
    options: clientOptions,
    defaults: { bind: '' },
    run: async (options, args) => {
      using terminal = new Terminal();
      const listener = createListener(new EventLog(terminal.print));
      const client: Client = new TcpClient(listener, { ...toSettings(options), model });
      await converse(client, terminal, { ...options, args, send: (body) => sendMessage(client, body) });
    },
  });
}

/** The listener is put together from functions. */
export function createListener(log: EventLog): ClientListener<Client, number> {
  const events = clientEvents(log);
  return {
    ...events,
    onConnect: (client) => {
      beginConversation(client);
      return events.onConnect(client);
    },
    onReceive: (client, available) => checkMessages(log, client, available),
  };
}

function beginConversation(client: Client): void {
  client.extra = newConversation();
}

function checkMessages(log: EventLog, client: Client, available: number): HandleResult {
  const { connectionId: id, extra: conversation } = client;
  log.arrived(id, available);
  if (conversation === undefined) return HandleResult.Error;
  const fetch = (length: number): Buffer | undefined => model.fetch(client, id, length);
  return fetchMessages(
    conversation,
    available,
    checking({ component: client, id, fetch, log }, conversation),
  );
}

/** Sends a message whose echo is to be checked. */
export function sendMessage(client: Client, body: Buffer): boolean {
  return say(client.extra ?? newConversation(), body, (pieces) => client.sendPackets(pieces));
}
