// SPDX-License-Identifier: Apache-2.0
import { codeIn } from './document.js';

/** What a setting accepts. */
interface Rule {
  accepts(value: unknown): boolean;
}

/** A value as tables write it: a number, a string, `true`, `false`, or `Enum.Member` of what a package exports. */
export function valueIn(code: string, exports: object): unknown {
  if (/^[\d,]+$/.test(code)) return numberIn(code);
  if (code === 'true' || code === 'false') return code === 'true';
  if (code.startsWith("'")) return code.slice(1, -1);
  const [type = '', member = ''] = code.split('.');
  const value = (exports as Record<string, Record<string, unknown>>)[type]?.[member];
  if (value === undefined) throw new Error(`${code} is not a value.`);
  return value;
}

function numberIn(text: string): number {
  return Number(text.replaceAll(',', ''));
}

/**
 * What is wrong with a cell such as "8 to 65,536 bytes", "0 or from 1,000 ms", "`true`, `false`".
 * @param valueOf - the value of what stands in backticks.
 */
export function faultsOf(rule: Rule, cell: string, valueOf: (code: string) => unknown): string[] {
  const [, zero, least, most = '2,147,483,647'] =
    /(0 or )?(?:from )?\b([\d,]+)(?: to ([\d,]+))?(?: \w+)?$/.exec(cell) ?? [];
  const inside = codeIn(cell).map(valueOf);
  const outside: unknown[] = ['nonsense', -1, 1.5];
  if (least !== undefined) {
    const [min, max] = [numberIn(least), numberIn(most)];
    inside.push(min, max, ...(zero === undefined ? [] : [0]));
    outside.push(max + 1, ...(min > 1 || zero === undefined ? [min - 1] : []));
  }
  return [
    ...inside.filter((value) => !rule.accepts(value)).map((value) => `refuses ${String(value)}`),
    ...outside.filter((value) => rule.accepts(value)).map((value) => `accepts ${String(value)}`),
  ];
}
