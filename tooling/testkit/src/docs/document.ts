// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type ChildResult, runChild } from '../child.js';

/** What stands in backticks. */
export function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
}

/** `send(id, data)` → `send`; `SocketHandle.fd` stays whole. */
export function nameIn(code: string): string {
  return /^[\w.]+/.exec(code)?.[0] ?? code;
}

/** A code block, and the line of the document that its code begins on. */
export interface CodeBlock {
  readonly language: string;
  readonly code: string;
  readonly line: number;
}

/** A document in Markdown. */
export class Document {
  readonly text: string;
  readonly #package: string;

  /** @param folder - the package whose dependencies its examples may import. */
  constructor(
    readonly file: string,
    folder: string,
  ) {
    this.#package = folder;
    this.text = readFileSync(file, 'utf8');
  }

  /** Every word in it. */
  get words(): Set<string> {
    return new Set(this.text.match(/\w+/g));
  }

  /** The names of everything that stands in backticks, but for whole examples. */
  get names(): Set<string> {
    return new Set(codeIn(this.text.replaceAll(/```[\s\S]*?```/g, '')).map(nameIn));
  }

  /** All headings, with their `#`. */
  get headings(): string[] {
    return this.text.match(/^#{1,6} .*$/gm) ?? [];
  }

  /** The text between a heading and the next one. */
  section(heading: string): string {
    const lines = this.text.split('\n');
    const start = lines.indexOf(heading);
    if (start < 0) throw new Error(`${path.basename(this.file)} has no heading '${heading}'.`);
    const end = lines.findIndex((line, index) => index > start && /^#{1,6} /.test(line));
    return lines.slice(start + 1, end < 0 ? undefined : end).join('\n');
  }

  /** The rows of all tables of a section, without their heads. */
  rows(heading: string): string[][] {
    const rows: string[][] = [];
    let skips = 0;
    for (const line of this.section(heading).split('\n')) {
      if (!line.startsWith('|')) {
        skips = 2;
      } else if (skips > 0) {
        skips--;
      } else {
        const cells = line.split('|').slice(1, -1);
        rows.push(cells.map((cell) => cell.trim()));
      }
    }
    return rows;
  }

  /** The code blocks of some languages. */
  blocks(...languages: readonly string[]): CodeBlock[] {
    return [...this.text.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)]
      .map(({ 1: language = '', 2: code = '', index }) => ({
        language,
        code,
        line: this.text.slice(0, index).split('\n').length + 1,
      }))
      .filter(({ language }) => languages.includes(language));
  }

  /** Runs one of the blocks in JavaScript, against the built packages. */
  run(index = 0): Promise<ChildResult> {
    return this.withFile('example.mjs', this.blocks('js')[index]?.code ?? '', (file) => runChild(file));
  }

  /** A file inside the package, so that it may import what the package may. */
  async withFile<T>(name: string, content: string, use: (file: string) => T): Promise<Awaited<T>> {
    const results = path.join(this.#package, 'test-results');
    mkdirSync(results, { recursive: true });
    const directory = mkdtempSync(path.join(results, 'example-'));
    try {
      const file = path.join(directory, name);
      writeFileSync(file, content);
      return await use(file);
    } finally {
      rmSync(directory, { recursive: true });
    }
  }
}

/** The README of a package. */
export class Readme extends Document {
  constructor(folder: string) {
    super(path.join(folder, 'README.md'), folder);
  }
}
