// SPDX-License-Identifier: Apache-2.0
import { HpSocketError } from '@hp/tcp';
import type { RawData, WebSocket } from 'ws';
import { DemoFailure } from '../failure.js';
import type { EventFeed } from './event-feed.js';
import type { Answer, ComponentView, Message, Request, Sample } from './protocol.js';
import { readHex, readNumber, readRequest } from './read-request.js';
import { Members, RequestError } from './reading.js';
import type { Registry } from './registry.js';

/** A page that has not taken that much yet gets nothing new. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
/** The reasons that WebSockets have for a close. */
const CLOSE_UNSUPPORTED = 1003;
const CLOSE_INVALID = 1007;

/** What every page is told. */
export interface News {
  readonly components: readonly ComponentView[];
  readonly samples: readonly Sample[];
}

/** One open page: carries out what it asks for, and tells it what is new. */
export class Session {
  readonly #socket: WebSocket;
  readonly #registry: Registry;
  readonly #feed: EventFeed;
  #watched: Request & { type: 'watch' } = { type: 'watch', component: 0, offset: 0, limit: 0 };
  #lastEvent = 0;

  constructor(socket: WebSocket, registry: Registry, feed: EventFeed) {
    this.#socket = socket;
    this.#registry = registry;
    this.#feed = feed;
    // A message that is too long, or broken, ends in a close by the library.
    socket.on('error', () => undefined);
    socket.on('message', (data, isBinary) => void this.#take(data, isBinary));
  }

  /** Tells what is new, unless the page is behind. */
  update({ components, samples }: News): void {
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) return;
    const { component, offset, limit } = this.#watched;
    const events = this.#feed.since(this.#lastEvent);
    this.#lastEvent = this.#feed.lastNumber;
    this.#send({
      type: 'update',
      components,
      connections: this.#registry.slice(component, offset, limit),
      samples,
      events,
      lastEvent: this.#lastEvent,
    });
  }

  async #take(data: RawData, isBinary: boolean): Promise<void> {
    if (isBinary) {
      this.#socket.close(CLOSE_UNSUPPORTED, 'only text is understood');
      return;
    }
    let members: Members;
    let request: number;
    try {
      members = new Members(JSON.parse((data as Buffer).toString()), 'a request');
      request = readNumber(members);
    } catch {
      this.#socket.close(CLOSE_INVALID, 'this is no request');
      return;
    }
    this.#send(await this.#answer(request, members));
  }

  async #answer(request: number, members: Members): Promise<Answer> {
    try {
      const component = await this.#carryOut(readRequest(members));
      return { type: 'answer', request, ...(component !== undefined && { component }) };
    } catch (error) {
      return { type: 'answer', request, error: messageFor(error) };
    }
  }

  /** Does what is asked for; returns the id of what it has made. */
  async #carryOut(request: Request): Promise<number | undefined> {
    const registry = this.#registry;
    switch (request.type) {
      case 'create':
        return registry.create(request.kind, request.options);
      case 'start':
        await registry.get(request.component).start();
        return undefined;
      case 'stop':
        await registry.get(request.component).stop();
        return undefined;
      case 'remove':
        registry.remove(request.component);
        return undefined;
      case 'connect':
        registry.get(request.component).connect(request.count);
        return undefined;
      case 'load':
        registry.get(request.component).startLoad(request.load);
        return undefined;
      case 'unload':
        registry.get(request.component).load.stop();
        return undefined;
      case 'send': {
        const { component, connection, encoding, data } = request;
        registry.get(component).send(connection, encoding === 'hex' ? readHex(data) : Buffer.from(data));
        return undefined;
      }
      case 'pause':
        registry.get(request.component).pause(request.connection, request.isPaused);
        return undefined;
      case 'disconnect':
        registry.get(request.component).disconnect(request.connection);
        return undefined;
      case 'watch':
        this.#watched = request;
        return undefined;
    }
  }

  #send(message: Message): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}

/** What the page is told of an error; one that is a bug ends the process, as everywhere else. */
function messageFor(error: unknown): string {
  if (error instanceof RequestError || error instanceof DemoFailure || HpSocketError.isInstance(error)) {
    return error.message;
  }
  throw error;
}
