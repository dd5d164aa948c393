// SPDX-License-Identifier: Apache-2.0
import type { Framing } from './framing.js';

const LINE_BREAK = Buffer.from('\r\n');

/** What goes out for a piece of content. */
export function frame({ kind }: Framing, content: Buffer): Buffer[] {
  if (kind !== 'chunked') return [content];
  return [Buffer.from(`${content.length.toString(16)}\r\n`), content, LINE_BREAK];
}

/** What goes out at the end of content in chunks. */
export const LAST_CHUNK: Buffer = Buffer.from('0\r\n\r\n');
