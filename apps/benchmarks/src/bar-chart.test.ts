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
