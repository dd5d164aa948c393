// SPDX-License-Identifier: Apache-2.0
import { binding } from './load-binding.js';
import {
  COMMAND_BUFFER_BYTES,
  COMMAND_HEADER_BYTES,
  CommandKind,
  Control,
  EventKind,
  MAX_BATCH,
  RECEIVE_BORROWED,
  Record,
  RECORD_WORDS,
} from './boundary.js';
import type { NativeAddress, NativeLink } from './binding.js';
import { ReceiveBlocks, STAGING_BYTES } from './blocks.js';
import type { Engine } from './engine.js';
import { ConnectionState, type Connection } from './connection.js';
import { Part } from './part.js';
import { SocketError } from './enums.js';
import { HpSocketError } from './errors.js';
import { reportLater } from './uncaught.js';

// To find a method of typed arrays takes as long as it then takes to copy a few bytes.
// eslint-disable-next-line @typescript-eslint/unbound-method -- they are called on arrays
const { copyWithin, set } = Uint8Array.prototype;

const NOTHING: Uint8Array = new Uint8Array(0);
const NO_MEMORY: ArrayBufferLike = NOTHING.buffer;
const TWO_32 = 0x1_0000_0000;

/** The lower half of an id, as the boundary carries it. */
function idLow(id: number): number {
  return id >>> 0;
}

/** The upper half of an id. */
function idHigh(id: number): number {
  return (id / TWO_32) | 0;
}

