// SPDX-License-Identifier: Apache-2.0
// What Linux tells about a process in /proc.
import { readdirSync, readFileSync } from 'node:fs';

// The kernel reports CPU time in ticks of USER_HZ, which is 100 on every architecture Node runs on.
const msPerTick = 10;

/** How many descriptors the process has open. */
export function openDescriptors(pid: number = process.pid): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** How many more descriptors this process may open. */
export function freeDescriptorCount(): number {
  return readNumber('/proc/self/limits', /^Max open files\s+(\d+)/m) - openDescriptors();
}

/** The process's resident memory. */
export function residentBytes(pid: number = process.pid): number {
  return 1024 * readNumber(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB/m);
}

/** How many threads the process has. */
export function threadCount(pid: number = process.pid): number {
  return readNumber(`/proc/${pid}/status`, /^Threads:\s+(\d+)/m);
}

/** User and system CPU time of the process so far, in steps of 10 ms. */
export function cpuTimeMs(pid: number = process.pid): number {
  // The command name in parentheses may hold spaces; the fields that follow it do not.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return msPerTick * (Number(fields[11]) + Number(fields[12]));
}

function readNumber(file: string, pattern: RegExp): number {
  const match = pattern.exec(readFileSync(file, 'utf8'));
  if (match === null) throw new Error(`${file} has no line like ${String(pattern)}`);
  return Number(match[1]);
}
