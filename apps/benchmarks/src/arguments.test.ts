// SPDX-License-Identifier: Apache-2.0
import { expect, test, vi } from 'vitest';
import { parseArguments } from './arguments.js';

test('without arguments everything is measured', () => {
  expect(parseArguments([])).toEqual({
    cases: [],
    peers: [],
    rounds: 9,
    seconds: 0.5,
    warmupMs: 1000,
    command: 'npm run bench',
  });
});

test('names, numbers and files', () => {
  const args = ['--case', 'echo-50', 'churn', '--peer', 'ours', '--rounds', '3', '--seconds', '0.25'];
  expect(parseArguments([...args, '--json', 'out.json', '--report', 'folder'])).toMatchObject({
    cases: ['echo-50', 'churn'],
    peers: ['ours'],
    rounds: 3,
    seconds: 0.25,
    json: 'out.json',
    report: 'folder',
  });
});

test('quick is shorter and gives way to explicit numbers', () => {
  expect(parseArguments(['--quick', '--rounds', '5'])).toMatchObject({ rounds: 5, seconds: 0.3 });
});

test('the report goes to docs/benchmarks unless a folder is named', () => {
  expect(parseArguments(['--report']).report).toMatch(/\/docs\/benchmarks$/);
});

test.each([
  ['--case', 'nonsense'],
  ['--peer', 'nonsense'],
  ['--rounds', '0'],
  ['--seconds', '-1'],
])('refuses %s %s', (...args) => {
  const errors = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(process, 'exit').mockImplementation(() => {
    throw new Error('exit');
  });
  expect(() => parseArguments(args)).toThrow('exit');
  expect(String(errors.mock.calls[0]?.[0])).toContain(args[0]);
  vi.restoreAllMocks();
});
