// SPDX-License-Identifier: Apache-2.0
import type { Command } from 'commander';
import type { Launch } from './smoke/demo-process.js';

/** One demo as the command line knows it. */
export interface Demo {
  readonly name: string;
  /** What HP-Socket's guide calls it. */
  readonly original?: string;
  /** What it shows, in a few words. */
  readonly summary: string;
  /** Gives its command options and an action, or commands of its own. */
  readonly define: (command: Command) => void;
  /** Runs it briefly, in processes of its own; rejects where it does not do what it should. */
  readonly smoke: (launch: Launch) => Promise<void>;
}
