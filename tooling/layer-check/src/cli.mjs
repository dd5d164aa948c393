// SPDX-License-Identifier: Apache-2.0
// Checks this repository: `node tooling/layer-check/src/cli.mjs`.
import path from 'node:path';
import { checkLayers } from './check.mjs';

const violations = checkLayers(path.resolve(import.meta.dirname, '../../..'));
for (const violation of violations) console.error(violation);
if (violations.length > 0) process.exitCode = 1;
