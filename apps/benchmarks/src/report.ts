// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { goalTables } from './goals.js';
import { measurementTables } from './measurements.js';
import { drawPlots, type Plot } from './plots.js';
import type { Results } from './results.js';
import { renderMarkdown } from './table.js';

/** Writes README.md, the plots and the results they come from. */
export function writeReport(results: Results, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const plots = drawPlots(results);
  for (const { file, svg } of plots) writeFileSync(path.join(folder, file), svg);
  writeFileSync(path.join(folder, 'README.md'), renderReport(results, plots));
  writeFileSync(path.join(folder, 'results.json'), `${JSON.stringify(results, undefined, 1)}\n`);
}

export function renderReport(results: Results, plots: readonly Plot[]): string {
  const { command, date, machine, rounds, seconds, warmupMs } = results;
  const sections = [
    '# Benchmarks',
    `Made with \`${command}\` on ${date.slice(0, 10)}: ${rounds} rounds of ${seconds} s; ${machine}. ` +
      `Each run has a server of its own, under load for ${warmupMs / 1000} s before it is measured. ` +
      'The server had one core and the load generator another, both on the same machine.',
    'Each server echoes what it receives; the load generator verifies every byte, and takes a datagram for ' +
      'lost after 250 ms. **CPU per message** is ' +
      "the server's user and system time and the figure that holds on a noisy machine. The **C limit** is " +
      'one epoll loop with nothing between the kernel and the bytes. Figures are medians of the rounds, ' +
      'ratios are medians of the ratios within each round. Where connections are closed, the client resets ' +
      'them, so that none stays in TIME_WAIT.',
    'Over TLS all servers have the same certificate, EC P-256. The client speaks TLS 1.3 with ' +
      'TLS_AES_128_GCM_SHA256 and X25519 only, resumes sessions with the newest ticket it was given, and closes ' +
      'in order, with close_notify. @hp/ssl sends one session ticket after a full handshake; node:tls and Bun ' +
      'send two and cannot be set. There is no limit to compare with: ratios are to node:tls.',
    '## Ratios and targets',
    ...goalTables(results).map(renderMarkdown),
    '## Plots',
    ...plots.map(({ file, title }) => `![${title}](${file})`),
    '## Measurements',
    ...measurementTables(results).flatMap(({ title, table }) => [`### ${title}`, renderMarkdown(table)]),
    ...[...results.unavailable, ...results.failures].map(
      ({ what, reason }) => `Not measured: ${what} (${reason}).`,
    ),
  ];
  return `${sections.join('\n\n')}\n`;
}
