// SPDX-License-Identifier: Apache-2.0
import type { Options } from './arguments.js';
import { measureBlocked } from './blocked.js';
import { cases, type Case } from './cases.js';
import { measureHandshakes } from './handshakes.js';
import { measureImport } from './import-time.js';
import { measureIdleMemory, measureLoad } from './load-generator.js';
import { describeMachine } from './machine.js';
import { allPeers, blockingPeers, peers, peersOf, tlsBlockingPeers, tlsPeers, type Peer } from './peers.js';
import type { Problem, Results, Sample } from './results.js';
import { startServer } from './server.js';
import { rotate } from './statistics.js';

interface Run {
  round: number;
  load: Case;
  peer: Peer;
}

/** Measures what the options ask for; `progress` is told of each measurement before it begins. */
export async function runBenchmarks(options: Options, progress: (what: string) => void): Promise<Results> {
  const { unavailable, available } = await probe(chosen(allPeers, options.peers));
  const results: Results = {
    command: options.command,
    date: new Date().toISOString(),
    machine: describeMachine(),
    rounds: options.rounds,
    seconds: options.seconds,
    warmupMs: options.warmupMs,
    unavailable,
    failures: [],
    samples: [],
    blocked: [],
  };
  await runSpecialCases(results, { options, available, progress });
  const failed: Set<string> = new Set();
  for (const { round, load, peer } of plan(available, options)) {
    const name = `${peer.name}, ${load.name}`;
    if (failed.has(name)) continue;
    progress(`round ${round + 1} of ${options.rounds}: ${name}`);
    const reason = await attempt(async () => {
      const metrics = await measure(peer, load, options);
      results.samples.push({ round, case: load.name, peer: peer.name, metrics });
    });
    if (reason === undefined) continue;
    results.failures.push({ what: name, reason });
    failed.add(name);
  }
  return results;
}

/** Interleaved: each round puts each case to every server, in another order each time. */
function* plan(available: ReadonlySet<Peer>, options: Options): Generator<Run> {
  for (let round = 0; round < options.rounds; ++round) {
    for (const load of chosen(cases, options.cases)) {
      if (round >= (load.maxRounds ?? options.rounds)) continue;
      const isAsked = (peer: Peer): boolean =>
        available.has(peer) && (options.peers.length > 0 || takesPart(peer, load));
      for (const peer of rotate(peersOf(load).filter(isAsked), round)) yield { round, load, peer };
    }
  }
}

function takesPart({ cases: own }: Peer, { name, kind }: Case): boolean {
  return own === undefined ? kind !== 'framed' : own.includes(name);
}

async function measure(peer: Peer, { metric, load }: Case, options: Options): Promise<Sample['metrics']> {
  await using server = await startServer(peer);
  if (metric === 'bytesPerConnection') return await measureIdleMemory(server, load);
  const window = ['--warmup', String(options.warmupMs), '--duration', String(options.seconds * 1000)];
  return await measureLoad(server, [...load, ...window]);
}

interface Context {
  options: Options;
  available: ReadonlySet<Peer>;
  progress: (what: string) => void;
}

async function runSpecialCases(results: Results, { options, available, progress }: Context): Promise<void> {
  const isChosen = (name: string): boolean => options.cases.length === 0 || options.cases.includes(name);
  const find = (all: readonly Peer[], name: string): Peer | undefined =>
    all.find((peer) => peer.name === name && available.has(peer));
  const run = async (what: string, action: () => void | Promise<void>): Promise<void> => {
    progress(what);
    const reason = await attempt(action);
    if (reason !== undefined) results.failures.push({ what, reason });
  };
  if (isChosen('import') && find(peers, 'ours') !== undefined) {
    await run('import of @hp/tcp', () => {
      results.importMilliseconds = measureImport(options.rounds * 3);
    });
  }
  if (isChosen('blocked')) {
    for (const peer of blockingPeers) {
      if (find(peers, peer.name) === undefined) continue;
      await run(`${peer.name}, blocked`, async () => {
        results.blocked.push(await measureBlocked(peer));
      });
    }
  }
  if (isChosen('tls-blocked')) {
    for (const blocked of tlsBlockingPeers) {
      const free = find(tlsPeers, blocked.name);
      if (free === undefined) continue;
      await run(`${blocked.name}, handshakes while blocked`, async () => {
        const sample = await measureHandshakes(free, blocked);
        results.handshakes = [...(results.handshakes ?? []), sample];
      });
    }
  }
}

/** All where no names are given. */
function chosen<T extends { name: string }>(all: readonly T[], names: readonly string[]): readonly T[] {
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

async function probe(wanted: readonly Peer[]): Promise<{ unavailable: Problem[]; available: Set<Peer> }> {
  const unavailable: Problem[] = [];
  const available: Set<Peer> = new Set();
  for (const peer of wanted) {
    const reason = await attempt(async () => {
      const server = await startServer(peer);
      await server[Symbol.asyncDispose]();
    });
    if (reason === undefined) available.add(peer);
    else unavailable.push({ what: peer.title, reason });
  }
  return { unavailable, available };
}

/** @returns why `action` failed, `undefined` when it did not. */
async function attempt(action: () => void | Promise<void>): Promise<string | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
