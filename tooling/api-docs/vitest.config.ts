// SPDX-License-Identifier: Apache-2.0
export { sharedConfig as default } from '../../vitest.shared.js';
