// SPDX-License-Identifier: Apache-2.0
import { describeError, HpSocketError, ServiceState } from '@hp/tcp';
import { endpoint } from '../terminal/text.js';
import { createComponent, type Made } from './create-component.js';
import { EchoLoad } from './echo-load.js';
import type { EventFeed } from './event-feed.js';
import { canLoad, className, type ComponentOptions, type KindName, kinds } from './kinds.js';
import { Observer } from './observer.js';
import type { ComponentState, ComponentView, ConnectionSlice, ConnectionView, Load } from './protocol.js';
import { RequestError } from './reading.js';

const states: Readonly<Record<ServiceState, ComponentState>> = {
  [ServiceState.Starting]: 'starting',
  [ServiceState.Started]: 'started',
  [ServiceState.Stopping]: 'stopping',
  [ServiceState.Stopped]: 'stopped',
};

/** What a component is made of. */
export interface ComponentPlan {
  readonly id: number;
  readonly kind: KindName;
  readonly options: ComponentOptions;
}

/** One component that the page runs. */
export class ManagedComponent {
  readonly made: Made;
  readonly observer: Observer;
  readonly load: EchoLoad;
  readonly #plan: ComponentPlan;
  readonly #name: string;
  #problem = '';

  private constructor(plan: ComponentPlan, made: Made, observer: Observer) {
    this.#plan = plan;
    this.#name = nameOf(plan);
    this.made = made;
    this.observer = observer;
    this.load = new EchoLoad(made.access);
    observer.attach(made.access, this.load);
  }

  /** Makes it; it does not run yet. Throws where an option is wrong. */
  static async create(plan: ComponentPlan, feed: EventFeed): Promise<ManagedComponent> {
    const { id, kind, options } = plan;
    const source = { id, name: nameOf(plan) };
    const observer = new Observer(source, feed, options.echo && kinds[kind].role === 'server');
    return new ManagedComponent(plan, await createComponent(kind, options, observer), observer);
  }

  get isStopped(): boolean {
    return this.made.component.state === ServiceState.Stopped;
  }

  /** Starts it, and has an agent make its connections. */
  async start(): Promise<void> {
    this.#problem = '';
    this.load.stop();
    await this.made.start();
    if (this.made.connect !== undefined) this.connect(this.#plan.options.connections);
  }

  async stop(): Promise<void> {
    this.load.stop();
    await this.made.component.stop();
  }

  /** Has an agent make that many connections. Those that fail are events, and the last is kept as the problem. */
  connect(count: number): void {
    const { connect } = this.made;
    if (connect === undefined) throw new RequestError(`a ${this.#plan.kind} makes no more connections`);
    for (let made = 0; made < count; made++) {
      connect().catch((error: unknown) => {
        if (!HpSocketError.isInstance(error)) throw error;
        if (this.made.component.hasStarted) this.#problem = error.message;
      });
    }
  }

  startLoad(load: Load): void {
    if (!canLoad(this.#plan.kind)) throw new RequestError(`a ${this.#plan.kind} takes no load`);
    if (!this.made.component.hasStarted) throw new RequestError('it does not run');
    this.load.start(load);
  }

  send(id: number, data: Uint8Array): void {
    this.#expect(this.made.access.send(id, data));
  }

  pause(id: number, isPaused: boolean): void {
    this.#expect(this.made.access.pause(id, isPaused));
  }

  disconnect(id: number): void {
    this.#expect(this.made.access.disconnect(id));
  }

  view(): ComponentView {
    const { id, kind, options } = this.#plan;
    const { component, access, listenAddress } = this.made;
    const listening = listenAddress?.();
    const load = this.load.load;
    return {
      id,
      kind,
      name: this.#name,
      state: states[component.state],
      place: endpoint(listening ?? options),
      ...(listening && { port: listening.port }),
      connectionCount: access.count(),
      problem: this.#problem,
      ...(load && { load }),
    };
  }

  /** Some of its connections. */
  slice(offset: number, limit: number): ConnectionSlice {
    const { access } = this.made;
    const rows = access.ids(offset, limit).map((id) => this.#viewConnection(id));
    return { component: this.#plan.id, offset, total: access.count(), rows };
  }

  #viewConnection(id: number): ConnectionView {
    const { access } = this.made;
    const traffic = this.observer.traffic.get(id);
    const isConnected = access.isConnected(id);
    const remote = access.remoteAddress(id);
    const isGone = remote !== undefined && !isConnected;
    const open = access.isPaused(id) ? 'paused' : 'open';
    return {
      id,
      state: isConnected ? open : isGone ? 'closing' : 'opening',
      local: isConnected ? endpoint(access.localAddress(id)) : '',
      remote: remote === undefined ? '' : endpoint(remote),
      ageMs: traffic === undefined ? 0 : performance.now() - traffic.openedAt,
      bytesIn: traffic?.bytesIn ?? 0,
      bytesOut: traffic?.bytesOut ?? 0,
      pending: access.pendingBytes(id),
    };
  }

  #expect(isDone: boolean): void {
    if (!isDone) throw new RequestError(`refused: ${describeError(this.made.component.lastErrorCode)}`);
  }
}

/** Its class and its id. */
function nameOf({ id, kind, options }: ComponentPlan): string {
  return `${className(kind, options)} ${id}`;
}
