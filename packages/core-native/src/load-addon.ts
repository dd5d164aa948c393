// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// An import would lay out all that node:fs exports, its streams among them, which takes milliseconds.
const { existsSync, readdirSync } = process.getBuiltinModule('node:fs');

const target = `${process.platform}-${process.arch}`;

/** What every native addon of these packages exports; the rest is its owner's. */
export interface Addon {
  /** The version of the boundary that it was built for. */
  readonly boundaryVersion: number;
}

/** Where a native addon is, and who loads it. */
export interface AddonSource {
  /** The package that it belongs to: `@hp/core-native`. Platform packages are called after it. */
  readonly owner: string;
  /** `import.meta.url` of a module in `src` or `dist` of that package. */
  readonly url: string;
  /** The addon's file name: `hp_core.node`. */
  readonly file: string;
  /** The environment variable that names an addon to be taken instead, and no other. */
  readonly override: string;
  /** What the addon has to call its own version of the boundary. */
  readonly boundaryVersion: number;
  /** What else can be the cause where it does not load; a sentence. */
  readonly hint?: string;
}

/**
 * Loads a native addon: from its environment variable, from the platform package, or from a local build.
 * @throws Error that lists what was tried, and why each failed.
 */
export function loadAddon(source: AddonSource): Addon {
  const require = createRequire(source.url);
  const local = fileURLToPath(new URL(`../build/release/${source.file}`, source.url));
  const override = process.env[source.override];
  const candidates =
    override === undefined ? [`${platformPackage(source.owner)}/${source.file}`, local] : [override];
  const tried: string[] = [];
  for (const candidate of candidates) {
    if (candidate === local && !existsSync(local)) {
      tried.push(`${candidate}: not built`);
      continue;
    }
    try {
      const loaded = require(candidate) as Addon;
      if (loaded.boundaryVersion === source.boundaryVersion) return loaded;
      tried.push(`${candidate}: built for another version of this package`);
    } catch (error) {
      tried.push(`${candidate}: ${describe(error)}`);
    }
  }
  throw new Error(failure(source, tried));
}

function failure({ owner, hint }: AddonSource, tried: readonly string[]): string {
  return [
    `${owner} could not load its native addon for ${platform()}, Node ${process.version}.`,
    ...tried.map((line) => `  tried ${line}`),
    'If the platform package is missing, npm may have left out optional dependencies: ' +
      'remove node_modules and the lock file and install again.',
    ...(hint === undefined ? [] : [hint]),
  ].join('\n');
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}

/** The system, the processor, and on Linux the C library: what an addon is built for. */
function platform(): string {
  if (process.platform !== 'linux') return target;
  const isMusl = readdirSync('/lib').some((name) => name.startsWith('ld-musl-'));
  return `${target} (${isMusl ? 'musl' : 'glibc'})`;
}

/** The package that brings the addon of another for this platform. */
function platformPackage(owner: string): string {
  return `${owner}-${process.platform === 'linux' ? `${target}-gnu` : target}`;
}
