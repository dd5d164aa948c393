// SPDX-License-Identifier: Apache-2.0
// What is run on Windows.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { nodeOf } from './guest.mjs';
import { nativePackages, places } from './places.mjs';
import { Outcome, readGtest, readVitest } from './report.mjs';

/** @import { Wine } from './wine.mjs' */

/** The programs of C++ tests that have been built. (Those of `@hp/ssl` would need an OpenSSL for Windows.) */
function testPrograms() {
  return nativePackages
    .map(({ crossBuild }) => path.join(crossBuild, 'test-native'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('_test.exe'))
        .sort()
        .map((file) => path.join(folder, file)),
    );
}

/** The C++ tests, each program once. @param {Wine} wine @param {number} timeoutMs for each */
export async function runNativeTests(wine, timeoutMs) {
  const outcome = new Outcome();
  for (const program of testPrograms()) {
    const name = path.basename(program, '.exe');
    const output = path.join(places.results, `${name}.log`);
    const code = await wine.run(program, [`--gtest_output=xml:${name}.xml`], {
      cwd: places.results,
      output,
      timeoutMs,
    });
    const report = path.join(places.results, `${name}.xml`);
    if (existsSync(report)) outcome.add(readGtest(report));
    if (code !== 0) outcome.failed.push(`${name} ended with ${code}:\n${tailOf(output)}`);
  }
  return outcome;
}

/**
 * Tests of the packages in one version of Node.
 *
 * @param {Wine} wine
 * @param {string} version of Node
 * @param {string} name for the files of this run
 * @param {{ filters?: readonly string[], env?: NodeJS.ProcessEnv, timeoutMs: number }} options
 */
export async function runPackageTests(wine, version, name, { filters = [], env = {}, timeoutMs }) {
  const report = path.join(places.results, `${name}.json`);
  const output = path.join(places.results, `${name}.log`);
  const code = await wine.run(
    nodeOf(version),
    [
      ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.windows.config.js'],
      ['--reporter=verbose', '--reporter=json', `--outputFile=${report}`],
      filters,
    ].flat(),
    // Every test once; what fails only now and then is repeated a few times.
    { cwd: places.guest, env: { NO_COLOR: '1', HP_TEST_REPEATS: '10', ...env }, output, timeoutMs },
  );
  const outcome = existsSync(report) ? readVitest(report) : new Outcome();
  if (code !== 0) outcome.failed.push(`vitest ended with ${code}:\n${failuresIn(output)}`);
  return outcome;
}

/** The demos' own smoke run. @param {Wine} wine @param {string} version @param {number} timeoutMs */
export async function runDemos(wine, version, timeoutMs) {
  const outcome = new Outcome();
  const output = path.join(places.results, `demos-${version}.log`);
  const args = ['apps/demos/dist/cli.js', '--smoke'];
  const code = await wine.run(nodeOf(version), args, { cwd: places.guest, output, timeoutMs });
  process.stdout.write(tailOf(output));
  if (code === 0) outcome.passed++;
  else outcome.failed.push(`the demos ended with ${code}`);
  return outcome;
}

/** @param {string} file */
function tailOf(file) {
  return readFileSync(file, 'utf8').split('\n').slice(-40).join('\n');
}

/** What vitest says of failures, which is behind its list of tests. @param {string} file */
function failuresIn(file) {
  const text = readFileSync(file, 'utf8');
  const start = text.search(/^.*(Failed (Tests|Suites)|Unhandled Errors)/m);
  return start < 0 ? tailOf(file) : text.slice(start, start + 8000);
}
