// SPDX-License-Identifier: Apache-2.0
import { describeError, errorName, type SocketAddress, SocketOperation } from '@hp/tcp';
import { type Message, UNCOUNTED } from '../messages/message.js';
import { endpoint, printable, quantity, timeOfDay } from './text.js';

const PREVIEW_CHARACTERS = 60;

/** How a connection ended: `closed`, or the operation and code that ended it, and what else is known of it. */
export function describeClose(operation: SocketOperation, errorCode: number, reason?: string): string {
  if (errorCode === 0) return 'closed';
  const more = reason === undefined ? '' : `: ${printable(reason)}`;
  return `${SocketOperation[operation]} failed with ${errorCode}: ${describeError(errorCode)} (${errorName(errorCode)})${more}`;
}

/** Shows events: the time, the connection's id, the name of the event, and what there is to say. */
export class EventLog {
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** An event; `id` is absent where it is about the component. */
  readonly event = (name: string, id?: number, detail = ''): void => {
    const who = id === undefined ? '' : `#${id}`;
    this.#print(`${timeOfDay()}  ${who.padEnd(5)} ${name.padEnd(16)} ${detail}`.trimEnd());
  };

  connected(id: number, remote: SocketAddress | undefined, local: SocketAddress | undefined): void {
    this.event('onConnect', id, `${endpoint(remote)} from ${endpoint(local)}`);
  }

  received(id: number, data: Buffer): void {
    this.event('onReceive', id, describeData(data));
  }

  /** The `onReceive` of who hears many. */
  heard(id: number, sender: SocketAddress | undefined, data: Buffer): void {
    this.event('onReceive', id, `from ${endpoint(sender)}, ${describeData(data)}`);
  }

  /** The `onReceive` of the PULL model. */
  arrived(id: number, available: number): void {
    this.event('onReceive', id, `${quantity(available, 'byte')} to fetch`);
  }

  /** A message has been fetched. */
  fetched(id: number, { sequence, body }: Message): void {
    const number = sequence === UNCOUNTED ? 'not counted' : String(sequence);
    this.event('message', id, `${number}, ${describeData(body)}`);
  }

  sent(id: number, length: number): void {
    this.event('onSend', id, quantity(length, 'byte'));
  }

  closed(id: number, operation: SocketOperation, errorCode: number, reason?: string): void {
    this.event('onClose', id, describeClose(operation, errorCode, reason));
  }
}

/** Bytes as text: how many, and the first of them. */
export function describeData(data: Buffer): string {
  const text = data.toString('utf8', 0, 4 * PREVIEW_CHARACTERS).trimEnd();
  return `${quantity(data.length, 'byte')}: ${printable(text, PREVIEW_CHARACTERS)}`;
}
