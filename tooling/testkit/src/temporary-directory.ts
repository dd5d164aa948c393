// SPDX-License-Identifier: Apache-2.0
import { type FileHandle, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A directory that `await using` removes. */
export class TemporaryDirectory implements AsyncDisposable {
  private constructor(readonly path: string) {}

  static async create(): Promise<TemporaryDirectory> {
    return new TemporaryDirectory(await mkdtemp(path.join(tmpdir(), 'hp-test-')));
  }

  /** Writes a file and returns its path. */
  async file(name: string, content: Uint8Array | string): Promise<string> {
    const file = path.join(this.path, name);
    await writeFile(file, content);
    return file;
  }

  /** Opens a file to write to. */
  open(name: string): Promise<FileHandle> {
    return open(path.join(this.path, name), 'w');
  }

  /** The text of a file. */
  read(name: string): Promise<string> {
    return readFile(path.join(this.path, name), 'utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
