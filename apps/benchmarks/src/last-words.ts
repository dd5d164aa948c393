// SPDX-License-Identifier: Apache-2.0

/** The line of a failed process's error output that says why it failed. */
export function lastWords(errorOutput: string): string {
  const lines = errorOutput.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /^[\w ]*error( \[\w+\])?:/i.test(line)) ?? lines[0] ?? 'ended without a word';
}
