// SPDX-License-Identifier: Apache-2.0
import { loadAddon } from '@hp/core-native';
import { BOUNDARY_VERSION, type NativeSslBinding } from './binding.js';

/**
 * TLS over the OpenSSL inside Node, loaded when this module is. Importing the package throws an Error that
 * lists what was tried where the addon does not load.
 */
export const binding: NativeSslBinding = loadAddon({
  owner: '@hp/ssl',
  url: import.meta.url,
  file: 'hp_ssl.node',
  override: 'HP_SSL_NATIVE_PATH',
  boundaryVersion: BOUNDARY_VERSION,
  hint: 'If a symbol is undefined, this is no Node that exports its OpenSSL: Electron, for one, is not supported.',
}) as NativeSslBinding;
