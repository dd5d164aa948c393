// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const home = path.join(import.meta.dirname, '..');

/** The versions of Node besides this one that are supported, where they are installed: for Linux on x64 only. */
export function otherNodes() {
  /** @type {{ optionalDependencies: Record<string, string> }} */
  const { optionalDependencies } = JSON.parse(readFileSync(path.join(home, 'package.json'), 'utf8'));
  return Object.keys(optionalDependencies)
    .map((version) => ({ version, file: path.join(home, 'node_modules', version, 'bin/node') }))
    .filter(({ file }) => existsSync(file));
}

/** Those, and this one first. */
export function supportedNodes() {
  return [
    { version: `node-${process.versions.node.split('.')[0]}`, file: process.execPath },
    ...otherNodes(),
  ];
}
