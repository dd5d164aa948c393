// SPDX-License-Identifier: Apache-2.0
export { MAX_HEADER_FLAG, MAX_PACK_SIZE } from './header.js';
export { pack } from './pack.js';
export type { PackSettings } from './settings.js';
