// SPDX-License-Identifier: Apache-2.0
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { lastWords } from './last-words.js';
import { nativeProgram } from './paths.js';
import { loadCore, pinned } from './pinning.js';
import type { Sample } from './results.js';
import { cpuTicks, residentBytes, type Server } from './server.js';

/** What the load generator prints. */
export interface LoadReport {
  messages: number;
  bytes: number;
  seconds: number;
  rate: number;
  p50Microseconds: number;
  p99Microseconds: number;
  maxMicroseconds: number;
  errors: number;
  /** Datagrams that did not come back in time. */
  lost: number;
  serverCpuSeconds: number;
  serverResidentBytes: number;
}

type LoadGenerator = ChildProcessByStdio<Writable, Readable, Readable>;

const settleMs = 500;

function spawnLoadGenerator(server: Server, load: readonly string[]): LoadGenerator {
  const target = ['--port', String(server.port), '--server-pid', String(server.pid)];
  const [program, ...args] = pinned(loadCore, [nativeProgram('load_generator'), ...target, ...load]);
  return spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Runs the load generator to its end; throws when a byte was wrong or a connection was lost (with `--mode handshake` that is counted). */
export async function runLoad(server: Server, load: readonly string[]): Promise<LoadReport> {
  const child = spawnLoadGenerator(server, load);
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (child.exitCode !== 0) throw new Error(lastWords(errors));
  return JSON.parse(output) as LoadReport;
}

export async function measureLoad(server: Server, load: readonly string[]): Promise<Sample['metrics']> {
  const before = cpuTicks(server.pid);
  const report = await runLoad(server, load);
  const after = cpuTicks(server.pid);
  const system = after.system - before.system;
  return {
    cpuMicroseconds: (report.serverCpuSeconds * 1e6) / report.messages,
    kernelShare: system / (system + after.user - before.user),
    rate: report.rate,
    p50Microseconds: report.p50Microseconds,
    p99Microseconds: report.p99Microseconds,
    residentBytes: report.serverResidentBytes,
    ...(report.lost > 0 ? { lost: report.lost } : {}),
  };
}

/**
 * What the server's memory grows by while the generator holds connections that say nothing. The server
 * has served before, so that what it sets up once is not counted as the connections'.
 */
export async function measureIdleMemory(server: Server, load: readonly string[]): Promise<Sample['metrics']> {
  // What the transport is stands first.
  const transport = load.slice(0, load[0] === '--transport' ? 2 : 0);
  await runLoad(server, [...transport, '--connections', '100', '--messages', '2000']);
  await delay(settleMs);
  const before = residentBytes(server.pid);
  const child = spawnLoadGenerator(server, load);
  const closed = once(child, 'close');
  const errors = text(child.stderr);
  for await (const line of child.stdout) {
    const { connections } = JSON.parse(String(line)) as { connections: number };
    await delay(settleMs);
    const after = residentBytes(server.pid);
    child.stdin.end();
    await closed;
    return { bytesPerConnection: (after - before) / connections, residentBytes: after };
  }
  await closed;
  throw new Error(lastWords(await errors));
}
