// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { once } from './once.js';
import { Waiters } from './waiters.js';

/** A datagram, and who sent it. */
export interface ReceivedDatagram {
  readonly data: Buffer;
  readonly address: string;
  readonly port: number;
}

export interface DatagramPeerOptions {
  /** Where it is bound; 127.0.0.1 by default. */
  readonly host?: string;
  readonly port?: number;
}

/** A socket of node:dgram: the other party of a component under test. Keeps what it receives. */
export class DatagramPeer implements AsyncDisposable {
  /** All datagrams so far, those of zero bytes included. */
  readonly datagrams: ReceivedDatagram[] = [];
  readonly #waiters = new Waiters();
  #isClosed = false;
  #onDatagram: ((datagram: ReceivedDatagram) => void) | undefined;

  private constructor(readonly socket: Socket) {
    socket.on('message', (data, { address, port }) => {
      const datagram = { data, address, port };
      this.datagrams.push(datagram);
      this.#onDatagram?.(datagram);
      this.#waiters.changed();
    });
    // What the other side refuses is that test's business.
    socket.on('error', () => {});
  }

  static async bind({ host = '127.0.0.1', port = 0 }: DatagramPeerOptions = {}): Promise<DatagramPeer> {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    socket.bind(port, host);
    await once(socket, 'listening');
    return new DatagramPeer(socket);
  }

  get host(): string {
    return this.socket.address().address;
  }

  get port(): number {
    return this.socket.address().port;
  }

  /** All datagrams so far, as text. */
  get texts(): string[] {
    return this.datagrams.map(({ data }) => String(data));
  }

  /** The `count`-th datagram, waiting for it. */
  async next(count = 1, timeoutMs = 10_000): Promise<ReceivedDatagram> {
    const what = () => `Datagram ${count} (so far: ${this.texts.slice(0, 20).join(', ')})`;
    await this.#waiters.until(() => this.datagrams.length >= count, what, timeoutMs);
    const datagram = this.datagrams[count - 1];
    if (datagram === undefined) throw new Error(`datagram ${count} has gone again`);
    return datagram;
  }

  /** The first datagram with this text, waiting for it. */
  async find(text: string, timeoutMs = 10_000): Promise<ReceivedDatagram> {
    const found = () => this.datagrams.find(({ data }) => String(data) === text);
    await this.#waiters.until(() => found() !== undefined, `The datagram '${text}'`, timeoutMs);
    const datagram = found();
    if (datagram === undefined) throw new Error(`the datagram '${text}' has gone again`);
    return datagram;
  }

  /** Sends a datagram to a port of its own host, or of another; resolves when the kernel has taken it. */
  async send(data: Uint8Array | string, port: number, host: string = this.host): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.socket.send(data, port, host, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** Answers what arrives from now on. */
  answer(reply: (datagram: ReceivedDatagram) => Uint8Array | string | undefined): this {
    this.#onDatagram = (datagram) => {
      const data = reply(datagram);
      if (data !== undefined) this.socket.send(data, datagram.port, datagram.address);
    };
    return this;
  }

  /** Gives the port back. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const closed = once(this.socket, 'close');
    this.socket.close();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** A port of loopback to which no datagram socket is bound, and none that the system chooses from. */
export async function closedDatagramPort(): Promise<number> {
  const port = 10_000 + randomInt(20_000);
  try {
    await using peer = await DatagramPeer.bind({ port });
    return peer.port;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE' || code === 'EACCES') return closedDatagramPort();
    throw error;
  }
}
