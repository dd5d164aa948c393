// SPDX-License-Identifier: Apache-2.0
import { TcpPullServer } from '@hp/pull/tcp';
import { HandleResult, type ServerListener } from '@hp/tcp';
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

type Server = TcpPullServer<Inbox>;

/** `echo-pull server` */
export function defineServer(command: Command): void {
  defineCommand(command, {
    summary: 'sends each message back, and shows every event',
    options: serverOptions,
    run: async (options, args) => {
      using terminal = new Terminal();
      const server: Server = new TcpPullServer(createListener(new EventLog(terminal.print), options.reject), {
        ...toSettings(options),
        maxBufferedBytes: MAX_BODY_BYTES,
      });
      const send = (id: number, body: Buffer): boolean =>
        server.sendPackets(id, encodeMessage(UNCOUNTED, body));
      await serve(server, terminal, { ...options, args, send });
    },
  });
}

function createListener(log: EventLog, rejected: string | undefined): ServerListener<Server, number> {
  const events = serverEvents(log, rejected);
  return {
    ...events,
    onAccept: (server, id) => {
      server.setConnectionExtra(id, newInbox());
      return events.onAccept(server, id);
    },
    onReceive: (server, id, available) => {
      log.arrived(id, available);
      const inbox = server.getConnectionExtra(id);
      if (inbox === undefined) return HandleResult.Error;
      const fetch = (length: number): Buffer | undefined => server.fetch(id, length);
      return fetchMessages(inbox, available, answering({ component: server, id, fetch, log }));
    },
  };
}
