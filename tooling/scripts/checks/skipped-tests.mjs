// SPDX-License-Identifier: Apache-2.0
// Fails when the last `npm test` skipped a test that allowed-skips.json does not list with a reason.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../lib/workspace.mjs';

/** @type {import('../lib/test-results.mjs').TestResult[]} */
const results = JSON.parse(readFileSync(path.join(root, 'test-results/tests.json'), 'utf8'));
/** @type {{ name: string, reason: string }[]} */
const allowed = JSON.parse(readFileSync(path.join(root, 'tooling/allowed-skips.json'), 'utf8'));

const allowedNames = new Set(allowed.filter(({ reason }) => reason.trim() !== '').map(({ name }) => name));
const offenders = results.filter(({ name, outcome }) => outcome === 'skipped' && !allowedNames.has(name));
for (const { name } of offenders)
  console.error(`Skipped without a reason in tooling/allowed-skips.json: ${name}`);
process.exitCode = offenders.length === 0 ? 0 : 1;
