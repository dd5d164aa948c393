// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { codeIn, type Document, nameIn } from './document.js';
import type { PublicTypes } from './public-types.js';

/** A table of HP-Socket's names beside ours; its last column has the remarks. */
export interface NameTable {
  readonly heading: string;
  /** The classes that must all have what stands there, or those that the third column of a row names. */
  readonly owners?: readonly string[] | ((cell: string) => readonly string[]);
  /** The names of HP-Socket that it must have, beside whatever else it has. */
  readonly theirs: readonly string[];
}

/** The names of a property's accessors in HP-Socket. */
export function accessors(...names: string[]): string[] {
  return names.flatMap((name) => [`Set${name}`, `Get${name}`]);
}

/** Registers the tests that hold such a table against the types. */
export function testNameTable(document: Document, types: PublicTypes, table: NameTable): void {
  const { heading, owners = [], theirs } = table;
  const rows = document.rows(heading);

  test('every name of ours exists, and where there is none the remark says why', () => {
    const wrong = rows.flatMap(([hp = '', ours = '', ...remarks]) => {
      const names = codeIn(ours).map(nameIn);
      if (names.length === 0) return ours === '–' && remarks.at(-1) !== '' ? [] : [`${hp}: no reason`];
      const classes = typeof owners === 'function' ? owners(remarks[0] ?? '') : owners;
      return names.filter((name) => !types.knows(name, classes)).map((name) => `${hp}: no ${name}`);
    });

    expect(rows.length).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });

  test('no row of HP-Socket is missing', () => {
    const present = new Set(rows.flatMap(([hp = '']) => codeIn(hp)));
    expect(theirs.filter((name) => !present.has(name))).toEqual([]);
  });
}
