// SPDX-License-Identifier: Apache-2.0
import { authority } from './certificates.js';

/** Hands certificates on to all children of this process, for `children/contexts.mjs`. */
export function certifyChildren(): void {
  process.env['HP_TEST_TLS'] = JSON.stringify({ ...authority().issue(), ca: authority().cert });
}
