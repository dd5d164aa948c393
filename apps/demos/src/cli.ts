#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import { demos } from './catalogue.js';
import { failureLine } from './failure.js';
import { createProgram } from './program.js';
import { DemoProcess, type Launch } from './smoke/demo-process.js';

const MISUSE = 2;

const script = fileURLToPath(import.meta.url);
const launch: Launch = (...args) => new DemoProcess(process.execPath, [script, ...args]);

try {
  await createProgram(demos, launch).parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** The exit code for `error`; what went wrong is shown, by commander where it is commander's. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSE;
  const failure = failureLine(error);
  if (failure === undefined) throw error;
  console.error(failure);
  return 1;
}
