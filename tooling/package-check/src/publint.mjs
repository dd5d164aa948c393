// SPDX-License-Identifier: Apache-2.0
// Lints what would be published of every package: entry points, formats, files.
import { mustSucceed, publishedPackages } from './packages.mjs';

for (const { directory } of publishedPackages()) {
  mustSucceed('publint', ['run', '--strict', '--pack', 'pnpm'], { cwd: directory });
}
