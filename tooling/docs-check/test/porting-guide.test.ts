// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { codeIn, type Document, nameIn, PublicTypes, testNameTable, valueIn } from '@hp/testkit/docs';
import * as all from './support/all-exports.js';
import { folder, openDocument } from './support/documents.js';
import { enumerations, events, interfaces, mentioned, systemErrors } from './support/hp-socket.js';

const guide = openDocument('docs/porting-from-hp-socket.md');
const types = new PublicTypes(folder, 'test/support/all-exports.ts');

describe.each(interfaces)('$heading', (table) => {
  testNameTable(guide, types, table);
});

/** The numbers of the members of an enum of ours. */
function membersOf(name: string): Record<string, number> {
  const members = Object.entries((all as unknown as Record<string, object>)[name] ?? {});
  return Object.fromEntries(members.filter(([member]) => Number.isNaN(Number(member))));
}

test('every name of ours in the tables of differences exists', () => {
  const { headings } = guide;
  const between = (from: string, to: string): string[] =>
    headings.slice(headings.indexOf(from), headings.indexOf(to));
  const differences = ['## At a glance', ...between('## What differs, and why', '## What is not here')];
  const { members } = types;
  const names = differences
    .flatMap((heading) => guide.rows(heading))
    .flatMap(([, here = '']) => codeIn(here).map(nameIn))
    .map((name) => name.replace(/^(server|client|agent)\./, ''))
    // Others may be words of the language, or values.
    .filter((name) => /^[a-z]+[A-Z]\w*$|^[A-Z]\w*\.\w+$/.test(name));

  expect(names.length).toBeGreaterThan(30);
  expect(names.filter((name) => !types.knows(name) && !members.has(name))).toEqual([]);
});

test('every component is where the guide says', async () => {
  const rows = guide.rows('### Components').map(([theirs = '', ours = '', from = '']) => ({
    theirs: codeIn(theirs),
    ours: codeIn(ours),
    module: codeIn(from)[0] ?? '',
  }));
  const missing = [];
  for (const { ours, module } of rows) {
    const exported = (await import(module)) as object;
    missing.push(...ours.filter((name) => !(name in exported)));
  }

  expect(missing).toEqual([]);
  // Those of the guide of 3.5.
  expect(rows.flatMap(({ theirs }) => theirs)).toHaveLength(21);
  expect(rows.flatMap(({ theirs }) => theirs.map((name) => name.replace('SSL', 'Ssl')))).toEqual(
    rows.flatMap(({ ours }) => ours),
  );
});

describe('the events', () => {
  const listeners: Readonly<Record<string, Set<string>>> = {
    S: types.membersOf('ServerListener'),
    A: types.membersOf('AgentListener'),
    C: types.membersOf('ClientListener'),
    U: types.membersOf('UdpServerListener'),
    K: types.membersOf('UdpClientListener'),
  };
  const rows = guide.rows('### Listeners');

  test('of HP-Socket are all there', () => {
    expect(rows.flatMap(([theirs = '']) => codeIn(theirs))).toEqual(events);
  });

  test('are those of just the listeners that the guide names', () => {
    const said = rows.map(([, ours = '', of]) => [codeIn(ours)[0] ?? '', of] as const);
    const right = said.map(([event]) => [
      event,
      Object.keys(listeners)
        .filter((letter) => listeners[letter]?.has(event))
        .join(' '),
    ]);
    expect(said).toEqual(right);
  });

  test('of ours are all in it', () => {
    const { names } = guide;
    const ours = Object.values(listeners).flatMap((listener) => [...listener]);
    expect(ours.filter((event) => !names.has(event))).toEqual([]);
  });
});

describe('the enumerations', () => {
  const rows = guide.rows('### Enumerations').map(([, theirs = '', number, ours = '']) => ({
    theirs: codeIn(theirs)[0] ?? '',
    number: Number(number),
    ours: codeIn(ours)[0] ?? '',
  }));

  test('have all members and numbers of HP-Socket', () => {
    const numbers = Object.fromEntries(rows.map(({ theirs, number }) => [theirs, number]));
    expect(numbers).toEqual(Object.assign({}, ...Object.values(enumerations)));
    const { names } = guide;
    expect(Object.keys(enumerations).filter((name) => !names.has(name))).toEqual([]);
  });

  test('have all members of ours, with the numbers of the code', () => {
    const named = rows.filter(({ ours }) => ours !== '');
    const enums = new Set(named.map(({ ours }) => ours.split('.')[0] ?? ''));
    const right = [...enums].flatMap((name) =>
      Object.entries(membersOf(name)).map(([member, number]) => [`${name}.${member}`, number] as const),
    );

    expect(enums.size).toBe(Object.keys(enumerations).length);
    expect(Object.fromEntries(named.map(({ ours, number }) => [ours, number]))).toEqual(
      Object.fromEntries(right),
    );
  });

  test('what has no counterpart is mentioned', () => {
    const { names } = guide;
    expect(mentioned.filter((name) => !names.has(name))).toEqual([]);
  });
});

