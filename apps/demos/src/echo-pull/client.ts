// SPDX-License-Identifier: Apache-2.0
import { TcpPullClient } from '@hp/pull/tcp';
import { type ClientListener, HandleResult } from '@hp/tcp';
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

type Client = TcpPullClient<Conversation>;

/** `echo-pull client` */
export function defineClient(command: Command): void {
  defineCommand(command, {
    summary: 'sends what is typed in numbered messages, checks the echoes, and shows every event',
    options: clientOptions,
    defaults: { bind: '' },
    run: async (options, args) => {
      using terminal = new Terminal();
      const client: Client = new TcpPullClient(createListener(new EventLog(terminal.print)), {
        ...toSettings(options),
        maxBufferedBytes: MAX_BODY_BYTES,
      });
      const send = (body: Buffer): boolean =>
        say(client.extra ?? newConversation(), body, (pieces) => client.sendPackets(pieces));
      await converse(client, terminal, { ...options, args, send });
    },
  });
}

function createListener(log: EventLog): ClientListener<Client, number> {
  const events = clientEvents(log);
  return {
    ...events,
    onConnect: (client) => {
      client.extra = newConversation();
      return events.onConnect(client);
    },
    onReceive: (client, available) => {
      const { connectionId: id, extra: conversation } = client;
      log.arrived(id, available);
      if (conversation === undefined) return HandleResult.Error;
      const fetch = (length: number): Buffer | undefined => client.fetch(length);
      return fetchMessages(
        conversation,
        available,
        checking({ component: client, id, fetch, log }, conversation),
      );
    },
  };
}
