// SPDX-License-Identifier: Apache-2.0
import { type Command, Option } from 'commander';
import { type Letter, letters, type OptionValues } from './letters.js';

type Name = keyof OptionValues;
type Value = OptionValues[Name];

/** What a command of a demo does with its options. `args` shows these, a line each. */
export type Run<Names extends Name> = (
  options: Pick<OptionValues, Names>,
  args: readonly string[],
) => Promise<void>;

/** A command of a demo, told in full. */
export interface CommandPlan<Names extends Name> {
  readonly summary: string;
  readonly options: readonly Names[];
  /** Defaults that differ from those of the table. */
  readonly defaults?: Partial<Pick<OptionValues, Names>>;
  /** Meanings that differ from those of the table. */
  readonly meanings?: Partial<Record<Names, string>>;
  /** What is wrong with options that are right one by one. */
  readonly conflict?: (options: Pick<OptionValues, Names>) => string | undefined;
  readonly run: Run<Names>;
}

/** Gives `command` the options and the action of `plan`. */
export function defineCommand<Names extends Name>(command: Command, plan: CommandPlan<Names>): void {
  const { summary, options, defaults = {}, meanings = {}, conflict, run } = plan;
  command.description(summary);
  for (const name of options) {
    const letter = letters[name] as Letter<Value>;
    const initial = name in defaults ? (defaults as Partial<OptionValues>)[name] : letter.initial;
    const meaning = (meanings as Partial<Record<Name, string>>)[name] ?? letter.meaning;
    command.addOption(toOption({ ...letter, meaning, initial }));
  }
  command.action(() => {
    const values = command.opts<Pick<OptionValues, Names>>();
    const problem = conflict?.(values);
    if (problem !== undefined) command.error(`error: ${problem}`);
    return run(values, describeArguments(command));
  });
}

/** The options of a command as they are in force, a line each. */
function describeArguments(command: Command): string[] {
  const values = command.opts<Record<string, Value>>();
  const width = Math.max(...command.options.map(({ flags }) => flags.length));
  return command.options.map((option) => {
    const value = show(values[option.attributeName()]) ?? 'not set';
    return `${option.flags.padEnd(width)}  ${value}`;
  });
}

function toOption({ flags, meaning, parse, initial }: Letter<Value>): Option {
  const option = new Option(flags, meaning).argParser((text) => parse(text));
  return initial === undefined ? option : option.default(initial, show(initial));
}

function show(value: Value): string | undefined {
  if (value === undefined) return undefined;
  if (value === '') return '-';
  if (typeof value === 'boolean') return value ? '1' : '0';
  return String(value);
}
