// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { run } from './run.mjs';
import { root, workspacePackages } from './workspace.mjs';

/**
 * What is different for the tests of one package: `leaveOut`, more files in its `test` folder that do not run; `env`, more
 * of the environment.
 *
 * @typedef {{ leaveOut?: readonly string[], env?: NodeJS.ProcessEnv }} Different
 */

/**
 * Runs the tests of every published package once more, in another way than `npm test` does.
 *
 * Lifecycle tests, which take most of the time, repeat a fifth as often as there.
 *
 * @param {{
 *   node?: string,
 *   env?: NodeJS.ProcessEnv,
 *   leaveOut?: readonly string[],
 *   different?: Record<string, Different>,
 * }} how `leaveOut`: files in the `test` folders that do not run; `different`: by the name of a package
 * @returns {Promise<boolean>} whether all passed
 */
export async function testPackagesAgain({
  node = process.execPath,
  env = {},
  leaveOut = [],
  different = {},
}) {
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  // The results of `npm test` stay where they are.
  const start = [vitest, 'run', '--reporter=minimal', '--outputFile=/dev/null'];
  let passed = true;
  for (const { directory, manifest } of workspacePackages()) {
    if (manifest.private || manifest.scripts?.['test:unit'] === undefined) continue;
    console.log(manifest.name);
    const own = different[manifest.name] ?? {};
    const files = [...leaveOut, ...(own.leaveOut ?? [])];
    const args = [...start, ...files.map((file) => `--exclude=test/${file}.test.ts`)];
    const options = {
      cwd: directory,
      env: { ...process.env, HP_TEST_REPEATS: '20', ...env, ...own.env },
    };
    if ((await run(node, args, options)) !== 0) passed = false;
  }
  return passed;
}
