// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { axisStep, drawBarChart } from './bar-chart.js';

const chart = drawBarChart({
  title: 'A & B',
  subtitle: 'shorter < longer',
  command: 'npm run bench -- --case echo-50',
  colours: new Map([
    ['a', '#111111'],
    ['b', '#222222'],
  ]),
  groups: [
    {
      label: 'first',
      bars: [
        { series: 'a', value: 1, label: '1.00×' },
        { series: 'b', value: 2, label: '2.00×' },
      ],
    },
    { label: 'second', bars: [{ series: 'b', value: 0, label: '0' }] },
  ],
});

function openTags(xml: string): string[] {
  const open: string[] = [];
  for (const [, closing, name = '', , self] of xml.matchAll(
    /<(\/?)(\w+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g,
  )) {
    if (closing === '/') expect(open.pop()).toBe(name);
    else if (self === '') open.push(name);
  }
  return open;
}

test('every element is closed and every special character escaped', () => {
  expect(openTags(chart)).toEqual([]);
  const content = chart.replaceAll(/<\/?\w+(?:\s+[\w:-]+="[^"<]*")*\s*\/?>/g, '');
  expect(content).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
  expect(content).toContain('A &amp; B');
});

test('names the command, and draws bars in proportion', () => {
  expect(chart).toContain('npm run bench -- --case echo-50');
  const widths = Array.from(chart.matchAll(/width="([\d.]+)" height="16"/g), ([, width]) => Number(width));
  expect(widths).toEqual([200, 400, 1]);
});

test('axis ticks are round numbers that cover the longest bar', () => {
  expect(axisStep(7.3)).toEqual({ size: 2, end: 8 });
  expect(axisStep(3050)).toEqual({ size: 1000, end: 4000 });
});

test('a legend that is too long for one row goes on in the next', () => {
  const names = Array.from({ length: 9 }, (_, index) => `a server with a name ${index}`);
  const drawn = drawBarChart({
    title: '',
    subtitle: '',
    command: '',
    colours: new Map(names.map((name) => [name, '#111111'])),
    groups: [{ label: '', bars: [{ series: names[0]!, value: 1, label: '' }] }],
  });
  const places = Array.from(drawn.matchAll(/<rect x="([\d.]+)" y="(\d+)" width="12"/g), ([, x, y]) => [
    Number(x),
    Number(y),
  ]);

  expect(places).toHaveLength(9);
  expect(new Set(places.map(([, y]) => y))).toEqual(new Set([76, 96, 116]));
  for (const [x] of places) expect(x).toBeLessThan(900 - 21 * 6.8);
});
