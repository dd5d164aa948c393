#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArguments, type Options } from './arguments.js';
import { goalTables } from './goals.js';
import { measurementTables } from './measurements.js';
import { showProgress } from './progress.js';
import { writeReport } from './report.js';
import type { Results } from './results.js';
import { runBenchmarks } from './runner.js';
import { renderText } from './table.js';

const options = parseArguments(process.argv.slice(2));
const results = await obtainResults(options);
print(results);
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, undefined, 1)}\n`);
if (options.report !== undefined) {
  writeReport(results, options.report);
  console.log(`\nWritten to ${options.report}`);
}
process.exitCode = results.failures.length === 0 ? 0 : 1;

async function obtainResults({ from }: Options): Promise<Results> {
  if (from !== undefined) return JSON.parse(readFileSync(from, 'utf8')) as Results;
  using progress = showProgress();
  return await runBenchmarks(options, progress.show);
}

function print(results: Results): void {
  for (const { title, table } of measurementTables(results)) console.log(`\n${title}\n${renderText(table)}`);
  for (const table of goalTables(results)) console.log(`\n${renderText(table)}`);
  for (const { what, reason } of results.unavailable) console.log(`\nUnavailable: ${what}: ${reason}`);
  for (const { what, reason } of results.failures) console.log(`\nFailed: ${what}: ${reason}`);
}
