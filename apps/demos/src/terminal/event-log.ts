// SPDX-License-Identifier: Apache-2.0
import { describeError, errorName, type SocketAddress, SocketOperation } from '@hp/tcp';
import { type Message, UNCOUNTED } from '../messages/message.js';
import { type Color, paint as paintTerminal, type Paint } from './color.js';
import { endpoint, printable, quantity, timeOfDay } from './text.js';

const PREVIEW_CHARACTERS = 60;

/** What comes about, what is said, and what ends, each in a colour of its own. */
const colors: Readonly<Record<string, Color>> = {
  onAccept: 'green',
  onConnect: 'green',
  onHandshake: 'green',
  onReceive: 'cyan',
  message: 'cyan',
  onSend: 'blue',
  onReject: 'red',
};

/** How a connection ended: `closed`, or the operation and code that ended it, and what else is known of it. */
export function describeClose(operation: SocketOperation, errorCode: number, reason?: string): string {
  if (errorCode === 0) return 'closed';
  const more = reason === undefined ? '' : `: ${printable(reason)}`;
  return `${SocketOperation[operation]} failed with ${errorCode}: ${describeError(errorCode)} (${errorName(errorCode)})${more}`;
}

/** Shows events: the time, the connection's id, the name of the event, and what there is to say. */
export class EventLog {
  readonly #print: (line: string) => void;
  readonly #paint: Paint;

  constructor(print: (line: string) => void, paint: Paint = paintTerminal) {
    this.#print = print;
    this.#paint = paint;
  }

  /** An event; `id` is absent where it is about the component. */
  readonly event = (name: string, id?: number, detail = ''): void => {
    this.#show(name, id, detail, colors[name] ?? 'bold');
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
    const color = errorCode === 0 ? 'yellow' : 'red';
    this.#show('onClose', id, describeClose(operation, errorCode, reason), color);
  }

  #show(name: string, id: number | undefined, detail: string, color: Color): void {
    const time = this.#paint('dim', timeOfDay());
    const who = (id === undefined ? '' : `#${id}`).padEnd(5);
    // Trailing blanks of a name that nothing follows would show in no colour either.
    const what = detail === '' ? name : `${name.padEnd(16)} `;
    this.#print(`${time}  ${who} ${this.#paint(color, what)}${detail}`);
  }
}

/** Bytes as text: how many, and the first of them. */
export function describeData(data: Buffer): string {
  const text = data.toString('utf8', 0, 4 * PREVIEW_CHARACTERS).trimEnd();
  return `${quantity(data.length, 'byte')}: ${printable(text, PREVIEW_CHARACTERS)}`;
}
