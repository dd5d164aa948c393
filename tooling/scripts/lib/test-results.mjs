// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { workspacePackages } from './workspace.mjs';

/** @typedef {'passed' | 'failed' | 'skipped'} Outcome */
/** @typedef {{ name: string, outcome: Outcome }} TestResult */
/** @typedef {{ fullName: string, status: string }} VitestAssertion */
/** @typedef {{ name: string, status: string, assertionResults: VitestAssertion[] }} VitestFile */

const vitestFile = 'test-results/vitest.json';
const ctestFile = 'test-results/ctest-debug.xml';

/**
 * @param {string} status of vitest or ctest
 * @returns {Outcome}
 */
function outcomeOf(status) {
  if (status === 'passed' || status === 'run') return 'passed';
  return status === 'failed' || status === 'fail' ? 'failed' : 'skipped';
}

/** @param {string} file @returns {TestResult[]} */
function readVitest(file) {
  /** @type {{ testResults: VitestFile[] }} */
  const report = JSON.parse(readFileSync(file, 'utf8'));
  return report.testResults.flatMap((testFile) => {
    // A file that fails while it is loaded has no tests to count.
    if (testFile.status === 'failed' && testFile.assertionResults.length === 0) {
      return [{ name: path.basename(testFile.name), outcome: outcomeOf('failed') }];
    }
    return testFile.assertionResults.map(({ fullName, status }) => ({
      name: fullName,
      outcome: outcomeOf(status),
    }));
  });
}

/** @param {string} file @returns {TestResult[]} */
function readCtest(file) {
  const testCases = readFileSync(file, 'utf8').matchAll(/<testcase name="(.*?)".*? status="(.*?)"/g);
  return Array.from(testCases, ([, name = '', status = '']) => ({ name, outcome: outcomeOf(status) }));
}

const reports = [
  { script: 'test:unit', file: vitestFile, read: readVitest, title: 'vitest' },
  { script: 'test:native', file: ctestFile, read: readCtest, title: 'C++ tests' },
];

export function removeTestResults() {
  for (const { directory } of workspacePackages()) {
    rmSync(path.join(directory, 'test-results'), { recursive: true, force: true });
  }
}

/**
 * One entry per test of the workspace. A suite without results counts as one test:
 * skipped when its script was left out on purpose, else failed.
 *
 * @param {readonly string[]} scriptsLeftOut
 * @returns {TestResult[]}
 */
export function collectTestResults(scriptsLeftOut) {
  return workspacePackages().flatMap(({ directory, manifest }) =>
    reports
      .filter(({ script }) => manifest.scripts?.[script] !== undefined)
      .flatMap(({ script, file, read, title }) => {
        const report = path.join(directory, file);
        if (existsSync(report)) return read(report);
        return [{ name: title, outcome: outcomeOf(scriptsLeftOut.includes(script) ? 'skipped' : 'failed') }];
      })
      .map(({ name, outcome }) => ({ name: `${manifest.name}: ${name}`, outcome })),
  );
}
