// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import manifest from '../package.json' with { type: 'json' };
import type { NativeBinding } from './binding.js';
import { BOUNDARY_VERSION } from './boundary.js';
import { loadAddon } from './load-addon.js';

const require = createRequire(import.meta.url);

/**
 * Two versions of the core must not run side by side: connections, models and filters of one would
 * reach the other. A second copy of the same version is harmless.
 */
function claimThread(): void {
  const { version } = manifest;
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
export const binding: NativeBinding = loadAddon({
  owner: '@hp/core-native',
  url: import.meta.url,
  file: 'hp_core.node',
  platforms: {
    'linux-x64-gnu': () => require('@hp/core-native-linux-x64-gnu/hp_core.node') as unknown,
    'win32-x64': () => require('@hp/core-native-win32-x64/hp_core.node') as unknown,
  },
  override: 'HP_NATIVE_PATH',
  boundaryVersion: BOUNDARY_VERSION,
}) as NativeBinding;
