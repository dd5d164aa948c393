// SPDX-License-Identifier: Apache-2.0
import { binding } from './load-binding.js';
import {
  COMMAND_BUFFER_BYTES,
  Control,
  EventKind,
  MAX_BATCH,
  RECEIVE_BORROWED,
  Record,
  RECORD_WORDS,
} from './boundary.js';
import type { NativeAddress, NativeLink } from './binding.js';
import { ReceiveBlocks, STAGING_BYTES } from './blocks.js';
import { Commands } from './commands.js';
import type { Engine } from './engine.js';
import { ConnectionState, type Connection } from './connection.js';
import { SocketError } from './enums.js';
import { HpSocketError } from './errors.js';
import { idHigh, idLow, idOf } from './id.js';
import { reportLater } from './uncaught.js';

/**
 * The bridge to one reactor. Events come up in batches, as records in shared memory; commands go
 * down in a buffer that is flushed at the end of the batch, or in a microtask outside of one.
 *
 * Hot path: the typed arrays are indexed within the bounds that native code and this class agree
 * on, hence the assertions on their elements.
 */
export class Link {
  readonly native: NativeLink;
  readonly blocks: ReceiveBlocks;
  readonly commands: Commands;

  /** By slot: those that have been met. */
  readonly #connections: (Connection | undefined)[] = [];
  readonly #engines: Map<number, Engine> = new Map();
  /** The engine of the last record that names one. */
  #lastEngine: Engine | undefined;
  readonly #control = new Uint32Array(Control.Words);
  readonly #records = new Uint32Array(MAX_BATCH * RECORD_WORDS);
  #users = 0;

