// SPDX-License-Identifier: Apache-2.0
import type {
  Answer,
  ComponentView,
  ConnectionSlice,
  LoggedEvent,
  Message,
  Request,
  Sample,
  Update,
} from '../../src/console/protocol.js';

/** Samples that the charts show, one a second. */
export const HISTORY = 120;
/** Events that the page keeps. */
export const KEPT_EVENTS = 2000;

type Connection = 'connecting' | 'open' | 'closed';

/** What the console has told, and the way to ask it for something. */
export class ConsoleStore {
  connection: Connection = 'connecting';
  components: readonly ComponentView[] = [];
  connections: ConnectionSlice = { component: 0, offset: 0, total: 0, rows: [] };
  /** The last events; a new array whenever there are new ones. */
  events: readonly LoggedEvent[] = [];
  /** Events that the console has not told of. */
  leftOut = 0;
  /** The last samples of each component. */
  readonly history: Map<number, readonly Sample[]> = new Map();
  readonly #socket: WebSocket;
  readonly #listeners: Set<() => void> = new Set();
  readonly #waiting: Map<number, (answer: Answer) => void> = new Map();
  #lastRequest = 0;
  #lastEvent = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('open', () => this.#become('open'));
    socket.addEventListener('close', () => this.#become('closed'));
    socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(String(data)) as Message));
  }

  /** Has `listener` called whenever something has changed; returns what ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks for something. Rejects with the console's reason where it is not done. */
  ask(request: Request): Promise<Answer> {
    if (this.connection !== 'open') return Promise.reject(new Error('the console cannot be reached'));
    const number = ++this.#lastRequest;
    this.#socket.send(JSON.stringify({ ...request, request: number }));
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, (answer) => {
        if (answer.error === undefined) resolve(answer);
        else reject(new Error(answer.error));
      });
    });
  }

  clearEvents(): void {
    this.events = [];
    this.leftOut = 0;
    this.#changed();
  }

  #become(connection: Connection): void {
    this.connection = connection;
    if (connection === 'closed') {
      for (const [request, settle] of this.#waiting) {
        settle({ type: 'answer', request, error: 'the console has ended' });
      }
      this.#waiting.clear();
    }
    this.#changed();
  }

  #take(message: Message): void {
    if (message.type === 'answer') {
      this.#waiting.get(message.request)?.(message);
      this.#waiting.delete(message.request);
    } else {
      this.#update(message);
    }
  }

  #update({ components, connections, samples, events, lastEvent }: Update): void {
    this.components = components;
    this.connections = connections;
    this.leftOut += lastEvent - this.#lastEvent - events.length;
    this.#lastEvent = lastEvent;
    if (events.length > 0) this.events = [...this.events, ...events].slice(-KEPT_EVENTS);
    for (const sample of samples) {
      const before = this.history.get(sample.component) ?? [];
      this.history.set(sample.component, [...before, sample].slice(-HISTORY));
    }
    for (const id of this.history.keys()) {
      if (!components.some((component) => component.id === id)) this.history.delete(id);
    }
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
