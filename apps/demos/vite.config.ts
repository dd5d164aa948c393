// SPDX-License-Identifier: Apache-2.0
import { defineConfig, type UserConfig } from 'vite';

/** Builds the page of the demo `console`. */
const config: UserConfig = defineConfig({
  root: 'page',
  build: {
    outDir: '../dist/page',
    emptyOutDir: true,
    // The oldest that know light-dark() of CSS.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
  },
});

export default config;
