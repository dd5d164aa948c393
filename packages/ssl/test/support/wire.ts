// SPDX-License-Identifier: Apache-2.0
// A hop between two ends, which counts what passes, and may change it, hold it back, or cut the line.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from '@hp/testkit';

/** Where bytes go: `up` to the server, `down` to the client. */
export type Direction = 'up' | 'down';

/** What passes on instead of a chunk; nothing where it is empty. */
export type Change = (chunk: Buffer, direction: Direction) => readonly Buffer[] | Buffer;

interface Link {
  readonly client: Socket;
  readonly server: Socket;
}

export class Wire implements AsyncDisposable {
  /** Bytes that have come to the hop, of all connections. */
  readonly bytes: Record<Direction, number> = { up: 0, down: 0 };
  /** What is done to each chunk from now on. */
  change: Change = (chunk) => chunk;
  readonly #links: Link[] = [];
  readonly #server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#join(client));
  readonly #target: number;

  private constructor(target: number) {
    this.#target = target;
  }

  /** A hop to a port of loopback. */
  static async to(target: number): Promise<Wire> {
    const wire = new Wire(target);
    wire.#server.listen(0, '127.0.0.1');
    await once(wire.#server, 'listening');
    return wire;
  }

  /** Where to connect to. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Puts bytes in between. */
  insert(direction: Direction, bytes: Uint8Array): void {
    for (const link of this.#links) target(link, direction).write(bytes);
  }

  /** Tells one end that the other has finished sending. */
  finish(direction: Direction): void {
    for (const link of this.#links) target(link, direction).end();
  }

  /** Resets the connection of one end. */
  reset(direction: Direction): void {
    for (const link of this.#links) target(link, direction).resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const { client, server } of this.#links) {
      client.destroy();
      server.destroy();
    }
    await closed;
  }

  #join(client: Socket): void {
    const server = connect({ port: this.#target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    this.#links.push({ client, server });
    this.#pass(client, server, 'up');
    this.#pass(server, client, 'down');
  }

  #pass(from: Socket, to: Socket, direction: Direction): void {
    from.on('data', (chunk) => {
      this.bytes[direction] += chunk.length;
      from.pause();
      void this.#write(to, this.change(chunk, direction)).then(() => from.resume());
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
  }

  /** One part after the other: many that queue up leave together, and Wine refused 1,482 of them (EMSGSIZE). */
  async #write(to: Socket, changed: readonly Buffer[] | Buffer): Promise<void> {
    for (const part of Buffer.isBuffer(changed) ? [changed] : changed) {
      if (part.length !== 0) await new Promise((written) => to.write(part, written));
    }
  }
}

function target({ client, server }: Link, direction: Direction): Socket {
  return direction === 'up' ? server : client;
}
