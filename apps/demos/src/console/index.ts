// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import type { Demo } from '../demo.js';
import { defineCommand } from '../options/command.js';
import { Console } from './console.js';
import { smokeConsole } from './smoke.js';

/** A web page that starts, shows and steers components. */
export const console: Demo = {
  name: 'console',
  summary: 'a web page that runs any components and shows their connections, events and rates',
  define: (command) => {
    defineCommand(command, {
      summary: console.summary,
      options: ['port'],
      defaults: { port: 0 },
      meanings: { port: 'port of the page; 0: any that is free' },
      run: ({ port }) => run(port),
    });
  },
  smoke: smokeConsole,
};

async function run(port: number): Promise<void> {
  await using page = new Console();
  const url = await page.open(port);
  process.stdout.write(`The console is at ${url}\nCtrl-C ends it.\n`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}
