// SPDX-License-Identifier: Apache-2.0
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** Starts a demo with these arguments, in a process of its own. */
export type Launch = (...args: readonly string[]) => DemoProcess;

const PATIENCE_MS = 20_000;

/** A process seen as a person sees it: what it prints, and what can be typed. */
export class DemoProcess implements AsyncDisposable {
  readonly #name: string;
  readonly #child: ChildProcessWithoutNullStreams;
  #output = '';
  #hasEnded = false;
  #onChange: () => void = () => undefined;

  constructor(command: string, args: readonly string[]) {
    this.#name = [command, ...args].join(' ');
    this.#child = spawn(command, args);
    this.#child.on('error', (error) => this.#take(String(error)));
    this.#child.on('close', () => {
      this.#hasEnded = true;
      this.#onChange();
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => this.#take(text));
    }
    // What is typed after the end of the process is lost, as it is on a terminal.
    this.#child.stdin.on('error', () => undefined);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Everything it has printed so far. */
  get output(): string {
    return this.#output;
  }

  /** Types a line. */
  type(line: string): void {
    this.write(`${line}\n`);
  }

  /** Types without ending the line. */
  write(text: string): void {
    this.#child.stdin.write(text);
  }

  /** Waits until `pattern` is in the output. */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    await this.#until(() => pattern.test(this.#output) || this.#hasEnded, `did not show ${String(pattern)}`);
    const found = pattern.exec(this.#output);
    if (found === null) throw this.#failure(`ended without showing ${String(pattern)}`);
    return found;
  }

  /** The port it says it listens on. */
  async port(): Promise<string> {
    const [, port = ''] = await this.shows(/listening on \S+:(\d+)\n/);
    return port;
  }

  /** Waits until it ends by itself, with this exit code. */
  async exits(code: number): Promise<void> {
    await this.#until(() => this.#hasEnded, 'did not end');
    const { exitCode, signalCode } = this.#child;
    if (exitCode === code) return;
    throw this.#failure(`ended with ${signalCode ?? `exit code ${String(exitCode)}`} instead of ${code}`);
  }

  /** Ends its input. */
  endInput(): void {
    this.#child.stdin.end();
  }

  /** Ends its input, and waits until it ends well. */
  async quits(): Promise<void> {
    this.endInput();
    await this.exits(0);
  }

  /** Sends it a signal, as Ctrl-C does. */
  interrupt(signal: NodeJS.Signals = 'SIGINT'): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.kill('SIGKILL');
    await this.#until(() => this.#hasEnded, 'could not be killed');
  }

  #take(text: string): void {
    this.#output += text;
    this.#onChange();
  }

  #until(isTrue: () => boolean, complaint: string): Promise<void> {
    if (isTrue()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(this.#failure(complaint)), PATIENCE_MS);
      this.#onChange = () => {
        if (!isTrue()) return;
        clearTimeout(timer);
        this.#onChange = () => undefined;
        resolve();
      };
    });
  }

  #failure(complaint: string): Error {
    return new Error(`'${this.#name}' ${complaint}. It printed:\n${this.#output}`);
  }
}
