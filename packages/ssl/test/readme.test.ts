// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { codeIn, faultsOf, PublicTypes, Readme, testNameTable } from '@hp/testkit/docs';
import * as ssl from '@hp/ssl';
import { INITIAL_OPTIONS } from '../src/context-options.js';
import { sslDialRules, sslRules } from '../src/settings.js';

const folder = path.join(import.meta.dirname, '..');
const readme = new Readme(folder);
const types = new PublicTypes(folder);
const tcp = new PublicTypes(path.join(folder, '../tcp'));

test('the example runs by itself against the built package and finds its echo right', async () => {
  const result = await readme.run();

  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(result.stdout).toContain('TLSv1.3');
  expect(result.stdout).toContain('echoed: Hello, HP-Socket');
});

test('every export of its own is in it', () => {
  const { words } = readme;
  const own = types.names.filter((name) => !tcp.has(name));
  const wanted = own.filter((name) => !/(Options|Settings|Property)$/.test(name));

  expect(wanted).toContain('SslContext');
  expect(wanted.filter((name) => !words.has(name))).toEqual([]);
});

test('what @hp/tcp exports is exported again, but for its components', () => {
  const left = tcp.names.filter((name) => !types.has(name));
  const parts = [
    ...['TcpServer', 'TcpAgent', 'TcpClient', 'ServerOptions', 'AgentOptions', 'ClientOptions'],
    ...['ConnectOptions', 'ConnectAsyncOptions', 'ClientStartOptions', 'ClientStartAsyncOptions'],
  ];
  expect(left.sort()).toEqual(parts.sort());
});

test.each([
  ['SslServer', 'TcpServer'],
  ['SslAgent', 'TcpAgent'],
  ['SslClient', 'TcpClient'],
])('%s: every method and property beside those of %s is in it', (own, base) => {
  const { names } = readme;
  const inherited = tcp.membersOf(base);
  const members = [...types.membersOf(own)].filter((name) => !inherited.has(name));

  expect(members.length).toBeGreaterThan(3);
  expect(members.filter((name) => !names.has(name))).toEqual([]);
});

test('every property of a connection is in its table', () => {
  const listed = readme.rows('### Connection info').flatMap(([name = '']) => codeIn(name));
  expect(listed.sort()).toEqual([...types.membersOf('SslConnectionInfo')].sort());
});

function valueOf(code = ''): unknown {
  if (/^[\d,]+$/.test(code)) return Number(code.replaceAll(',', ''));
  if (code === 'true' || code === 'false') return code === 'true';
  return code.slice(1, -1);
}

describe('the settings table', () => {
  const rows = readme.rows('### Settings').map(([name = '', of = '', values = '', initial = '']) => ({
    name: codeIn(name)[0] ?? '',
    of,
    values,
    initial: valueOf(codeIn(initial)[0]),
  }));

  test.each([
    ['S', sslRules],
    ['A', sslDialRules],
    ['C', sslDialRules],
  ])('%s: has every setting, and its default', (letter, rules) => {
    const own = rows.filter(({ of }) => of.includes(letter)).map(({ name, initial }) => [name, initial]);
    expect(own).toEqual(Object.entries(rules).map(([name, { initial }]) => [name, initial]));
  });

  test.each(rows.filter(({ name }) => name !== 'serverName'))(
    '$name: the range is right',
    ({ name, values }) => {
      const rule = sslDialRules[name];
      expect(rule && faultsOf(rule, values, valueOf)).toEqual([]);
    },
  );
});

describe('the table of what a context is made of', () => {
  const rows = readme.rows('## SslContext');
  const options = rows.filter(([name = '']) => !/^`[A-Z]/.test(name));

  test('has every option', () => {
    const names = options.flatMap(([name = '']) => codeIn(name));
    expect(names.sort()).toEqual([...types.membersOf('SslContextOptions')].sort());
    expect(names.sort()).toEqual(Object.keys(INITIAL_OPTIONS).sort());
  });

  test('has their defaults', () => {
    const shown = options.flatMap(([name = '', , initial = '']) =>
      /^`[^`]+`$/.test(initial) ? [[codeIn(name)[0] ?? '', valueOf(codeIn(initial)[0])] as const] : [],
    );
    expect(shown.length).toBeGreaterThan(4);
    expect(Object.fromEntries(shown)).toEqual(
      Object.fromEntries(shown.map(([name]) => [name, INITIAL_OPTIONS[name as keyof ssl.SslContextOptions]])),
    );
  });

  test('has the numbers of the verify modes', () => {
    const modes = rows.filter(([name = '']) => /^`[A-Z]/.test(name));
    const numbers = modes.map(([name = '', value]) => [codeIn(name)[0], Number(value)]);
    const right = Object.entries(ssl.SslVerifyMode).filter(([, value]) => typeof value === 'number');
    expect(numbers).toEqual(right);
  });
});

test('every error code in it exists', () => {
  const codes = ['## Errors', '### Events', '### STARTTLS']
    .flatMap((heading) => codeIn(readme.section(heading)))
    .filter((name) => /^[A-Z]\w+$/.test(name) && !/^(Hp|Ssl)|^(InvalidParam|Error)$/.test(name));

  expect(codes.length).toBeGreaterThan(10);
  expect(codes.filter((name) => !(name in ssl.ErrorCode))).toEqual([]);
});

describe("HP-Socket's names", () => {
  testNameTable(readme, types, {
    heading: '## HP-Socket names, and ours',
    owners: ['SslServer', 'SslAgent', 'SslClient'],
    theirs: [
      ...['HP_SSL_Initialize', 'HP_SSL_Cleanup', 'HP_SSL_IsValid', 'HP_SSL_RemoveThreadLocalState'],
      ...['SetupSSLContext', 'SetupSSLContextByMemory', 'AddSSLContext', 'AddSSLContextByMemory'],
      ...['BindSSLServerName', 'CleanupSSLContext', 'StartSSLHandShake', 'SetSSLAutoHandShake'],
      ...['IsSSLAutoHandShake', 'SetSSLCipherList', 'GetSSLCipherList', 'GetSSLSessionInfo'],
      ...['EnSSLSessionMode', 'EnSSLVerifyMode', 'SSLServer', 'SSLAgent', 'SSLClient'],
    ],
  });
});
