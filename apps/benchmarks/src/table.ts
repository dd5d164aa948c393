// SPDX-License-Identifier: Apache-2.0

/** The first row is the head, the first column the row's name; all other cells are aligned to the right. */
export type Table = readonly (readonly string[])[];

export function renderText(table: Table): string {
  const widths = columnWidths(table);
  const lines = table.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('  ')
      .trimEnd(),
  );
  const rule = '─'.repeat(Math.max(0, ...lines.map((line) => line.length)));
  return [...lines.slice(0, 1), rule, ...lines.slice(1)].join('\n');
}

export function renderMarkdown(table: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const [head = [], ...rows] = table;
  const rule = head.map((_, column) => (column === 0 ? '---' : '--:'));
  return [head, rule, ...rows].map(line).join('\n');
}

function columnWidths(table: Table): number[] {
  const columns = Math.max(0, ...table.map((row) => row.length));
  return Array.from({ length: columns }, (_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
}
