// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { BOUNDARY_VERSION, type NativeSslBinding } from './binding.js';

// An import would lay out all that node:fs exports, its streams among them, which takes milliseconds.
const { existsSync } = process.getBuiltinModule('node:fs');
const require = createRequire(import.meta.url);

const target = `${process.platform}-${process.arch}`;

function describe(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}

/**
 * Loads the addon: from `HP_SSL_NATIVE_PATH`, from the platform package, or from a local build.
 * What was tried, and why it failed, is in the error.
 */
function loadBinding(): NativeSslBinding {
  const local = fileURLToPath(new URL('../build/release/hp_ssl.node', import.meta.url));
  const override = process.env['HP_SSL_NATIVE_PATH'];
  const platformPackage = `@hp/ssl-${process.platform === 'linux' ? `${target}-gnu` : target}`;
  const candidates = override === undefined ? [`${platformPackage}/hp_ssl.node`, local] : [override];
  const tried: string[] = [];
  for (const candidate of candidates) {
    if (candidate === local && !existsSync(local)) {
      tried.push(`${candidate}: not built`);
      continue;
    }
    try {
      const loaded = require(candidate) as NativeSslBinding;
      if (loaded.boundaryVersion === BOUNDARY_VERSION) return loaded;
      tried.push(`${candidate}: built for another version of this package`);
    } catch (error) {
      tried.push(`${candidate}: ${describe(error)}`);
    }
  }
  throw new Error(
    `@hp/ssl could not load its native addon for ${target}, Node ${process.version}.\n` +
      tried.map((line) => `  tried ${line}\n`).join('') +
      'If the platform package is missing, npm may have left out optional dependencies: ' +
      'remove node_modules and the lock file and install again. ' +
      'If a symbol is undefined, this is no Node that exports its OpenSSL: Electron, for one, is not supported.',
  );
}

/**
 * TLS over the OpenSSL inside Node, loaded when this module is. Importing the package throws an Error that
 * lists what was tried where the addon does not load.
 */
export const binding: NativeSslBinding = loadBinding();
