// SPDX-License-Identifier: Apache-2.0
// Builds the addon of the package in the working directory.
import { buildPreset } from './lib/cmake.mjs';

await buildPreset(process.cwd(), 'release');
