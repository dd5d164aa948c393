// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DemoFailure } from '../failure.js';
import { packageFolder } from '../package-folder.js';

/** A file of the page, as it is served. */
export interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** The built page, each file by its path in an URL; what is not among them cannot be asked for. */
export async function loadPage(): Promise<ReadonlyMap<string, PageFile>> {
  const folder = path.join(packageFolder(), 'dist/page');
  const names = await readdir(folder, { recursive: true }).catch(() => {
    throw new DemoFailure(`the page is not built: ${folder} is missing; npm run build makes it`);
  });
  const files: Map<string, PageFile> = new Map();
  for (const name of names) {
    const type = types[path.extname(name)];
    if (type === undefined) continue;
    const content = await readFile(path.join(folder, name));
    files.set(`/${name.replaceAll(path.sep, '/')}`, { type, content });
  }
  return files;
}
