// SPDX-License-Identifier: Apache-2.0

/**
 * How often to do what fails only now and then: `times`, or the share of it that `HP_TEST_REPEATS`
 * asks for, in percent, and at least `least`. Checks that run all tests once more, on another Node or
 * build, ask for less.
 */
export function repeats(times: number, least = 1): number {
  const percent = Number(process.env['HP_TEST_REPEATS'] ?? 100);
  return Math.max(least, Math.ceil((times * percent) / 100));
}
