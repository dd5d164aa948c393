// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { lastWords } from './last-words.js';
import type { Peer } from './peers.js';
import { pinned, serverCore } from './pinning.js';

export interface Server extends AsyncDisposable {
  pid: number;
  port: number;
}

/** Starts a peer's process and waits until it listens; throws with its last words when it ends instead. */
export async function startServer(peer: Peer): Promise<Server> {
  const [program, ...args] = pinned(serverCore, peer.command());
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  await once(child, 'spawn');
  const closed = once(child, 'close');
  const errors = text(child.stderr);
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await closed;
  };
  child.stdout.setEncoding('utf8');
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    const port = /^listening (\d+)\n/m.exec(output)?.[1];
    if (port !== undefined && child.pid !== undefined) {
      return { pid: child.pid, port: Number(port), [Symbol.asyncDispose]: stop };
    }
  }
  await stop();
  throw new Error(lastWords(await errors));
}

export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

/** User and system time of a process so far, in the kernel's ticks. */
export function cpuTicks(pid: number): { user: number; system: number } {
  // The program's name, in parentheses, may hold blanks.
  const [, fields = ''] = /\) (.*)$/m.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
  const [user, system] = fields.split(' ').slice(11, 13).map(Number);
  return { user: user ?? 0, system: system ?? 0 };
}

export function openSockets(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((fd) => isSocket(`${folder}/${fd}`)).length;
}

function isSocket(link: string): boolean {
  try {
    return readlinkSync(link).startsWith('socket:');
  } catch {
    return false; // Closed since it was listed.
  }
}
