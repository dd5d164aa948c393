// SPDX-License-Identifier: Apache-2.0
// Who may use whom. A folder or package without a row here is a violation, so that a new one gets a rule.

/**
 * @typedef {'standard' | 'system' | 'node' | 'openssl'} HeaderKind
 * @typedef {{ layers: readonly string[], headers: readonly HeaderKind[], imports?: readonly string[] }} NativeRule
 * @typedef {{ packages: readonly string[], optionalPeers: readonly string[] }} PackageRule
 */

/**
 * The layers of each native package, each with the layers it may include beside itself, the kinds of foreign headers, and
 * the headers of other packages, which the build finds through a variable: `<package>/<name as included>`.
 * @type {Record<string, Record<string, NativeRule>>}
 */
export const nativeRules = {
  'core-native': {
    include: { layers: [], headers: ['standard'] },
    'native/base': { layers: ['include'], headers: ['standard'] },
    'native/sys': { layers: ['include', 'native/base'], headers: ['standard', 'system'] },
    'native/net': { layers: ['include', 'native/base', 'native/sys'], headers: ['standard'] },
    'native/node/windows': {
      layers: ['native/node'],
      headers: ['standard', 'node', 'system'],
    },
    'native/node': {
      layers: ['include', 'native/base', 'native/sys', 'native/net'],
      headers: ['standard', 'node'],
    },
  },
  ssl: {
    'native/tls': {
      layers: [],
      headers: ['standard', 'openssl'],
      imports: ['core-native/hp/stream_filter.h'],
    },
    'native/node': { layers: ['native/tls'], headers: ['standard', 'node'] },
  },
};

/**
 * The published packages, each with the packages its sources may import.
 * @type {Record<string, PackageRule>}
 */
export const packageRules = {
  'core-native': { packages: [], optionalPeers: [] },
  tcp: { packages: ['core-native'], optionalPeers: [] },
  udp: { packages: ['core-native'], optionalPeers: [] },
  ssl: { packages: ['core-native', 'tcp'], optionalPeers: [] },
  pull: { packages: ['core-native'], optionalPeers: ['tcp', 'ssl'] },
  pack: { packages: ['core-native'], optionalPeers: ['tcp', 'ssl'] },
};
