// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import { loadAddon } from '@hp/core-native';
import { BOUNDARY_VERSION, type NativeSslBinding } from './binding.js';

const require = createRequire(import.meta.url);

/**
 * TLS over the OpenSSL inside Node, loaded when this module is. Importing the package throws an Error that
 * lists what was tried where the addon does not load.
 */
export const binding: NativeSslBinding = loadAddon({
  owner: '@hp/ssl',
  url: import.meta.url,
  file: 'hp_ssl.node',
  platforms: {
    'linux-x64-gnu': () => require('@hp/ssl-linux-x64-gnu/hp_ssl.node') as unknown,
    'win32-x64': () => require('@hp/ssl-win32-x64/hp_ssl.node') as unknown,
  },
  override: 'HP_SSL_NATIVE_PATH',
  boundaryVersion: BOUNDARY_VERSION,
  hint: 'If a symbol is undefined, this is no Node that exports its OpenSSL: Electron, for one, is not supported.',
}) as NativeSslBinding;
