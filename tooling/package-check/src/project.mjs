// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from './command.mjs';

/** @import { Registry } from './registry.mjs' */
/** @typedef {'npm' | 'pnpm'} Manager */

/** @type {Record<Manager, string[]>} */
const installCommands = {
  npm: ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund'],
  pnpm: ['pnpm', 'add', '--ignore-scripts'],
};

/** A program of a user: an empty folder, and what is installed into it. */
export class Project {
  /** @private @param {string} folder */
  constructor(folder) {
    this.folder = folder;
  }

  /**
   * Makes one, and installs packages as their READMEs tell to, without running scripts.
   *
   * @param {string} folder
   * @param {Manager} manager
   * @param {readonly string[]} packages
   * @param {Registry} registry
   */
  static async create(folder, manager, packages, registry) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
    const [command = '', ...args] = installCommands[manager];
    await run(command, [...args, ...packages], { cwd: folder, env: registry.env });
    return new Project(folder);
  }

  /** The packages that are there now: the files of each by their names, with their sizes in bytes. */
  installed() {
    /** @type {Map<string, Map<string, number>>} */
    const packages = new Map();
    for (const entry of readdirSync(this.folder, { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      const [, name, inside] = /.*\/node_modules\/((?:@[^/.]+\/)?[^/.@][^/]*)\/(.*)$/.exec(file) ?? [];
      if (name === undefined || inside === undefined || !entry.isFile()) continue;
      const files = packages.get(name) ?? new Map();
      packages.set(name, files.set(inside, statSync(file).size));
    }
    return packages;
  }

  /**
   * Runs a program in it.
   *
   * @param {string} name of its file
   * @param {string} source
   * @param {string} [node]
   */
  async run(name, source, node = process.execPath) {
    const file = path.join(this.folder, name);
    writeFileSync(file, source);
    return await run(node, [file], { cwd: this.folder });
  }
}
