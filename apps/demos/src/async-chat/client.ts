// SPDX-License-Identifier: Apache-2.0
import { ErrorCode, TcpClient } from '@hp/tcp';
import type { Command } from 'commander';
import { describeClose } from '../terminal/event-log.js';
import { Terminal } from '../terminal/terminal.js';
import { printable } from '../terminal/text.js';
import { DemoFailure } from '../failure.js';
import { takeLeave } from '../interactive/take-leave.js';
import { defineCommand } from '../options/command.js';
import { toSettings } from '../options/settings.js';
import { MessageSplitter } from './message-splitter.js';
import { CHAT_PORT, QUIT } from './protocol.js';

/** `async-chat client` */
export function defineClient(command: Command): void {
  defineCommand(command, {
    summary: 'sends each line that is typed; quit, or end-of-file, leaves',
    options: ['address', 'port', 'bind', 'localPort', 'asyncConnect', 'keepAlive', 'reuseAddress', 'threads'],
    defaults: { port: CHAT_PORT, bind: '' },
    run: async (options) => {
      const { address, port, bind, localPort, asyncConnect } = options;
      using terminal = new Terminal();
      const splitter = new MessageSplitter();
      let loss: string | undefined;
      await using client = new TcpClient(
        {
          onReceive: (_, data) => {
            for (const { text } of splitter.push(data)) terminal.print(printable(text));
          },
          onClose: (_, operation, errorCode) => {
            if (errorCode !== ErrorCode.Ok) loss = describeClose(operation, errorCode);
            terminal.close();
          },
        },
        toSettings(options),
      );
      await client.startAsync(address, port, { asyncConnect, localAddress: bind, localPort });
      terminal.print(`connected to ${address}:${port}; ${QUIT} leaves`);
      await say(client, terminal);
      await takeLeave(client);
      if (loss !== undefined) throw new DemoFailure(`the connection is lost: ${loss}`);
      terminal.print('the chat is over');
    },
  });
}

/** Sends what is typed until it ends, and says goodbye at the end in any case. */
async function say(client: TcpClient, lines: AsyncIterable<string>): Promise<void> {
  let last = '';
  for await (const line of lines) {
    last = line;
    client.send(Buffer.from(`${line}\n`));
  }
  if (last !== QUIT && client.isConnected) client.send(Buffer.from(`${QUIT}\n`));
}