describe('the errors', () => {
  const rows = guide.rows('## Errors');

  test('have the numbers of the code', () => {
    const codes = rows.filter((row) => row.length === 5);
    const said = codes.map(([, , , ours = '', number]) => [codeIn(ours)[0], Number(number)] as const);

    expect(codes.flatMap(([theirs = '']) => codeIn(theirs)).sort()).toEqual([...systemErrors].sort());
    expect(said).toEqual(said.map(([code = '']) => [code, valueIn(code, all)]));
  });

  test('name every SocketError, and what start throws is one', () => {
    const thrown = rows
      .filter(([code = '']) => /^`[A-Z][a-zA-Z]+`$/.test(code))
      .flatMap(([code = '']) => codeIn(code));
    const { names } = guide;

    expect(thrown.length).toBeGreaterThan(8);
    expect(thrown.filter((name) => !(name in all.SocketError))).toEqual([]);
    const known = Object.keys(membersOf('SocketError'));
    expect(known.filter((name) => !names.has(name) && !names.has(`SocketError.${name}`))).toEqual([]);
  });
});

/** A component by the name of its class. */
function newComponent(name: string): Record<string, unknown> {
  const Class = (all as unknown as Record<string, new (listener: object) => Record<string, unknown>>)[name];
  if (Class === undefined) throw new Error(`${name} is no class.`);
  return new Class({});
}

/** Settings are the properties of a class that can be enumerated. */
function settingsOf(name: string): string[] {
  const names: string[] = [];
  for (const each in Object.getPrototypeOf(newComponent(name))) names.push(each);
  return names;
}

describe('the defaults', () => {
  const rows = guide.rows('## Defaults').map(([name = '', of = '', , , here = '']) => ({
    name: codeIn(name)[0] ?? '',
    classes: codeIn(of),
    here: codeIn(here)[0] ?? '',
  }));

  test.each(rows)('$name of $classes.0 and others', ({ name, classes, here }) => {
    expect(classes).not.toEqual([]);
    expect(classes.map((each) => newComponent(each)[name])).toEqual(classes.map(() => valueIn(here, all)));
  });

  test('has every setting that stands for one of HP-Socket', () => {
    const settings = new Set(rows.flatMap(({ classes }) => classes.flatMap(settingsOf)));
    const ours = interfaces.flatMap(({ heading }) =>
      guide.rows(heading).flatMap(([, cell = '']) => codeIn(cell).map(nameIn)),
    );
    const wanted = ours.filter((name) => settings.has(name));
    const listed = new Set(rows.map(({ name }) => name));

    expect(wanted.length).toBeGreaterThan(20);
    expect(wanted.filter((name) => !listed.has(name))).toEqual([]);
  });
});

/** Names of ours by those of HP-Socket, in the tables below some headings. */
function oursByTheirs(document: Document, headings: readonly string[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [theirs = '', ours = ''] of headings.flatMap((heading) => document.rows(heading))) {
    for (const name of codeIn(theirs)) {
      const own = codeIn(ours).map((code) => nameIn(code).split('.').at(-1) ?? '');
      found.set(name, new Set([...(found.get(name) ?? []), ...own]));
    }
  }
  return found;
}

test.each(['tcp', 'udp', 'ssl'])('the README of @hp/%s says the same of names of HP-Socket', (name) => {
  const inGuide = oursByTheirs(guide, [
    ...interfaces.map(({ heading }) => heading),
    ...['### Components', '### Listeners'],
  ]);
  const readme = openDocument(`packages/${name}/README.md`);
  const { headings } = readme;
  const tables = headings.slice(headings.indexOf('## HP-Socket names, and ours'));
  const said = [...oursByTheirs(readme, tables)].filter(([theirs]) => !theirs.startsWith('En'));

  expect(said.length).toBeGreaterThan(10);
  // A row of a README may have several names, and as many of ours.
  const wrong = said.filter(([theirs, ours]) => ![...ours].some((each) => inGuide.get(theirs)?.has(each)));
  expect(wrong.filter(([, ours]) => ours.size > 0)).toEqual([]);
});
