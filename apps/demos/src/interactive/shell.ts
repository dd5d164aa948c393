// SPDX-License-Identifier: Apache-2.0
import { failureLine } from '../failure.js';
import { CommandError, Words } from './words.js';

/** What can be typed while a demo runs. */
export interface InteractiveCommand {
  /** Its name and what follows it, such as `kick {id} [0|1]`; `{text}` takes the lines that begin with no name. */
  readonly usage: string;
  readonly meaning: string;
  /** @throws CommandError where the words are wrong. */
  run(words: Words): void | Promise<void>;
}

type Print = (line: string) => void;

/** The name of the command that has none. */
const PLAIN_TEXT = '{text}';

/** Carries out the lines that are typed, one after another, until there are no more. */
export async function runShell(
  lines: AsyncIterable<string>,
  commands: readonly InteractiveCommand[],
  print: Print,
): Promise<void> {
  print(`commands: ${commands.map(nameOf).join(' ')} ? (lists them); end-of-file quits`);
  for await (const line of lines) await execute(line, commands, print);
}

/** Carries out one line. What is wrong with it is shown. */
export async function execute(
  line: string,
  commands: readonly InteractiveCommand[],
  print: Print,
): Promise<void> {
  const [, name = '', rest = ''] = /^\s*(\S*)(.*)$/s.exec(line) ?? [];
  if (name === '') return;
  if (name === '?') {
    listCommands(commands, print);
    return;
  }
  const find = (wanted: string): InteractiveCommand | undefined =>
    commands.find((each) => nameOf(each) === wanted);
  const named = find(name);
  const command = named ?? find(PLAIN_TEXT);
  if (command === undefined) {
    print(`error: there is no command '${name}'; ? lists them`);
    return;
  }
  try {
    await command.run(new Words(named === undefined ? line : rest));
  } catch (error) {
    const failure =
      error instanceof CommandError ? `error: ${error.message}; ${command.usage}` : failureLine(error);
    if (failure === undefined) throw error;
    print(failure);
  }
}

function listCommands(commands: readonly InteractiveCommand[], print: Print): void {
  const rows = [...commands, { usage: '?', meaning: 'this list' }, { usage: 'Ctrl-D', meaning: 'quit' }];
  const width = Math.max(...rows.map(({ usage }) => usage.length));
  for (const { usage, meaning } of rows) print(`  ${usage.padEnd(width)}  ${meaning}`);
}

function nameOf(command: InteractiveCommand): string {
  return command.usage.split(' ')[0] ?? '';
}
