// SPDX-License-Identifier: Apache-2.0

/** @import { HeaderKind } from './rules.mjs' */

const cHeaders = new Set(
  (
    'assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg ' +
    'stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath threads time uchar wchar wctype'
  )
    .split(' ')
    .map((name) => `${name}.h`),
);

const nodeHeader = /^(napi|napi-inl|node_api|js_native_api|node|node_buffer|uv|v8)\.h$|^uv\//;

/**
 * The kind of a header that is not the project's own.
 *
 * @param {string} name as written between the brackets
 * @returns {HeaderKind}
 */
export function headerKind(name) {
  // The headers of the C++ library alone have no extension and no folder.
  if (/^[a-z_]+$/.test(name) || cHeaders.has(name)) return 'standard';
  if (nodeHeader.test(name)) return 'node';
  return name.startsWith('openssl/') ? 'openssl' : 'system';
}
