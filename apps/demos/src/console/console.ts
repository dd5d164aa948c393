// SPDX-License-Identifier: Apache-2.0
import { EventFeed } from './event-feed.js';
import { PageServer } from './page-server.js';
import type { Sample } from './protocol.js';
import { Registry } from './registry.js';
import { Session } from './session.js';

const UPDATE_MS = 200;
/** Samples are of this many updates. */
const UPDATES_OF_A_SAMPLE = 5;

/** The console: components, and the pages that show and run them. */
export class Console implements AsyncDisposable {
  readonly #feed: EventFeed = new EventFeed();
  readonly #registry: Registry = new Registry(this.#feed);
  readonly #sessions: Set<Session> = new Set();
  #server: PageServer | undefined;
  #timer: NodeJS.Timeout | undefined;
  #updates = 0;
  readonly #updateMs: number;

  /** @param updateMs - how often pages are told what is new. */
  constructor(updateMs: number = UPDATE_MS) {
    this.#updateMs = updateMs;
  }

  /**
   * Serves the page on loopback; returns its address.
   * @param port - 0: any that is free.
   * @throws DemoFailure where the port cannot be used, or the page is not built.
   */
  async open(port: number): Promise<string> {
    this.#server = await PageServer.open(port, (socket) => {
      const session = new Session(socket, this.#registry, this.#feed);
      this.#sessions.add(session);
      socket.on('close', () => this.#sessions.delete(session));
    });
    this.#timer = setInterval(() => this.#update(), this.#updateMs);
    return this.#server.url;
  }

  /** Stops every component and closes every page. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#server?.[Symbol.asyncDispose]();
    await this.#registry[Symbol.asyncDispose]();
  }

  #update(): void {
    const samples: readonly Sample[] =
      ++this.#updates % UPDATES_OF_A_SAMPLE === 0 ? this.#registry.samples() : [];
    const news = { components: this.#registry.views(), samples };
    for (const session of this.#sessions) session.update(news);
    this.#feed.refill();
  }
}
