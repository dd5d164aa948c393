// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// An import would lay out all that node:fs exports, its streams among them, which takes milliseconds.
const { existsSync } = process.getBuiltinModule('node:fs');

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
  /**
   * What requires the addon of each platform package, by the end of its name: `linux-x64-gnu`. Each function
   * names its file in full, so that bundlers see it.
   */
  readonly platforms: Readonly<Record<string, () => unknown>>;
  /** The environment variable that names an addon to be taken instead, and no other. */
  readonly override: string;
  /** What the addon has to call its own version of the boundary. */
  readonly boundaryVersion: number;
  /** What else can be the cause where it does not load; a sentence. */
  readonly hint?: string;
}

interface Candidate {
  readonly name: string;
  readonly load: () => unknown;
}

/**
 * Loads a native addon: from its environment variable; else from a local build, which only a checkout of the
 * sources has; else from the platform package.
 * @throws Error that says in one sentence that the platform is not supported, or else lists what was tried,
 * and why each failed.
 */
export function loadAddon(source: AddonSource): Addon {
  const own = ownAddons(source);
  const candidates = source.override in process.env ? own : [...own, ...platformPackages(source)];
  const tried: string[] = [];
  for (const { name, load } of candidates) {
    try {
      const loaded = load() as Addon;
      if (loaded.boundaryVersion === source.boundaryVersion) return loaded;
      tried.push(`${name}: built for another version of this package`);
    } catch (error) {
      tried.push(`${name}: ${describe(error)}`);
    }
  }
  const isSupported = own.length > 0 || platform() in source.platforms;
  throw new Error(isSupported ? failure(source, tried) : unsupported(source));
}

/** What somebody has built on purpose. */
function ownAddons({ url, file, override }: AddonSource): Candidate[] {
  const require = createRequire(url);
  const chosen = process.env[override];
  if (chosen !== undefined) return [{ name: chosen, load: () => require(chosen) as unknown }];
  const local = fileURLToPath(new URL(`../build/release/${file}`, url));
  return existsSync(local) ? [{ name: local, load: () => require(local) as unknown }] : [];
}

function platformPackages({ owner, file, platforms }: AddonSource): Candidate[] {
  // Which C library it is takes long to find out, and matters only where the addon does not load.
  const target = process.platform === 'linux' ? `linux-${process.arch}-gnu` : platform();
  const load = platforms[target];
  return load === undefined ? [] : [{ name: `${owner}-${target}/${file}`, load }];
}

function unsupported({ owner, platforms }: AddonSource): string {
  const list = new Intl.ListFormat('en').format(Object.keys(platforms));
  return `${owner} does not support ${platform()}; it runs on ${list}.`;
}

function failure({ owner, hint }: AddonSource, tried: readonly string[]): string {
  return [
    `${owner} could not load its native addon for ${platform()}, Node ${process.version}.`,
    ...tried.map((line) => `  tried ${line}`),
    'If the platform package is missing, optional dependencies were left out, or node_modules comes from another ' +
      'system: remove node_modules, and where that does not help the lock file, and install again here.',
    ...(hint === undefined ? [] : [hint]),
  ].join('\n');
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}

/** The system, the processor, and on Linux the C library: what an addon is built for. */
function platform(): string {
  const target = `${process.platform}-${process.arch}`;
  if (process.platform !== 'linux') return target;
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return `${target}-${header.glibcVersionRuntime === undefined ? 'musl' : 'gnu'}`;
}
