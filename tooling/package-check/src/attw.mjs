// SPDX-License-Identifier: Apache-2.0
// Checks that the types of every published package resolve as its code does.
import { mustSucceed, publishedPackages } from './packages.mjs';

for (const { directory } of publishedPackages()) {
  mustSucceed('attw', ['--pack', '.', '--profile', 'esm-only'], { cwd: directory });
}
