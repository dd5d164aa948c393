// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { runTimed, timedOut } from '../lib/timed.mjs';

// Debian puts neither on PATH.
const wine64 = '/usr/lib/wine/wine64';
const wineserver = '/usr/lib/wine/wineserver64';

/** A Windows of its own: drives, registry, and the server process that all its programs share. */
export class Wine {
  /** @param {string} prefix the folder it lives in */
  constructor(prefix) {
    this.prefix = prefix;
    /** @type {NodeJS.ProcessEnv} */
    this.env = {
      ...process.env,
      WINEPREFIX: prefix,
      WINEARCH: 'win64',
      WINEDEBUG: '-all',
      WINEDLLOVERRIDES: 'mscoree,mshtml=',
    };
    delete this.env['DISPLAY'];
  }

  /**
   * Makes one that says it is Windows 10, which Node wants.
   *
   * @param {string} prefix
   * @param {string} log
   */
  static async create(prefix, log) {
    rmSync(prefix, { recursive: true, force: true });
    const wine = new Wine(prefix);
    for (const args of [
      ['wineboot', '-i'],
      ['winecfg', '-v', 'win10'],
    ]) {
      const code = await runTimed(wine64, args, { env: wine.env, output: log, timeoutMs: 120_000 });
      if (code !== 0) throw new Error(`wine ${args.join(' ')} ended with ${code}; see ${log}`);
    }
    wine.stop();
    return wine;
  }

  /** The folder that programs find DLLs in. */
  get systemFolder() {
    return path.join(this.prefix, 'drive_c/windows/system32');
  }

  /**
   * Runs a program and resolves to its exit code; what it prints goes to a file.
   *
   * @param {string} program
   * @param {readonly string[]} args
   * @param {{ cwd: string, env?: NodeJS.ProcessEnv, output: string, timeoutMs: number }} options
   */
  async run(program, args, { env, ...options }) {
    const code = await runTimed(wine64, [program, ...args], { ...options, env: { ...this.env, ...env } });
    // What it has started belongs to the server, and would go on.
    if (code === timedOut) this.stop();
    return code;
  }

  /** Ends every program, and waits until what they changed is on disk. */
  stop() {
    for (const option of ['-k', '-w']) {
      spawnSync(wineserver, [option], { env: this.env, stdio: 'ignore', timeout: 20_000 });
    }
  }
}
