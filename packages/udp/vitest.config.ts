// SPDX-License-Identifier: Apache-2.0
import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { sharedConfig } from '../../vitest.shared.js';

// Tests that run side by side here wait for the clock, not for a processor.
const config: ViteUserConfig = mergeConfig(sharedConfig, { test: { maxConcurrency: 100 } });

export default config;
