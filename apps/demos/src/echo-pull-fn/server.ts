// SPDX-License-Identifier: Apache-2.0
import { pull, type PullModel } from '@hp/pull';
import { HandleResult, type ServerListener, TcpServer } from '@hp/tcp';
import type { Command } from 'commander';
import { EventLog } from '../terminal/event-log.js';
import { Terminal } from '../terminal/terminal.js';
import { serve, serverOptions } from '../interactive/serve.js';
import { serverEvents } from '../interactive/shown-events.js';
import { fetchMessages, type Inbox, newInbox } from '../messages/fetch-messages.js';
import { encodeMessage, MAX_BODY_BYTES, UNCOUNTED } from '../messages/message.js';
import { answering } from '../messages/receptions.js';
import { defineCommand } from '../options/command.js';
import { toSettings } from '../options/settings.js';

type Server = TcpServer<Inbox, number>;

/** Of every server here, whatever the transport. */
export const model: PullModel = pull({ maxBufferedBytes: MAX_BODY_BYTES });

/** `echo-pull-fn server` */
export function defineServer(command: Command): void {
  defineCommand(command, {
    summary: 'sends each message back, and shows every event',
    options: serverOptions,
    run: async (options, args) => {
      using terminal = new Terminal();
      const listener = createListener(new EventLog(terminal.print), options.reject);
      const server: Server = new TcpServer(listener, { ...toSettings(options), model });
      await serve(server, terminal, { ...options, args, send: (id, body) => announce(server, id, body) });
    },
  });
}

/** The listener is put together from functions. */
export function createListener(log: EventLog, rejected: string | undefined): ServerListener<Server, number> {
  const events = serverEvents(log, rejected);
  return {
    ...events,
    onAccept: (server, id) => {
      openInbox(server, id);
      return events.onAccept(server, id);
    },
    onReceive: (server, id, available) => answerMessages(log, server, id, available),
  };
}

function openInbox(server: Server, id: number): void {
  server.setConnectionExtra(id, newInbox());
}

function answerMessages(log: EventLog, server: Server, id: number, available: number): HandleResult {
  log.arrived(id, available);
  const inbox = server.getConnectionExtra(id);
  if (inbox === undefined) return HandleResult.Error;
  const fetch = (length: number): Buffer | undefined => model.fetch(server, id, length);
  return fetchMessages(inbox, available, answering({ component: server, id, fetch, log }));
}

/** Sends a message that is no echo. */
export function announce(server: Server, id: number, body: Buffer): boolean {
  return server.sendPackets(id, encodeMessage(UNCOUNTED, body));
}
