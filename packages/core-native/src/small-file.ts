// SPDX-License-Identifier: Apache-2.0
import { ErrorCode } from './errors.js';
import { MAX_SMALL_FILE_BYTES } from './sending.js';

// An import would lay out all that node:fs exports, its streams among them, which takes milliseconds.
const { closeSync, fstatSync, openSync, readSync } = process.getBuiltinModule('node:fs');

function codeOf(error: unknown): ErrorCode {
  const { code } = error as NodeJS.ErrnoException;
  const { constants } = process.getBuiltinModule('node:os');
  // What a file can fail with has the same number everywhere.
  const number = (constants.errno as Readonly<Record<string, number>>)[code ?? ''];
  return (number as ErrorCode | undefined) ?? ErrorCode.InvalidArgument;
}

/** The pieces of a small-file send, or the ErrorCode that refuses it. */
export function loadSmallFile(
  path: string,
  head: Uint8Array = new Uint8Array(),
  tail: Uint8Array = new Uint8Array(),
): Uint8Array[] | ErrorCode {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const found = fstatSync(fd);
    if (found.isDirectory()) return ErrorCode.IsDirectory;
    const { size } = found;
    if (size === 0) return ErrorCode.Empty;
    if (size + head.byteLength + tail.byteLength > MAX_SMALL_FILE_BYTES) return ErrorCode.FileTooLarge;
    const file = Buffer.allocUnsafeSlow(size);
    let length = 0;
    while (length < size) {
      const count = readSync(fd, file, length, size - length, null);
      if (count === 0) break;
      length += count;
    }
    return [head, file.subarray(0, length), tail];
  } catch (error) {
    return codeOf(error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
