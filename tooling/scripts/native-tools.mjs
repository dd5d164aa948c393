// SPDX-License-Identifier: Apache-2.0
// Installs what the C++ tests, the native checks and the interop tests need beyond a compiler.
import { installNativeTools } from './lib/native-tools.mjs';

process.exitCode = (await installNativeTools()) ? 0 : 1;
