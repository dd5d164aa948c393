// SPDX-License-Identifier: Apache-2.0
import type { EventFeed } from './event-feed.js';
import { ManagedComponent } from './managed-component.js';
import { type ComponentOptions, initialOptions, type KindName } from './kinds.js';
import type { ComponentView, ConnectionSlice, Sample } from './protocol.js';
import { RequestError } from './reading.js';
import { Sampler } from './sampler.js';

const MAX_COMPONENTS = 50;

/** A component with what measures it. */
interface Entry {
  readonly managed: ManagedComponent;
  readonly sampler: Sampler;
}

/** The components of a console, each by its id. */
export class Registry implements AsyncDisposable {
  readonly #feed: EventFeed;
  readonly #entries: Map<number, Entry> = new Map();
  #lastId = 0;

  constructor(feed: EventFeed) {
    this.#feed = feed;
  }

  /** Makes a component and starts it; returns its id. What cannot be started is forgotten. */
  async create(kind: KindName, given: Partial<ComponentOptions>): Promise<number> {
    if (this.#entries.size >= MAX_COMPONENTS) {
      throw new RequestError(`there are ${MAX_COMPONENTS} components already; remove some`);
    }
    const id = ++this.#lastId;
    const options = { ...initialOptions(kind), ...given };
    const managed = await ManagedComponent.create({ id, kind, options }, this.#feed);
    this.#entries.set(id, { managed, sampler: new Sampler(id, managed) });
    try {
      await managed.start();
    } catch (error) {
      this.#entries.delete(id);
      throw error;
    }
    return id;
  }

  /** A component that is there; throws where there is none. */
  get(id: number): ManagedComponent {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new RequestError(`there is no component ${id}`);
    return entry.managed;
  }

  /** Forgets a component that is stopped. */
  remove(id: number): void {
    if (!this.get(id).isStopped) throw new RequestError('it still runs; stop it first');
    this.#entries.delete(id);
  }

  views(): ComponentView[] {
    return [...this.#entries.values()].map(({ managed }) => managed.view());
  }

  /** Some connections of a component; none of one that is not there. */
  slice(component: number, offset: number, limit: number): ConnectionSlice {
    const entry = this.#entries.get(component);
    return entry?.managed.slice(offset, limit) ?? { component, offset: 0, total: 0, rows: [] };
  }

  /** What each component has done since this was called last. */
  samples(): Sample[] {
    return [...this.#entries.values()].map(({ sampler }) => sampler.take());
  }

  /** Stops all of them. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ managed }) => managed.stop()));
  }
}
