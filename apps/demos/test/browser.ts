// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';

/** Where Debian's package puts the browser. `npm test` installs it when it runs as root. */
const executablePath = '/usr/bin/chromium';

export const hasBrowser: boolean = existsSync(executablePath);

/** A browser without a window; close it, or use `await using`. */
export function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  // As root, as CI runs it, Chromium has no sandbox.
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0, ...options });
}
