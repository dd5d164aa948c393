// SPDX-License-Identifier: Apache-2.0
// What the results of the test runners say, in one form.
import { readFileSync } from 'node:fs';
import { reasonToSkip, skips } from '../../windows/guest/skips.mjs';

/** @typedef {{ name: string, reason: string }} SkippedTest */

/** The outcome of one run. */
export class Outcome {
  passed = 0;
  /** @type {string[]} */
  failed = [];
  /** @type {SkippedTest[]} */
  skipped = [];

  /** @param {Outcome} other */
  add(other) {
    this.passed += other.passed;
    this.failed.push(...other.failed);
    this.skipped.push(...other.skipped);
  }

  toString() {
    return `${this.passed} passed, ${this.failed.length} failed, ${this.skipped.length} skipped`;
  }
}

/** @typedef {{ fullName: string, status: string }} VitestAssertion */
/** @typedef {{ name: string, status: string, message?: string, assertionResults: VitestAssertion[] }} VitestFile */

/** @param {string} file a JSON report of vitest's, written inside the guest */
export function readVitest(file) {
  /** @type {{ testResults: VitestFile[] }} */
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const outcome = new Outcome();
  for (const { name, status, assertionResults } of report.testResults) {
    const test = name.replaceAll('\\', '/').replace(/^.*\/guest\//, '');
    if (status === 'failed' && assertionResults.length === 0) outcome.failed.push(test);
    for (const assertion of assertionResults) countVitest(outcome, test, assertion);
  }
  return outcome;
}

/** @param {Outcome} outcome @param {string} file @param {VitestAssertion} assertion */
function countVitest(outcome, file, { fullName, status }) {
  const name = `${file}: ${fullName}`;
  if (status === 'passed') {
    outcome.passed++;
  } else if (status === 'failed') {
    outcome.failed.push(name);
  } else {
    const reason = reasonToSkip(file, fullName);
    if (reason === undefined) outcome.failed.push(`${name} (skipped, and skips.json does not say why)`);
    else outcome.skipped.push({ name, reason });
  }
}

/** @param {string} file an XML report of GoogleTest's */
export function readGtest(file) {
  const outcome = new Outcome();
  const [, ...testCases] = readFileSync(file, 'utf8').split('<testcase ');
  for (const testCase of testCases) {
    const [name = '', suite = ''] = ['name', 'classname'].map((key) => attribute(testCase, key));
    const title = `${suite}.${name}`;
    if (testCase.includes('<failure ')) outcome.failed.push(title);
    else if (!testCase.includes('<skipped ')) outcome.passed++;
    else
      outcome.skipped.push({
        name: title,
        reason: attribute(testCase, 'message').split('&#x0A;').at(-1) ?? '',
      });
  }
  return outcome;
}

/** @param {string} xml @param {string} name */
function attribute(xml, name) {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(xml)?.[1] ?? '';
}

/** What skips.json names and no test answers to. @param {Outcome} outcome */
export function staleSkips({ skipped }) {
  return skips.flatMap(({ file, tests = [''] }) =>
    tests
      .filter((part) => !skipped.some(({ name }) => name.startsWith(`${file}: `) && name.includes(part)))
      .map((part) => `skips.json names a test that is not there: ${file}: ${part}`),
  );
}

/** The skipped tests by reason, each with how often it was skipped. @param {Outcome} outcome */
export function describeSkips({ skipped }) {
  const lines = new Map();
  for (const { name, reason } of skipped) {
    const names = lines.get(reason) ?? new Map();
    lines.set(reason, names.set(name, (names.get(name) ?? 0) + 1));
  }
  const paragraphs = Array.from(lines, ([reason, names]) => {
    const list = Array.from(names, ([name, count]) => `    ${count} x ${name}`);
    return [`  ${reason}:`, ...list].join('\n');
  });
  return ['Skipped:', ...paragraphs].join('\n');
}
