// SPDX-License-Identifier: Apache-2.0
// What docs/observability.md lists is what there is.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { closedPort, dialPeer, eventually, PublishedConnections, UncaughtErrors } from '@hp/testkit';
import { codeIn, PublicTypes } from '@hp/testkit/docs';
import { Component, HandleResult, TcpAgent, TcpServer } from '@hp/tcp';
import { metricName } from '../src/metrics.js';

const root = path.join(import.meta.dirname, '../../..');
const core = path.join(root, 'packages/core-native');
const text = readFileSync(path.join(root, 'docs/observability.md'), 'utf8');
const types = new PublicTypes(core);

/** The rows of the table whose head begins with `head`, as cells without backticks around names. */
function rows(head: string): string[][] {
  const [, table = ''] = new RegExp(`^\\| ${head} .*\\n\\|.*\\n((?:\\|.*\\n)+)`, 'm').exec(text) ?? [];
  return table
    .trim()
    .split('\n')
    .map((row) => row.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

/** The names in the first column. */
function names(table: readonly string[][]): string[] {
  return table.flatMap(([first = '']) => codeIn(first));
}

test('the table of counters has every field of ComponentStats, and no other', () => {
  expect(new Set(names(rows('field  +\\| kind')))).toEqual(types.membersOf('ComponentStats'));
});

test('what is a counter there is one in the example too', () => {
  for (const [field = '', kind] of rows('field  +\\| kind')) {
    const name = metricName(codeIn(field)[0] ?? '');
    expect([name, kind]).toEqual([name, name.endsWith('_total') ? 'counter' : 'gauge']);
  }
});

test('the table of channels has those in the sources, and their messages are exported', () => {
  const source = readFileSync(path.join(core, 'src/diagnostics.ts'), 'utf8');
  const channels = rows('channel ');
  expect(names(channels)).toEqual([...source.matchAll(/channel\('([^']+)'\)/g)].map(([, name]) => name));
  expect(channels.map((cells) => types.has(codeIn(cells[2] ?? '')[0] ?? ''))).toEqual([true, true]);
});

test('the table of messages has every field, with the messages it is in', () => {
  const fields = rows('field  +\\| in');
  const fieldsIn = (message: string): Set<string> =>
    new Set(names(fields.filter(([, messages = '']) => messages.split(', ').includes(message))));
  expect(fieldsIn('open')).toEqual(types.membersOf('ConnectionOpenMessage'));
  expect(fieldsIn('close')).toEqual(types.membersOf('ConnectionCloseMessage'));
});

test('messages have these fields; they come before the callbacks, for refused connections and failed connects too', async () => {
  using published = new PublishedConnections();
  const told = (): string[] => published.messages.map(({ channel, id }) => `${channel} ${id}`);
  const seen: [string, string[]][] = [];
  await using server = new TcpServer({
    onAccept: (_, id) => {
      seen.push([`onAccept ${id}`, told()]);
      return id === 1 ? HandleResult.Ok : HandleResult.Error;
    },
    onClose: (_, id) => void seen.push([`onClose ${id}`, told()]),
  });
  server.start('127.0.0.1');
  const component = Component.engineOf(server)!.index;
  await using peer = await dialPeer(server.listenAddress!.port);
  peer.end();
  await eventually(() => published.messages.length === 2, 'The end of the first');
  await using refused = await dialPeer(server.listenAddress!.port);
  await refused.ended;
  await eventually(() => published.messages.length === 4, 'The end of the second');

  expect(seen).toEqual([
    ['onAccept 1', ['open 1']],
    ['onClose 1', ['open 1', 'close 1']],
    ['onAccept 2', ['open 1', 'close 1', 'open 2']],
  ]);
  expect(published.messages.slice(0, 2)).toEqual([
    { channel: 'open', component, id: 1 },
    { channel: 'close', component, id: 1, operation: 5, errorCode: 0 },
  ]);
  await using agent = new TcpAgent({});
  agent.start();
  await expect(agent.connectAsync('127.0.0.1', await closedPort())).rejects.toThrow();
  await eventually(() => published.messages.length === 5, 'The failure');
  expect(told().at(-1)).toBe('close 1');
  expect([agent.stats().connected, agent.stats().closed]).toEqual([0, 1]);
});

test('a subscriber that throws harms no connection', async () => {
  using uncaught = new UncaughtErrors();
  const bad = (): void => {
    throw new Error('bad subscriber');
  };
  await using server = new TcpServer({ onReceive: (server, id, data) => void server.send(id, data) });
  server.start('127.0.0.1');
  subscribe('hp-socket:connection:open', bad);
  await using peer = await dialPeer(server.listenAddress!.port);
  await peer.send('echo');
  const echoed = await peer.receivedBytes(4);
  unsubscribe('hp-socket:connection:open', bad);

  expect(String(echoed)).toBe('echo');
  expect(await uncaught.messages(1)).toEqual(['bad subscriber']);
});
