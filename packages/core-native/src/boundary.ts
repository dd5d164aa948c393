// SPDX-License-Identifier: Apache-2.0

// Layouts and numbers that both sides of the JS/native boundary use. Their C++
// twins are native/net/event.h, native/net/command.h, native/node/boundary.h
// and native/node/js_memory.h; test/boundary.test.ts holds them together.

/** Changes whenever the layouts or functions that cross the boundary do. */
export const BOUNDARY_VERSION = 3;

/** Kinds of events, byte 0 of a record. */
export const EventKind = {
  Accept: 1,
  Connect: 2,
  Receive: 3,
  Send: 4,
  Close: 5,
  Drain: 6,
  Reject: 7,
  AcceptPause: 8,
  Stopped: 9,
  Handshake: 10,
  Filter: 11,
  End: 12,
  ReceiveFrom: 13,
} as const;

/** 32-bit words of one event record. */
export const RECORD_WORDS = 8;
/** Events in one batch at most. */
export const MAX_BATCH = 512;

/** Bytes that follow those of a `ReceiveFrom`: who sent them. */
export const SENDER_BYTES = 24;

/** A flag of a `Receive` or a `ReceiveFrom`: its bytes are to be read during the batch only. */
export const RECEIVE_BORROWED = 1;

/** Words of a record. Word 0 is the kind (byte 0), the operation (byte 1) and flags (from bit 16). */
export const Record = { Head: 0, Slot: 1, IdLow: 2, IdHigh: 3, A: 4, B: 5, Length: 6, Error: 7 } as const;

/** Kinds of commands, byte 0 of a command. */
export const CommandKind = {
  Send: 1,
  Open: 2,
  Disconnect: 3,
  End: 4,
  Pause: 5,
  Resume: 6,
  NotifyDrain: 7,
  Hold: 8,
  Unhold: 9,
  Filter: 10,
  Borrow: 11,
  HalfOpen: 12,
} as const;

/** Bytes before the payload of a command: kind, flags, high id, slot, low id, length. */
export const COMMAND_HEADER_BYTES = 16;
/** Capacity of a command buffer. */
export const COMMAND_BUFFER_BYTES = 65_536;
/** A flag of `Disconnect`: the peer sees a reset. */
export const DISCONNECT_ABORT = 0x08;
/** A flag of `Disconnect`: what is queued is sent first. */
export const DISCONNECT_FLUSH = 0x10;

/** Words of the control block. */
export const Control = { CommandBytes: 0, InTurn: 1, SlabsGiven: 2, LargesGiven: 3, Words: 8 } as const;

/** The receive memory: rings of blocks, see blocks.ts. */
export const Blocks = {
  Slabs: 48,
  SlabBytes: 8192,
  Larges: 8,
  LargeBytes: 65_536,
  Stagings: 4,
} as const;
