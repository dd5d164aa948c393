// SPDX-License-Identifier: Apache-2.0
import { type ErrorCode, HandleResult, type SocketOperation } from '@hp/tcp';
import { describeClose, describeData } from '../terminal/event-log.js';
import type { ConnectionAccess } from './connection-access.js';
import type { EchoLoad } from './echo-load.js';
import type { EventFeed, EventSource } from './event-feed.js';
import type { EventName } from './protocol.js';

/** What is known of a connection beside what its component knows. */
export interface Traffic {
  readonly openedAt: number;
  bytesIn: number;
  bytesOut: number;
}

/** Hears every event of one component: logs it, counts, echoes, and tells the load. */
export class Observer {
  /** Calls of `onReceive` since it was made. */
  messages = 0;
  readonly traffic: Map<number, Traffic> = new Map();
  readonly #source: EventSource;
  readonly #feed: EventFeed;
  readonly #echoes: boolean;
  #access: ConnectionAccess | undefined;
  #load: EchoLoad | undefined;

  constructor(source: EventSource, feed: EventFeed, echoes: boolean) {
    this.#source = source;
    this.#feed = feed;
    this.#echoes = echoes;
  }

  /** Gets what only exists once the component does. */
  attach(access: ConnectionAccess, load: EchoLoad): void {
    this.#access = access;
    this.#load = load;
  }

  /** An event that is only logged. */
  note(name: EventName, id?: number, describe: () => string = () => ''): void {
    this.#feed.add(this.#source, name, id, describe);
  }

  /** A connection that is there from now on. */
  opened(name: 'onPrepareConnect' | 'onAccept', id: number, describe?: () => string): void {
    this.traffic.set(id, { openedAt: performance.now(), bytesIn: 0, bytesOut: 0 });
    this.note(name, id, describe);
  }

  /** @param sender - of a datagram that anyone can have sent. */
  received(id: number, data: Buffer, sender?: () => string): HandleResult {
    this.messages++;
    const traffic = this.traffic.get(id);
    if (traffic !== undefined) traffic.bytesIn += data.length;
    this.note(
      'onReceive',
      id,
      () => `${sender === undefined ? '' : `from ${sender()}, `}${describeData(data)}`,
    );
    this.#load?.received(id, data.length);
    const isDone = !this.#echoes || this.#access?.send(id, data) === true;
    return isDone ? HandleResult.Ok : HandleResult.Error;
  }

  sent(id: number, length: number): void {
    const traffic = this.traffic.get(id);
    if (traffic !== undefined) traffic.bytesOut += length;
    this.note('onSend', id, () => `${length} bytes`);
  }

  closed(id: number, operation: SocketOperation, errorCode: ErrorCode): void {
    this.traffic.delete(id);
    this.#load?.closed(id);
    this.note('onClose', id, () => describeClose(operation, errorCode, this.#access?.closeReason(id)));
  }
}
