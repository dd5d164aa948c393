// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto';
import { connect, createServer, type AddressInfo, type NetConnectOpts, type Socket } from 'node:net';
import { once } from './once.js';
import { Waiters } from './waiters.js';
import { within } from './within.js';

/** One end of a TCP connection made with node:net: the other party of a component under test. */
export class NetPeer implements AsyncDisposable {
  /** Settles when the other side has finished sending. */
  readonly ended: Promise<void>;
  /** Settles when the socket is closed, with the system's code (`'ECONNRESET'`) if that was an error. */
  readonly closed: Promise<string | undefined>;
  readonly #chunks: Buffer[] = [];
  readonly #waiters = new Waiters();
  #length = 0;

  /** @param reads - `false`: nothing is read until `resume`. */
  constructor(
    readonly socket: Socket,
    reads = true,
  ) {
    let code: string | undefined;
    socket.on('error', (error: NodeJS.ErrnoException) => (code = error.code ?? error.message));
    this.ended = new Promise((resolve) => void socket.once('end', resolve));
    this.closed = new Promise((resolve) => void socket.once('close', () => resolve(code)));
    if (reads) this.resume();
  }

  get port(): number {
    return this.socket.localPort ?? 0;
  }

  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get receivedLength(): number {
    return this.#length;
  }

  /** Everything received, once there are `length` bytes of it. */
  async receivedBytes(length: number, timeoutMs = 10_000): Promise<Buffer> {
    await this.#waiters.until(
      () => this.#length >= length,
      () => `The receipt of ${length} bytes (${this.#length} so far)`,
      timeoutMs,
    );
    return this.received;
  }

  /** Sends and resolves when the kernel has taken the bytes. */
  async send(data: Uint8Array | string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.socket.write(data, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** Finishes sending. */
  end(data: Uint8Array = new Uint8Array()): void {
    this.socket.end(data);
  }

  /** Ends the connection with a RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    if (this.socket.listenerCount('data') === 0) this.socket.on('data', (data) => this.#keep(data));
    this.socket.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }

  #keep(data: Buffer): void {
    this.#chunks.push(data);
    this.#length += data.length;
    this.#waiters.changed();
  }
}

export interface DialOptions {
  readonly host?: string;
  readonly localPort?: number;
  /** `false`: the peer reads nothing until `resume`. */
  readonly reads?: boolean;
}

/** Connects to a port of loopback. */
export async function dialPeer(port: number, options: DialOptions = {}): Promise<NetPeer> {
  const { host = '127.0.0.1', localPort, reads } = options;
  const where: NetConnectOpts = { host, port, allowHalfOpen: true };
  const socket = connect(localPort === undefined ? where : { ...where, localPort });
  const peer = new NetPeer(socket, reads);
  await once(socket, 'connect');
  return peer;
}

/** A listener of node:net that hands out what it accepts; closed by `await using`. */
export interface NetListener extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** The next connection that nobody has taken yet. */
  accepted(): Promise<NetPeer>;
}

export interface NetListenerOptions {
  readonly host?: string;
  readonly port?: number;
  /** `false`: the accepted peers read nothing until `resume`. */
  readonly reads?: boolean;
}

export async function netListener(options: NetListenerOptions = {}): Promise<NetListener> {
  const { host = '127.0.0.1', port = 0, reads } = options;
  const peers = new Set<NetPeer>();
  const ready: NetPeer[] = [];
  const takers: ((peer: NetPeer) => void)[] = [];
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: reads === false }, (socket) => {
    const peer = new NetPeer(socket, reads);
    peers.add(peer);
    const take = takers.shift();
    if (take === undefined) ready.push(peer);
    else take(peer);
  });
  server.listen(port, host);
  await once(server, 'listening');

  return {
    host,
    port: (server.address() as AddressInfo).port,
    async accepted() {
      const peer = ready.shift();
      if (peer !== undefined) return peer;
      const taken = new Promise<NetPeer>((resolve) => takers.push(resolve));
      return await within(taken, 10_000, 'A connection to the listener');
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const peer of peers) peer.socket.destroy();
      await closed;
    },
  };
}

/**
 * A port of loopback on which nobody listens. None of those that the system chooses from: a socket that binds
 * before it connects, as all do on Windows, may be given such a port again, and reach itself.
 */
export async function closedPort(): Promise<number> {
  const port = 10_000 + randomInt(20_000);
  try {
    await using listener = await netListener({ port });
    return listener.port;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Taken, or set aside by the system.
    if (code === 'EADDRINUSE' || code === 'EACCES') return closedPort();
    throw error;
  }
}
