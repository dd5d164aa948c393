// SPDX-License-Identifier: Apache-2.0
import { AsyncLocalStorage } from 'node:async_hooks';
import { Link } from './link.js';

// Links outlive the call that makes them and serve others too: they take over no async context of it.
const outside = AsyncLocalStorage.snapshot();

/** The link of Node's own loop: one for all inline components of this thread, made on first use. */
let inlineLink: Link | undefined;

/** The thread that all threaded clients share, while there are any. */
let clientLink: Link | undefined;
let clientLinkUsers = 0;

/** Which links a component runs on. */
export interface LinkChoice {
  /** Threads; 0: Node's own loop. */
  readonly threads: number;
  /** Whether one thread serves all components that say so. */
  readonly isShared: boolean;
}

/** Gives a component its links. */
export function acquireLinks({ threads, isShared }: LinkChoice): readonly Link[] {
  if (threads === 0) {
    inlineLink ??= outside(() => new Link(-1));
    return [inlineLink];
  }
  if (isShared) {
    clientLink ??= outside(() => new Link(0));
    clientLinkUsers++;
    return [clientLink];
  }
  const links: Link[] = [];
  try {
    while (links.length < threads) links.push(outside(() => new Link(links.length)));
  } catch (error) {
    for (const link of links) link.close();
    throw error;
  }
  return links;
}

/** Takes the links of a component back; threads that nobody uses any more end. */
export function releaseLinks(links: readonly Link[], { threads, isShared }: LinkChoice): void {
  if (threads === 0) return;
  if (!isShared) {
    for (const link of links) link.close();
  } else if (--clientLinkUsers === 0) {
    clientLink?.close();
    clientLink = undefined;
  }
}
