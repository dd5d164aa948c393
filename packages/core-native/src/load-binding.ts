// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { NativeBinding } from './binding.js';
import { BOUNDARY_VERSION } from './boundary.js';

// An import would lay out all that node:fs exports, its streams among them, which takes milliseconds.
const { existsSync, readdirSync } = process.getBuiltinModule('node:fs');
const require = createRequire(import.meta.url);

function describe(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}

/** The system, the processor, and on Linux the C library: what an addon is built for. */
function platform(): string {
  const target = `${process.platform}-${process.arch}`;
  if (process.platform !== 'linux') return target;
  const isMusl = readdirSync('/lib').some((name) => name.startsWith('ld-musl-'));
  return `${target} (${isMusl ? 'musl' : 'glibc'})`;
}

/** The package that brings the addon for this platform. */
function platformPackage(): string {
  const target = `${process.platform}-${process.arch}`;
  return `@hp/core-native-${process.platform === 'linux' ? `${target}-gnu` : target}`;
}

/**
 * Loads the addon: from `HP_NATIVE_PATH`, from the platform package, or from a local build.
 * What was tried, and why it failed, is in the error.
 */
function loadBinding(): NativeBinding {
  const local = fileURLToPath(new URL('../build/release/hp_core.node', import.meta.url));
  const override = process.env['HP_NATIVE_PATH'];
  const candidates = override === undefined ? [`${platformPackage()}/hp_core.node`, local] : [override];
  const tried: string[] = [];
  for (const candidate of candidates) {
    if (candidate === local && !existsSync(local)) {
      tried.push(`${candidate}: not built`);
      continue;
    }
    try {
      const loaded = require(candidate) as NativeBinding;
      if (loaded.boundaryVersion === BOUNDARY_VERSION) return loaded;
      tried.push(`${candidate}: built for another version of this package`);
    } catch (error) {
      tried.push(`${candidate}: ${describe(error)}`);
    }
  }
  throw new Error(
    `@hp/core-native could not load its native addon for ${platform()}, Node ${process.version}.\n` +
      tried.map((line) => `  tried ${line}\n`).join('') +
      'If the platform package is missing, npm may have left out optional dependencies: ' +
      'remove node_modules and the lock file and install again.',
  );
}

/**
 * Two versions of the core must not run side by side: connections, models and filters of one would
 * reach the other. A second copy of the same version is harmless.
 */
function claimThread(): void {
  const { version } = require('../package.json') as { version: string };
  const key = Symbol.for('@hp/core-native.version');
  const owners = globalThis as Record<symbol, string | undefined>;
  const present = (owners[key] ??= version);
  if (present === version) return;
  throw new Error(
    `@hp/core-native ${version} was loaded beside version ${present}. ` +
      'Use one version of all @hp packages: run "npm ls @hp/core-native" to see who asks for which.',
  );
}

claimThread();

/**
 * The native core, loaded when this module is. For roles: see `NativeBinding` for what is in it.
 * Importing the package throws an Error that lists what was tried where the addon does not load.
 */
export const binding: NativeBinding = loadBinding();
