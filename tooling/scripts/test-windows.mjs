// SPDX-License-Identifier: Apache-2.0
// `npm run test:windows`: builds for Windows, and runs the tests there, which is under Wine.
import { mkdirSync, rmSync } from 'node:fs';
import { ensureInstalled } from './lib/install.mjs';
import { runTurbo } from './lib/turbo.mjs';
import { requireToolchain } from './lib/toolchain.mjs';
import { makeCertificates } from './windows/certificates.mjs';
import { installGuest, stageWorkspace } from './windows/guest.mjs';
import { checkImports } from './windows/imports.mjs';
import { runInterop } from './windows/interop.mjs';
import { crossBuild, installTools, makeWindows } from './windows/machine.mjs';
import { places } from './windows/places.mjs';
import { describeSkips, Outcome, staleSkips } from './windows/report.mjs';
import { runDemos, runNativeTests, runPackageTests } from './windows/runs.mjs';

/** @import { Wine } from './windows/wine.mjs' */

const begun = performance.now();
const total = new Outcome();

/**
 * Runs one step and says how long it took; the whole run ends where it takes too long.
 *
 * @template T
 * @param {string} name
 * @param {number} limitMs
 * @param {() => Promise<T>} step
 * @returns {Promise<T>}
 */
async function timed(name, limitMs, step) {
  const start = performance.now();
  const timer = setTimeout(() => {
    console.log(`${name}: not done after ${limitMs / 1000} s`);
    process.exit(1);
  }, limitMs);
  const result = await step();
  clearTimeout(timer);
  const seconds = Math.round((performance.now() - start) / 1000);
  console.log(`${name}: ${result instanceof Outcome ? `${result}, ` : ''}${seconds} s`);
  return result;
}

/** What it runs has time limits of its own. @param {string} name @param {() => Promise<Outcome>} step */
async function tests(name, step) {
  const outcome = await timed(name, 900_000, step);
  if (outcome.passed === 0) outcome.failed.push(`${name}: no test has passed`);
  total.add(outcome);
}

requireToolchain();
await ensureInstalled();
rmSync(places.results, { recursive: true, force: true });
for (const folder of [places.results, places.guest]) mkdirSync(folder, { recursive: true });
const built = await timed('build', 300_000, () =>
  runTurbo(['build', 'build:native', '--filter=!@hp/benchmarks', '--output-logs=errors-only']),
);
if (built !== 0) process.exit(1);

await timed('Debian packages', 300_000, installTools);
const [wine20, wine22] = await Promise.all([
  timed('Windows for Node 20', 300_000, () => makeWindows('20')),
  timed('Windows for Node 22', 300_000, () => makeWindows('22')),
  timed('npm packages', 200_000, installGuest),
  timed('cross-build', 600_000, crossBuild),
  timed('certificates', 600_000, makeCertificates),
]);
stageWorkspace();
await tests('OpenSSL in node.exe', () => Promise.resolve(checkImports(['20', '22'])));

/**
 * One version of Node. The modes of the reactors are shared between the versions, which halves the time, and
 * what works the addon hardest runs five times.
 *
 * @param {Wine} wine
 * @param {string} version
 * @param {string} mode
 */
async function testNode(wine, version, mode) {
  const env = { HP_TEST_MODE: mode, HP_TEST_CERTIFICATES: places.certificates };
  const on = `Node ${version}, ${mode}`;
  await tests(`packages, ${on}`, () =>
    runPackageTests(wine, version, `packages-${version}`, { env, timeoutMs: 860_000 }),
  );
  await tests(`addon, five times, ${on}`, () =>
    runPackageTests(wine, version, `addon-${version}`, {
      filters: ['packages/core-native/test/stream-filter'],
      env: { ...env, HP_TEST_ROUNDS: '5' },
      timeoutMs: 120_000,
    }),
  );
  await tests(`interop, ${on}`, () => runInterop(wine, version, 60_000));
  await tests(`demos, ${on}`, () => runDemos(wine, version, 120_000));
}

process.on('exit', () => {
  wine20.stop();
  wine22.stop();
});
await Promise.all([
  testNode(wine20, '20', 'one thread'),
  testNode(wine22, '22', 'two threads').then(() => tests('C++ tests', () => runNativeTests(wine22, 120_000))),
]);
total.failed.push(...staleSkips(total));

console.log(`\n${describeSkips(total)}`);
for (const failure of total.failed) console.log(`failed: ${failure}`);
const seconds = Math.round((performance.now() - begun) / 1000);
console.log(`On Windows, which is Wine here: ${total}; ${seconds} s`);
process.exitCode = total.failed.length === 0 ? 0 : 1;
