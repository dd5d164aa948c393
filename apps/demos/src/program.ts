// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import { Command } from 'commander';
import type { Demo } from './demo.js';
import type { Launch } from './smoke/demo-process.js';
import { runSmoke } from './smoke/run-smoke.js';

/** The command line: a command for each demo. */
export function createProgram(demos: readonly Demo[], launch: Launch): Command {
  const program = new Command('npm run demo --')
    .description('Demos of HP-Socket for Node.js.')
    .usage('<demo> [options]')
    .argument('[demo]')
    .version(packageVersion(), '-v, --version')
    .option('--list', 'list the demos')
    .option('--smoke', 'run every demo briefly and check what it does')
    .exitOverride()
    .configureHelp({ visibleArguments: () => [] });
  program.action(async (name: string | undefined, options: { list?: true; smoke?: true }) => {
    if (name !== undefined) program.error(`error: there is no demo '${name}'; --list names them`);
    if (options.smoke) await runSmoke(demos, launch);
    else if (options.list) listDemos(demos);
    else program.outputHelp();
  });
  for (const demo of demos) {
    const command = program.command(demo.name).description(demo.summary);
    demo.define(command);
  }
  return program;
}

function listDemos(demos: readonly Demo[]): void {
  const width = Math.max(...demos.map(({ name }) => name.length));
  for (const { name, original, summary } of demos) {
    const origin = original === undefined ? '' : ` (${original})`;
    console.log(`${name.padEnd(width)}  ${summary}${origin}`);
  }
}

function packageVersion(): string {
  const { version } = createRequire(import.meta.url)('@hp/tcp/package.json') as { version: string };
  return version;
}
