// SPDX-License-Identifier: Apache-2.0
import { STAGING_BYTES } from '../../src/blocks.js';
import { COMMAND_BUFFER_BYTES, COMMAND_HEADER_BYTES, CommandKind, Control } from '../../src/boundary.js';
import { idOf } from '../../src/id.js';

/** One command, as native code reads it. */
export interface FoundCommand {
  readonly kind: number;
  readonly slot: number;
  readonly id: number;
  /** How many sends it is. */
  readonly count: number;
  readonly bytes: Buffer;
}

/** The commands that wait in a buffer behind what is lent; it must hold nothing else. */
export function* commandsIn(memory: Buffer, control: Uint32Array): Generator<FoundCommand> {
  const filled = control[Control.CommandBytes] ?? 0;
  if (filled > COMMAND_BUFFER_BYTES) throw new Error(`the buffer is said to hold ${filled} bytes`);
  const buffer = memory.subarray(STAGING_BYTES, STAGING_BYTES + filled);
  for (let at = 0; at < filled;) {
    const kind = buffer.readUInt8(at);
    const length = kind === CommandKind.Send ? buffer.readUInt32LE(at + 12) : 0;
    const start = at + COMMAND_HEADER_BYTES;
    if (start + length > filled)
      throw new Error(`a command ends at ${start + length}, the buffer at ${filled}`);
    yield {
      kind,
      slot: buffer.readUInt32LE(at + 4),
      id: idOf(buffer.readUInt32LE(at + 8), buffer.readUInt16LE(at + 2)),
      count: buffer.readUInt8(at + 1),
      bytes: Buffer.from(buffer.subarray(start, start + length)),
    };
    at = (start + length + 7) & ~7;
  }
}