  /** @param thread - the number of the reactor's thread within its component; -1: inline. */
  constructor(thread: number) {
    const lent = Buffer.allocUnsafeSlow(STAGING_BYTES + COMMAND_BUFFER_BYTES);
    const memory = {
      control: this.#control,
      records: this.#records,
      commands: lent.subarray(STAGING_BYTES),
    };
    const native = binding.createLink(this, (count) => this.#deliver(count), memory, thread);
    if (native === undefined) {
      throw new HpSocketError(
        SocketError.CpCreate,
        'No poller or thread could be made: the process is out of file descriptors or threads; raise its limits (ulimit -n, ulimit -u).',
      );
    }
    this.native = native;
    this.commands = new Commands(native, this.#control, lent);
    this.blocks = new ReceiveBlocks(native, this.#control, lent.subarray(0, STAGING_BYTES));
  }

  addEngine(engine: Engine): void {
    this.#engines.set(engine.index, engine);
    this.#setCacheLimits();
  }

  removeEngine(engine: Engine): void {
    this.#engines.delete(engine.index);
    this.#lastEngine = undefined;
    if (this.#engines.size !== 0) this.#setCacheLimits();
  }

  /** A reactor keeps as much for reuse as the most demanding of its components asks for. */
  #setCacheLimits(): void {
    let buffers = 0;
    let connections = 0;
    for (const { settings } of this.#engines.values()) {
      buffers = Math.max(buffers, settings.cachedBuffers);
      connections = Math.max(connections, settings.cachedConnections);
    }
    this.native.setCacheLimits(buffers, connections);
  }

  /** Its events go to this connection from now on. */
  attach(connection: Connection): void {
    this.#connections[connection.slot] = connection;
  }

  /** Ends the reactor. */
  close(): void {
    this.native.close();
  }

  /** Keeps the process alive; undone by as many calls of `unref`. */
  ref(): void {
    if (this.#users++ === 0) this.native.ref();
  }

  unref(): void {
    if (--this.#users === 0) this.native.unref();
  }

  /** Bytes of a connection that have been sent here and not yet been taken by the system. */
  pendingBytes(connection: Connection): number {
    this.commands.flush();
    const { id, slot } = connection;
    return this.native.pendingBytes(slot, idLow(id), idHigh(id), connection.sentBytes);
  }

  /** The descriptor of a connection's socket; -1 where there is none. */
  descriptor(connection: Connection): number {
    const { id, slot } = connection;
    return slot < 0 ? -1 : this.native.descriptor(slot, idLow(id), idHigh(id));
  }

  /** The peer of a connection; `undefined` where there is no socket. */
  remoteAddress({ id, slot }: Connection): NativeAddress | undefined {
    return slot < 0 ? undefined : this.native.remoteAddress(slot, idLow(id), idHigh(id));
  }

  /** Milliseconds since a connection was made. */
  connectPeriod(slot: number, id: number): number {
    return this.native.connectPeriod(slot, idLow(id), idHigh(id));
  }

  /** Milliseconds since a connection received something, or was made. */
  silencePeriod(slot: number, id: number): number {
    return this.native.silencePeriod(slot, idLow(id), idHigh(id));
  }

  /** One batch. Whatever a listener throws is kept for later: the batch is always handled whole. */
  #deliver(count: number): void {
    const records = this.#records;
    this.commands.beginBatch();
    for (let at = 0; at < count * RECORD_WORDS; at += RECORD_WORDS) {
      try {
        this.#dispatch(records, at);
      } catch (error) {
        reportLater(error);
      }
    }
    this.commands.endBatch();
    this.blocks.restock();
  }

  #dispatch(records: Uint32Array, at: number): void {
    const head = records[at + Record.Head]!;
    const slot = records[at + Record.Slot]!;
    switch (head & 0xff) {
      case EventKind.Receive: {
        const connection = this.#connections[slot] ?? this.#meet(records, at);
        if (connection.state !== ConnectionState.Open) return;
        connection.engine.dispatcher.received(
          connection,
          records[at + Record.A]!,
          records[at + Record.B]!,
          records[at + Record.Length]!,
          head >>> 16 === RECEIVE_BORROWED,
        );
        return;
      }
      case EventKind.ReceiveFrom: {
        const connection = this.#connections[slot]!;
        if (connection.state !== ConnectionState.Open) return;
        connection.engine.dispatcher.receivedFrom(
          connection,
          records[at + Record.A]!,
          records[at + Record.B]!,
          records[at + Record.Length]!,
        );
        return;
      }
      case EventKind.Send: {
        const connection = this.#connections[slot]!;
        connection.engine.dispatcher.sent(connection, records[at + Record.Length]!);
        return;
      }
      case EventKind.Drain: {
        const connection = this.#connections[slot]!;
        connection.engine.dispatcher.drained(connection);
        return;
      }
      case EventKind.Close: {
        const { dispatcher } = this.#engineOf(records[at + Record.A]!);
        try {
          dispatcher.closed(idAt(records, at), (head >>> 8) & 0xff, records[at + Record.Error]!);
        } finally {
          this.#connections[slot] = undefined;
        }
        return;
      }
      case EventKind.End: {
        const connection = this.#connections[slot]!;
        connection.engine.dispatcher.ended(connection);
        return;
      }
      case EventKind.Handshake: {
        const connection = this.#connections[slot]!;
        connection.engine.dispatcher.handshaken(connection);
        return;
      }
      case EventKind.Filter: {
        const connection = this.#connections[slot]!;
        const view = this.blocks.view(
          records[at + Record.A]!,
          records[at + Record.B]!,
          records[at + Record.Length]!,
        );
        // A borrowed block is used again after the batch.
        connection.engine.dispatcher.filterTold(connection, records[at + Record.Error]!, Buffer.from(view));
        return;
      }
      case EventKind.Accept:
        this.#engineOf(records[at + Record.A]!).dispatcher.accepted(this, slot, idAt(records, at));
        return;
      case EventKind.Connect:
        this.#engineOf(records[at + Record.A]!).dispatcher.connected(slot, idAt(records, at));
        return;
      default:
        this.#engines
          .get(records[at + Record.A]!)
          ?.dispatcher.noticed(head & 0xff, records[at + Record.Error]!);
    }
  }

  /** The engine of a record; most links have but one. */
  #engineOf(index: number): Engine {
    if (this.#lastEngine?.index !== index) this.#lastEngine = this.#engines.get(index);
    return this.#lastEngine!;
  }

  /** The connection of a `Receive`, which is the first that is told of it. */
  #meet(records: Uint32Array, at: number): Connection {
    const { connections } = this.#engineOf(records[at + Record.Error]!);
    return connections.get(idAt(records, at))!;
  }
}

function idAt(records: Uint32Array, at: number): number {
  return idOf(records[at + Record.IdLow]!, records[at + Record.IdHigh]!);
}
