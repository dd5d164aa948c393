// SPDX-License-Identifier: Apache-2.0
// A server on one system and a client on the other, over loopback.
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeOf } from './guest.mjs';
import { places, root } from './places.mjs';
import { Outcome } from './report.mjs';
import { runTimed } from '../lib/timed.mjs';

/** @import { Wine } from './wine.mjs' */

/**
 * A system: runs a script of the interop folder, whose output goes to a file.
 *
 * @typedef {{ name: string, run: (args: string[], output: string) => Promise<number> }} System
 */

const connections = 20;

/**
 * @param {Wine} wine
 * @param {string} version of Node on Windows
 * @param {number} timeoutMs for each program
 */
export async function runInterop(wine, version, timeoutMs) {
  // The addon finds Node's functions in a program of any name.
  const program = path.join(places.guest, `app-${version}.exe`);
  cpSync(nodeOf(version), program);
  /** @type {System} */
  const linux = {
    name: 'Linux',
    run: (args, output) =>
      runTimed(process.execPath, args, { cwd: path.join(root, 'tooling/windows'), output, timeoutMs }),
  };
  /** @type {System} */
  const windows = {
    name: 'Windows',
    run: (args, output) => wine.run(program, args, { cwd: places.guest, output, timeoutMs }),
  };
  const outcome = new Outcome();
  for (const transport of ['tcp', 'tls']) {
    await countFaults(outcome, version, transport, linux, windows);
    await countFaults(outcome, version, transport, windows, linux);
  }
  return outcome;
}

/** @param {Outcome} outcome @param {string} version @param {string} transport @param {System} server @param {System} client */
async function countFaults(outcome, version, transport, server, client) {
  const fault = await faultBetween(transport, server, client, `${transport}-${server.name}-${version}`);
  const title = `${transport}: server on ${server.name}, client on ${client.name}, Node ${version} on Windows`;
  if (fault === undefined) outcome.passed++;
  else outcome.failed.push(`${title}: ${fault}`);
}

/**
 * What went wrong between two; nothing when all is well.
 *
 * @param {string} transport @param {System} server @param {System} client @param {string} name
 */
async function faultBetween(transport, server, client, name) {
  const serverLog = path.join(places.results, `interop-server-${name}.log`);
  const clientLog = path.join(places.results, `interop-client-${name}.log`);
  let isOver = false;
  const args = [transport, places.certificates, String(connections)];
  const served = server.run(['interop/server.mjs', ...args], serverLog).finally(() => {
    isOver = true;
  });
  while (!isOver && linesOf(serverLog)[0] === '') await sleep(20);
  const [port = ''] = linesOf(serverLog);
  const clientCode = await client.run(['interop/client.mjs', ...args, port], clientLog);
  const serverCode = await served;
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
