// SPDX-License-Identifier: Apache-2.0
import { TcpServer } from '@hp/tcp';
import type { Command } from 'commander';
import { Terminal } from '../terminal/terminal.js';
import { serve } from '../interactive/serve.js';
import { defineCommand } from '../options/command.js';
import { toSettings } from '../options/settings.js';
import { ChatRoom } from './chat-room.js';
import { CHAT_PORT } from './protocol.js';

/** `async-chat server` */
export function defineServer(command: Command): void {
  defineCommand(command, {
    summary: 'answers every message; a client that says quit is let go',
    options: ['bind', 'port', 'maxConnections', 'keepAlive', 'reuseAddress', 'sendPolicy', 'threads'],
    defaults: { port: CHAT_PORT },
    run: async (options, args) => {
      using terminal = new Terminal();
      const server = new TcpServer(new ChatRoom(terminal.print), toSettings(options));
      await serve(server, terminal, { ...options, args });
    },
  });
}
