// SPDX-License-Identifier: Apache-2.0
// The addon of @hp/ssl finds OpenSSL's functions in node.exe when it first calls them: too late to learn that one is missing.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { nodeOf } from './guest.mjs';
import { root } from './places.mjs';
import { Outcome } from './report.mjs';

const definition = path.join(root, 'packages/ssl/native/node/windows/openssl.def');

/** The names that a program for Windows exports. @param {string} program */
function exportsOf(program) {
  const headers = execFileSync('x86_64-w64-mingw32-objdump', ['-p', program], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const [, table = ''] = headers.split('[Ordinal/Name Pointer] Table');
  return new Set(Array.from(table.matchAll(/^\s*\[\s*\d+\] (\S+)$/gm), ([, name]) => name));
}

/** Looks in node.exe of each version for what openssl.def lists. @param {readonly string[]} versions */
export function checkImports(versions) {
  const outcome = new Outcome();
  const [, names = ''] = readFileSync(definition, 'utf8').split('EXPORTS\n');
  for (const version of versions) {
    const exported = exportsOf(nodeOf(version));
    const missing = names.split('\n').filter((name) => name !== '' && !exported.has(name));
    if (missing.length === 0) outcome.passed++;
    else outcome.failed.push(`node.exe ${version} does not export ${missing.join(', ')}`);
  }
  return outcome;
}