/** Sends of at least this many bytes go to native code at once instead of through the command buffer. */
const DIRECT_SEND_BYTES = 16 * 1024;
/** What a command for a stream filter may carry. */
const MAX_FILTER_CODE = 255;
const MAX_FILTER_BYTES = 32 * 1024;
/** Commands to send in the buffer before it is flushed within a batch. */
const SENDS_PER_FLUSH = 64;
/** A head beyond this goes out by itself, before its payload. */
const MAX_HEAD_BYTES = 1024;
/** How many sends one command stands for at most: they are counted in a byte. */
const MAX_SENDS_PER_COMMAND = 255;

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

  /** By slot: those that have been met. */
  readonly #connections: (Connection | undefined)[] = [];
  readonly #engines: Map<number, Engine> = new Map();
  /** The engine of the last record that names one. */
  #lastEngine: Engine | undefined;
  readonly #control = new Uint32Array(Control.Words);
  readonly #records = new Uint32Array(MAX_BATCH * RECORD_WORDS);
  readonly #commandWords: Uint32Array;
  readonly #commandBytes: Uint8Array;
  /** What is lent to listeners, and behind it the commands: copying within one memory takes less time. */
  readonly #bytes: Uint8Array;
  #sends = 0;
  /** The connection that the last command sends on, and where that command is. */
  #sending: Connection | undefined;
  #sendingAt = 0;
  /** Whose parts were sent last: looking up the memory behind takes longer than copying a part. */
  #source: Uint8Array = NOTHING;
  #sourceMemory = NO_MEMORY;
  #sourceOffset = 0;
  #isSourceLent = false;
  #flushScheduled = false;
  #users = 0;

  /** @param thread - the number of the reactor's thread within its component; -1: inline. */
  constructor(thread: number) {
    const bytes = Buffer.allocUnsafeSlow(STAGING_BYTES + COMMAND_BUFFER_BYTES);
    this.#bytes = bytes;
    this.#commandBytes = bytes.subarray(STAGING_BYTES);
    this.#commandWords = new Uint32Array(bytes.buffer, STAGING_BYTES, COMMAND_BUFFER_BYTES / 4);
    const memory = { control: this.#control, records: this.#records, commands: this.#commandBytes };
    const native = binding.createLink(this, (count) => this.#deliver(count), memory, thread);
    if (native === undefined) {
      throw new HpSocketError(
        SocketError.CpCreate,
        'No poller could be made: the process is out of file descriptors; raise its limit (ulimit -n).',
      );
    }
    this.native = native;
    this.blocks = new ReceiveBlocks(native, this.#control, bytes.subarray(0, STAGING_BYTES));
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

  /** Carries out the commands that have been written. */
  flush(): void {
    this.#sends = 0;
    if (this.#control[Control.CommandBytes] !== 0) this.native.flush();
  }

  /** Sends `length` bytes from `offset`, with `head` before them: a few bytes, which may be used again at once. */
  send(
    connection: Connection,
    bytes: Uint8Array,
    offset: number,
    length: number,
    head: Uint8Array = NOTHING,
  ): void {
    const headBytes = head.length;
    if (headBytes > MAX_HEAD_BYTES) {
      this.send(connection, head, 0, headBytes);
      this.send(connection, bytes, offset, length);
      return;
    }
    connection.sentBytes = (connection.sentBytes + headBytes + length) >>> 0;
    if (length >= DIRECT_SEND_BYTES) {
      if (headBytes !== 0) this.#write(head, headBytes, this.#roomToSend(connection, headBytes, 0));
      const { id } = connection;
      this.native.sendNow(connection.slot, idLow(id), idHigh(id), bytes, offset, length);
      return;
    }
    const at = this.#roomToSend(connection, headBytes + length, 1);
    if (headBytes !== 0) this.#write(head, headBytes, at);
    if (length === bytes.length) {
      set.call(this.#commandBytes, bytes, at + headBytes);
      return;
    }
    if (bytes !== this.#source) {
      this.#source = bytes;
      this.#sourceMemory = bytes.buffer;
      this.#sourceOffset = bytes.byteOffset;
      this.#isSourceLent = bytes.buffer === this.#bytes.buffer;
    }
    const start = this.#sourceOffset + offset;
    if (this.#isSourceLent) {
      copyWithin.call(this.#bytes, STAGING_BYTES + at + headBytes, start, start + length);
    } else {
      set.call(this.#commandBytes, new Part(this.#sourceMemory, start, length), at + headBytes);
    }
  }

  #write(head: Uint8Array, length: number, at: number): void {
    const bytes = this.#commandBytes;
    if (length === 4) {
      // As the head of a pack is: without the loop, sending a small one takes a fortieth less.
      bytes[at] = head[0]!;
      bytes[at + 1] = head[1]!;
      bytes[at + 2] = head[2]!;
      bytes[at + 3] = head[3]!;
      return;
    }
    for (let index = 0; index < length; index++) bytes[at + index] = head[index]!;
  }

  /** Where bytes to send go; what is sent on one connection without a break is one command. */
  #roomToSend(connection: Connection, length: number, count: number): number {
    const word = this.#sendingAt >>> 2;
    // Native code carries commands out by itself at the end of a turn.
    if (this.#sending === connection && this.#control[Control.CommandBytes] !== 0) {
      const head = this.#commandWords[word]!;
      const sent = this.#commandWords[word + 3]!;
      const at = this.#sendingAt + COMMAND_HEADER_BYTES + sent;
      if (at + length <= COMMAND_BUFFER_BYTES && ((head >>> 8) & 0xff) < MAX_SENDS_PER_COMMAND) {
        this.#commandWords[word] = head + (count << 8);
        this.#commandWords[word + 3] = sent + length;
        this.#control[Control.CommandBytes] = (at + length + 7) & ~7;
        return at;
      }
    }
    if (++this.#sends > SENDS_PER_FLUSH) this.flush();
    const at = this.#beginCommand(CommandKind.Send, count, connection, length, length);
    this.#sending = connection;
    this.#sendingAt = at;
    return at + COMMAND_HEADER_BYTES;
  }

  /** Orders something from a connection's stream filter. */
  filterCommand(connection: Connection, code: number, data: Uint8Array): void {
    if (code > MAX_FILTER_CODE || data.byteLength > MAX_FILTER_BYTES) {
      throw new HpSocketError(
        SocketError.InvalidParam,
        `A filter command has a code up to ${String(MAX_FILTER_CODE)} and up to ${String(MAX_FILTER_BYTES)} bytes.`,
      );
    }
    const at = this.#beginCommand(CommandKind.Filter, code, connection, data.byteLength, data.byteLength);
    this.#commandBytes.set(data, at + COMMAND_HEADER_BYTES);
  }

  /** Writes a command without a payload. */
  command(kind: number, connection: Connection, flags = 0, argument = 0): void {
    this.#beginCommand(kind, flags, connection, argument, 0);
  }

  /** Bytes of a connection that have been sent here and not yet been taken by the system. */
  pendingBytes(connection: Connection): number {
    this.flush();
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

  #beginCommand(
    kind: number,
    flags: number,
    connection: Connection,
    argument: number,
    payloadBytes: number,
  ): number {
    const size = (COMMAND_HEADER_BYTES + payloadBytes + 7) & ~7;
    let at = this.#control[Control.CommandBytes]!;
    if (at + size > COMMAND_BUFFER_BYTES) {
      this.flush();
      at = 0;
    }
    this.#sending = undefined;
    const { id } = connection;
    const word = at >>> 2;
    this.#commandWords[word] = kind | (flags << 8) | (idHigh(id) << 16);
    this.#commandWords[word + 1] = connection.slot;
    this.#commandWords[word + 2] = idLow(id);
    this.#commandWords[word + 3] = argument;
    this.#control[Control.CommandBytes] = at + size;
    if (this.#control[Control.InTurn] === 0 && !this.#flushScheduled) this.#scheduleFlush();
    return at;
  }

  #scheduleFlush(): void {
    this.#flushScheduled = true;
    queueMicrotask(() => {
      this.#flushScheduled = false;
      this.flush();
    });
  }

  /** One batch. Whatever a listener throws is kept for later: the batch is always handled whole. */
  #deliver(count: number): void {
    const records = this.#records;
    for (let at = 0; at < count * RECORD_WORDS; at += RECORD_WORDS) {
      try {
        this.#dispatch(records, at);
      } catch (error) {
        reportLater(error);
      }
    }
    this.#sends = 0;
    this.#source = NOTHING;
    this.#sourceMemory = NO_MEMORY;
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
  return records[at + Record.IdHigh]! * TWO_32 + records[at + Record.IdLow]!;
}
