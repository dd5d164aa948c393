// SPDX-License-Identifier: Apache-2.0
import { ErrorCode, SocketOperation } from '@hp/udp';

export const NOTICE: Buffer = Buffer.from('beb61febda5246ba923359dbbfe6c8e4', 'hex');

export interface ExpectedOptions {
  readonly maxDatagramSize: number;
  readonly maxConnections: number;
  readonly closeNotify: boolean;
}

/** What a server that echoes is to tell its listener and to send to its peers, said without any socket. */
export class ExpectedServer {
  readonly events: string[] = [];
  /** What its calls return. */
  readonly answers: boolean[] = [];
  readonly replies: Map<number, string[]> = new Map();
  /** Whether `onAccept` refuses. */
  refuses = false;
  readonly #ids = new Map<number, number>();
  #nextId = 1;

  constructor(readonly options: ExpectedOptions) {}

  /** The connection of a peer. */
  idOf(peer: number): number | undefined {
    return this.#ids.get(peer);
  }

  /** A datagram has come from a peer. */
  receive(peer: number, data: Buffer): void {
    const { maxDatagramSize, maxConnections, closeNotify } = this.options;
    const isTooLarge = data.length > maxDatagramSize;
    const isNotice = closeNotify && data.equals(NOTICE);
    const id = this.#ids.get(peer);
    if (id !== undefined) {
      if (isTooLarge) this.#end(peer, id, SocketOperation.Receive, ErrorCode.MessageSize, closeNotify);
      else if (isNotice) this.#end(peer, id, SocketOperation.Close, ErrorCode.Ok, false);
      else this.#take(peer, id, data);
    } else if (!isTooLarge && !isNotice) {
      if (this.#ids.size >= maxConnections) this.#reject(peer);
      else this.#meet(peer, data);
    }
  }

  /** The server ends the connection of a peer. */
  disconnect(peer: number): void {
    const id = this.#ids.get(peer);
    this.answers.push(id !== undefined);
    if (id === undefined) return;
    this.#end(peer, id, SocketOperation.Close, ErrorCode.Ok, this.options.closeNotify);
  }

  /** The server sends to a peer. */
  send(peer: number, data: Buffer): void {
    const { maxDatagramSize } = this.options;
    const isSent = this.#ids.has(peer) && data.length > 0 && data.length <= maxDatagramSize;
    this.answers.push(isSent);
    if (isSent) this.#reply(peer, data);
  }

  #meet(peer: number, data: Buffer): void {
    const id = this.#nextId++;
    this.events.push(`onAccept ${id}`);
    if (this.refuses) {
      if (this.options.closeNotify) this.#reply(peer, NOTICE);
      return;
    }
    this.#ids.set(peer, id);
    this.#take(peer, id, data);
  }

  #take(peer: number, id: number, data: Buffer): void {
    if (data.length !== 0) this.events.push(`onReceive ${id} ${data.toString('hex')}`);
    this.#reply(peer, data);
  }

  #reject(peer: number): void {
    this.events.push('onReject');
    if (this.options.closeNotify) this.#reply(peer, NOTICE);
  }

  #end(peer: number, id: number, operation: SocketOperation, errorCode: ErrorCode, isTold: boolean): void {
    this.#ids.delete(peer);
    this.events.push(`onClose ${id} ${operation} ${errorCode}`);
    if (isTold) this.#reply(peer, NOTICE);
  }

  #reply(peer: number, data: Buffer): void {
    this.replies.set(peer, [...(this.replies.get(peer) ?? []), data.toString('hex')]);
  }
}
