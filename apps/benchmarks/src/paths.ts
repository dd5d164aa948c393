// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';

// One level below the app, whether this runs from `src` or, bundled, from `dist`.
export const appRoot: string = path.resolve(import.meta.dirname, '..');

export const defaultReportFolder: string = path.resolve(appRoot, '../../docs/benchmarks');

export function nativeProgram(name: 'datagram_limit' | 'echo_limit' | 'load_generator'): string {
  return path.join(appRoot, 'build', name);
}
