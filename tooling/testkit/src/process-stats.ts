// SPDX-License-Identifier: Apache-2.0
// What a process says of itself, and what Linux tells about it in /proc.
import { readdirSync, readFileSync } from 'node:fs';

/** How many descriptors this process has open. Linux alone. */
export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** How many more descriptors this process may open. Linux alone. */
export function freeDescriptorCount(): number {
  return readNumber('/proc/self/limits', /^Max open files\s+(\d+)/m) - openDescriptors();
}

/** How many threads this process has. Linux alone. */
export function threadCount(): number {
  return readNumber('/proc/self/status', /^Threads:\s+(\d+)/m);
}

/** User and system CPU time of this process so far. */
export function cpuTimeMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function readNumber(file: string, pattern: RegExp): number {
  const match = pattern.exec(readFileSync(file, 'utf8'));
  if (match === null) throw new Error(`${file} has no line like ${String(pattern)}`);
  return Number(match[1]);
}
