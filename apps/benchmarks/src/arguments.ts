// SPDX-License-Identifier: Apache-2.0
import { Command, InvalidArgumentError, Option } from 'commander';
import { caseNames } from './cases.js';
import { defaultReportFolder } from './paths.js';
import { peers } from './peers.js';

export interface Options {
  /** Empty: all. */
  cases: readonly string[];
  /** Empty: those each case calls for. */
  peers: readonly string[];
  rounds: number;
  seconds: number;
  warmupMs: number;
  /** Where the results go as JSON. */
  json?: string;
  /** Where the table and the plots go. */
  report?: string;
  /** Earlier results to show instead of measuring. */
  from?: string;
  /** What the reader types to repeat this run. */
  command: string;
}

interface ParsedOptions {
  case: string[];
  peer: string[];
  rounds?: number;
  seconds?: number;
  json?: string;
  report?: string | true;
  from?: string;
  quick?: true;
}

const full = { rounds: 9, seconds: 0.5, warmupMs: 1000 };
const quick = { rounds: 2, seconds: 0.3, warmupMs: 250 };

export function parseArguments(args: readonly string[]): Options {
  const {
    case: cases,
    peer,
    rounds,
    seconds,
    json,
    report,
    from,
    ...flags
  } = createCommand()
    .parse([...args], { from: 'user' })
    .opts<ParsedOptions>();
  const preset = flags.quick === true ? quick : full;
  return {
    cases,
    peers: peer,
    rounds: rounds ?? preset.rounds,
    seconds: seconds ?? preset.seconds,
    warmupMs: preset.warmupMs,
    ...(json === undefined ? {} : { json }),
    ...(report === undefined ? {} : { report: report === true ? defaultReportFolder : report }),
    ...(from === undefined ? {} : { from }),
    command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
  };
}

function createCommand(): Command {
  return new Command('npm run bench --')
    .description('Compares echo servers: server CPU time per message, rate, latency, memory.')
    .addOption(repeatable('--case <name...>', 'only these cases', caseNames))
    .addOption(
      repeatable(
        '--peer <name...>',
        'only these servers',
        peers.map(({ name }) => name),
      ),
    )
    .option('--rounds <n>', `rounds, each in another order (default: ${full.rounds})`, parseCount)
    .option('--seconds <s>', `measured time of each run (default: ${full.seconds})`, parseSeconds)
    .option('--quick', 'a first impression in about a minute')
    .option('--json <file>', 'write the results to a file')
    .option('--report [folder]', 'write the table and the plots (default folder: docs/benchmarks)')
    .option('--from <file>', 'show the results in this JSON file instead of measuring')
    .addHelpText(
      'after',
      '\nServers run on the Node that runs this: put another one first in PATH to measure it.',
    );
}

function repeatable(flags: string, description: string, names: readonly string[]): Option {
  return new Option(flags, description).choices(names).default([], 'all');
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return count;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0)) throw new InvalidArgumentError('It must be a number greater than 0.');
  return seconds;
}
