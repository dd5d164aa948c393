// SPDX-License-Identifier: Apache-2.0
// A server on one system and a client on the other, over loopback.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeOf } from './guest.mjs';
import { places, root } from './places.mjs';
import { Outcome } from './report.mjs';
import { runTimed } from './timed.mjs';

/** @import { Wine } from './wine.mjs' */

/** Runs a script of the interop folder; its output goes to a file. @typedef {(args: string[], output: string) => Promise<number>} Run */

const connections = 20;

/**
 * @param {Wine} wine
 * @param {string} version of Node on Windows
 * @param {number} timeoutMs for each program
 */
export async function runInterop(wine, version, timeoutMs) {
  /** @type {Record<string, Run>} */
  const systems = {
    Linux: (args, output) =>
      runTimed(process.execPath, args, { cwd: path.join(root, 'tooling/windows'), output, timeoutMs }),
    Windows: (args, output) => wine.run(nodeOf(version), args, { cwd: places.guest, output, timeoutMs }),
  };
  const outcome = new Outcome();
  for (const [serverOn, clientOn] of [
    ['Linux', 'Windows'],
    ['Windows', 'Linux'],
  ]) {
    const title = `server on ${serverOn}, client on ${clientOn}, Node ${version} on Windows`;
    const fault = await faultBetween(
      systems[`${serverOn}`],
      systems[`${clientOn}`],
      `${serverOn}-${version}`,
    );
    if (fault === undefined) outcome.passed++;
    else outcome.failed.push(`${title}: ${fault}`);
  }
  return outcome;
}

/**
 * What went wrong between two; nothing when all is well.
 *
 * @param {Run | undefined} runServer @param {Run | undefined} runClient @param {string} name
 */
async function faultBetween(runServer, runClient, name) {
  const [serverLog = '', clientLog = ''] = ['server', 'client'].map((role) =>
    path.join(places.results, `interop-${role}-${name}.log`),
  );
  let isOver = false;
  const server = runServer?.(['interop/server.mjs', String(connections)], serverLog).finally(() => {
    isOver = true;
  });
  while (!isOver && linesOf(serverLog)[0] === '') await sleep(20);
  const [port = ''] = linesOf(serverLog);
  const clientCode = await runClient?.(['interop/client.mjs', port, String(connections)], clientLog);
  const serverCode = await server;
  const [, seenByServer] = linesOf(serverLog);
  const [seenByClient] = linesOf(clientLog);
  const said = `server ${serverCode}: ${seenByServer}; client ${clientCode}: ${seenByClient}`;
  if (serverCode !== 0 || clientCode !== 0) return said;
  const { wrong, ...counts } = JSON.parse(`${seenByClient}`);
  return wrong === 0 && JSON.stringify(counts) === seenByServer && counts.closes['5 0'] === connections
    ? undefined
    : said;
}

/** @param {string} file */
function linesOf(file) {
  return readFileSync(file, 'utf8').trim().split(/\r?\n/);
}
