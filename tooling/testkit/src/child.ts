// SPDX-License-Identifier: Apache-2.0
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { once } from './once.js';
import { TemporaryDirectory } from './temporary-directory.js';

export interface ChildOptions {
  /** Added to this process's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The child is killed, and the call rejects, when it runs longer; 30 s by default. */
  readonly timeoutMs?: number;
  /** A command that runs the child, such as `['prlimit', '--nofile=64']`. */
  readonly wrapper?: readonly string[];
  /** Options for Node itself, such as `--expose-gc`. */
  readonly nodeOptions?: readonly string[];
}

export interface ChildResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a JavaScript file in a Node process of its own and resolves when that process has ended. What it prints
 * goes to files: the server of Wine 8 crashes now and then where Node closes a pipe to a child.
 */
export async function runChild(
  script: string,
  args: readonly string[] = [],
  { env = {}, timeoutMs = 30_000, wrapper = [], nodeOptions = [] }: ChildOptions = {},
): Promise<ChildResult> {
  const [command = '', ...rest] = [...wrapper, process.execPath, ...nodeOptions, script, ...args];
  await using directory = await TemporaryDirectory.create();
  await using stdout = await directory.open('stdout');
  await using stderr = await directory.open('stderr');
  const child = spawn(command, rest, {
    env: { ...process.env, ...env },
    stdio: ['ignore', stdout.fd, stderr.fd],
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  let failure: unknown;
  try {
    await once(child, 'close', timeoutMs);
  } catch (error) {
    failure = error;
    child.kill('SIGKILL');
    await closed;
  }
  const printed = { stdout: await directory.read('stdout'), stderr: await directory.read('stderr') };
  if (failure === undefined) return { code: child.exitCode, signal: child.signalCode, ...printed };
  throw new Error(`${script} did not end by itself\nstdout: ${printed.stdout}\nstderr: ${printed.stderr}`, {
    cause: failure,
  });
}

/** A program that runs beside the test, such as `nc`; killed by `await using`. */
export class Tool implements AsyncDisposable {
  /** Everything it prints; settles when it has closed its output. */
  readonly output: Promise<string>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #errors: Promise<string>;

  constructor(command: string, args: readonly string[]) {
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.output = text(this.#child.stdout);
    this.#errors = text(this.#child.stderr);
  }

  get stdin(): Writable {
    return this.#child.stdin;
  }

  get stdout(): Readable {
    return this.#child.stdout;
  }

  get stderr(): Readable {
    return this.#child.stderr;
  }

  /** Sends it a signal. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Its exit code, once it has ended by itself. */
  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null) await once(this.#child, 'close');
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await Promise.all([this.output, this.#errors]);
  }
}
