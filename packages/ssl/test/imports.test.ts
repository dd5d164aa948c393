// SPDX-License-Identifier: Apache-2.0
// The addon links against no OpenSSL: each of its functions that it calls has to be among those that Node exports.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasCommand } from '@hp/testkit';

const addon = path.join(import.meta.dirname, '../build/release/hp_ssl.node');
const versions = path.join(import.meta.dirname, '../../../tooling/node-versions/node_modules');

const canRead = process.platform === 'linux' && hasCommand('nm');

/** The names in the table that other binaries see: those it defines, or those it wants from others. */
function symbols(file: string, which: '--defined-only' | '--undefined-only'): string[] {
  const table = execFileSync('nm', ['-D', '--format=just-symbols', which, file], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return table.split('\n').filter((line) => line !== '');
}

/** Names of the C and C++ libraries have a version; what else is wanted is Node-API, or marks for a linker or profiler. */
function openSslNames(): string[] {
  const wanted = symbols(addon, '--undefined-only');
  return wanted.filter((name) => !/@|^(napi_|node_api_|_ITM_|__)/.test(name)).sort();
}

/** Every version of Node that is installed here: this one, and those the tests run on too. */
function nodes(): { version: string; file: string }[] {
  const others = existsSync(versions) ? readdirSync(versions).filter((name) => name.startsWith('node-')) : [];
  return [
    { version: process.version, file: process.execPath },
    ...others.map((version) => ({ version, file: path.join(versions, version, 'bin/node') })),
  ];
}

describe.skipIf(!canRead)('what the addon wants of OpenSSL (read with nm)', () => {
  test.each(nodes())('is exported by $version', ({ file }) => {
    const exported = new Set(symbols(file, '--defined-only'));

    expect(openSslNames().filter((name) => !exported.has(name))).toEqual([]);
  });

  test('is something', () => {
    expect(openSslNames()).toContain('SSL_do_handshake');
  });

  test('is in the list that the build for Windows links by (after a change: vitest run imports -u)', async () => {
    const list = ['NAME node.exe', 'EXPORTS', ...openSslNames(), ''].join('\n');

    await expect(list).toMatchFileSnapshot('../native/node/windows/openssl.def');
  });
});
