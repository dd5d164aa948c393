// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { codeIn, Readme } from './document.js';
import { type NameTable, testNameTable } from './name-table.js';
import { PublicTypes } from './public-types.js';
import { faultsOf, valueIn } from './ranges.js';

/** What a component is to its README. */
export interface DocumentedRole {
  /** The name of its class. */
  readonly className: string;
  /** The name of its listener's type. */
  readonly listener: string;
  /** What its settings may be, and are at first. */
  readonly rules: Readonly<
    Record<string, { readonly initial: unknown; accepts: (value: unknown) => boolean }>
  >;
}

/** The README of a package of roles; its tables name the roles by the letters of `roles`. */
export interface RoleReadme {
  readonly folder: string;
  /** What the package exports. */
  readonly exports: object;
  readonly roles: Readonly<Record<string, DocumentedRole>>;
  readonly tables: readonly NameTable[];
  /** The headings of the tables of events, ours and HP-Socket's. */
  readonly eventTables: readonly string[];
}

/** Registers the tests that hold the README against the code. */
export function testRoleReadme(about: RoleReadme): void {
  const subject = { about, readme: new Readme(about.folder), types: new PublicTypes(about.folder) };
  describe.each(about.tables)('$heading', (table) => {
    testNameTable(subject.readme, subject.types, { owners: ownersFor(about.roles), ...table });
  });
  describe('the settings table', () => {
    testSettings(subject);
  });
  describe('the events', () => {
    testEvents(subject);
  });
  testMembers(subject);
}

interface Subject {
  readonly about: RoleReadme;
  readonly readme: Readme;
  readonly types: PublicTypes;
}

/** The third column of a table of names says by letters whose they are. */
function ownersFor(roles: RoleReadme['roles']): (cell: string) => string[] {
  return (cell) => lettersIn(roles, cell).map((letter) => roles[letter]?.className ?? '');
}

function lettersIn(roles: RoleReadme['roles'], cell: string): string[] {
  return Object.keys(roles).filter((letter) => cell.includes(letter));
}

function testSettings({ about, readme }: Subject): void {
  const rows = readme.rows('### Settings').map(([name = '', of = '', values = '', initial = '']) => ({
    name: codeIn(name)[0] ?? '',
    of: lettersIn(about.roles, of),
    values,
    initial,
  }));

  const valueOf = (code: string): unknown => valueIn(code, about.exports);

  /** The default for one role: "`true` (S), `false` (A C)", or just one. */
  const initialFor = (letter: string, cell: string): unknown => {
    const options = [...cell.matchAll(/`([^`]+)`(?: \(([A-Z ]+)\))?/g)];
    return valueOf(options.find(([, , of]) => of?.includes(letter) ?? true)?.[1] ?? '');
  };

  describe.each(Object.entries(about.roles))('%s', (letter, { rules }) => {
    const own = rows.filter(({ of }) => of.includes(letter));

    test('has every setting', () => {
      expect(own.map(({ name }) => name).sort()).toEqual(Object.keys(rules).sort());
    });

    test('the defaults are right', () => {
      const initial = Object.fromEntries(own.map((row) => [row.name, initialFor(letter, row.initial)]));
      const right = Object.entries(rules).map(([name, rule]) => [name, rule.initial]);
      expect(initial).toEqual(Object.fromEntries(right));
    });

    test('the ranges are right', () => {
      const faults = own.flatMap(({ name, values }) => {
        const rule = rules[name];
        return rule === undefined
          ? [`${name} is no setting`]
          : faultsOf(rule, values, valueOf).map((fault) => `${name} ${fault}`);
      });
      expect(faults).toEqual([]);
    });
  });
}

function testEvents({ about, readme, types }: Subject): void {
  const listeners = Object.entries(about.roles).map(
    ([letter, { listener }]) => [letter, types.membersOf(listener)] as const,
  );

  test.each(about.eventTables)('%s: each is an event of just the roles it names', (heading) => {
    const isEvent = (cell: string): boolean => /^`on\w+`$/.test(cell);
    const rows = readme.rows(heading).filter((row) => row.some(isEvent));
    const wrong = rows.filter((row) => {
      const at = row.findIndex(isEvent);
      const [name = ''] = codeIn(row[at] ?? '');
      const roles = listeners.filter(([, events]) => events.has(name)).map(([letter]) => letter);
      return roles.join() !== lettersIn(about.roles, row[at + 1] ?? '').join();
    });

    expect(rows.length).toBeGreaterThan(7);
    expect(wrong).toEqual([]);
  });

  test('none is missing', () => {
    const all = new Set(listeners.flatMap(([, events]) => [...events]));
    const present = new Set(readme.rows('## Events').flatMap(([name = '']) => codeIn(name)));
    expect([...all].filter((name) => !present.has(name))).toEqual([]);
  });
}

function testMembers({ about, readme, types }: Subject): void {
  const classNames = Object.values(about.roles).map(({ className }) => className);

  test.each(classNames)('%s: every public method and property is in the README', (className) => {
    const { names } = readme;
    expect([...types.membersOf(className)].filter((name) => !names.has(name))).toEqual([]);
  });

  test('every export is in the README', () => {
    const { words } = readme;
    const values = types.names.filter((name) => !/(Options|Settings|Listener)$/.test(name));
    expect(values.filter((name) => !words.has(name))).toEqual([]);
  });
}
