// SPDX-License-Identifier: Apache-2.0
// An echo server in a process of its own: its memory is measured.
import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { once } from '@hp/testkit';
import type { ComponentStats, SslVersion } from '@hp/ssl';
import { certifyChildren } from './child-certificates.js';

/** What a server uses and has done. */
export interface Figures {
  readonly bytesInUse: number;
  readonly connectionCount: number;
  readonly stats: ComponentStats;
}

export class MeasuredServer implements AsyncDisposable {
  private constructor(
    readonly port: number,
    readonly child: ChildProcess,
  ) {}

  /** @param maxVersion - the newest version that it speaks. */
  static async start(workerThreadCount: number, maxVersion: SslVersion): Promise<MeasuredServer> {
    certifyChildren();
    const script = path.join(import.meta.dirname, '../children/echo-server.mjs');
    // What JavaScript makes and forgets is not what is measured.
    const execArgv = ['--expose-gc', '--max-semi-space-size=1'];
    const child = fork(script, [String(workerThreadCount), maxVersion], { execArgv });
    const [port] = (await once(child, 'message')) as [number];
    return new MeasuredServer(port, child);
  }

  async look(): Promise<Figures> {
    this.child.send('look');
    return (await once(this.child, 'message'))[0] as Figures;
  }

  /** Looks until what it sees is what is waited for. */
  async lookUntil(isReached: (figures: Figures) => boolean): Promise<Figures> {
    for (;;) {
      const figures = await this.look();
      if (isReached(figures)) return figures;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill();
    await exited;
  }
}
