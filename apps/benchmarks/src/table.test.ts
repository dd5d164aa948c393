// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { renderMarkdown, renderText } from './table.js';

const table = [
  ['server', 'rate', 'note'],
  ['C limit', '1,000/s', ''],
  ['Bun', '9/s', 'ok'],
];

test('text has the first column on the left and figures on the right', () => {
  expect(renderText(table).split('\n')).toEqual([
    'server      rate  note',
    '──────────────────────',
    'C limit  1,000/s',
    'Bun          9/s    ok',
  ]);
});

test('markdown has a rule below the head', () => {
  expect(renderMarkdown(table).split('\n')).toEqual([
    '| server | rate | note |',
    '| --- | --: | --: |',
    '| C limit | 1,000/s |  |',
    '| Bun | 9/s | ok |',
  ]);
});
