// SPDX-License-Identifier: Apache-2.0
import type { DatagramPeer, NativeAddress } from './binding.js';
import type { DialledConnection } from './connection.js';
import type { Engine } from './engine.js';
import { ErrorCode } from './errors.js';
import type { Link } from './link.js';
import { binding } from './load-binding.js';

/** The datagram sockets of one engine: one for each link that has connections. */
export class DatagramSockets {
  /** Of a member of a group: the datagram that `onReceive` has in hand, and where in its memory stands who sent it. */
  inHand: { readonly memory: Buffer; readonly senderAt: number } | undefined;

  readonly #engine: Engine;
  readonly #handles: Map<Link, number> = new Map();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * Serves a socket that is bound: everybody who sends to it becomes a connection of `link`. The socket
   * belongs to the engine from now on, unless an error is returned.
   */
  serve(link: Link, handle: number): ErrorCode {
    const error = binding.serveDatagrams(this.#engine.native, link.native, handle);
    if (error === ErrorCode.Ok) this.#handles.set(link, handle);
    return error;
  }

  /**
   * Serves a socket that has one connection, and belongs to the engine from now on.
   * @param tellsLater - whether `onConnect` is told as an event; else before this returns.
   */
  adopt(connection: DialledConnection, handle: number, peer: DatagramPeer, tellsLater: boolean): void {
    const { id, link } = connection;
    const { native, dispatcher } = this.#engine;
    connection.isHandedOver = true;
    this.#handles.set(link, handle);
    const slot = binding.adoptDatagrams(native, link.native, id, handle, { ...peer, tells: tellsLater });
    if (!tellsLater) dispatcher.connected(slot, id);
  }

  /** The socket of a link, where it has one. */
  of(link: Link): number | undefined {
    return this.#handles.get(link);
  }

  /** The native core closes the sockets. */
  forget(): void {
    this.#handles.clear();
  }

  /** Datagrams that found no room in the sockets. */
  get lost(): number {
    let lost = 0;
    for (const handle of this.#handles.values()) lost += binding.lostDatagrams(handle);
    return lost;
  }

  /** Who sent the datagram in hand; `undefined` where there is none. */
  get sender(): NativeAddress | undefined {
    return this.inHand && binding.readSender(this.inHand.memory, this.inHand.senderAt);
  }
}
