// SPDX-License-Identifier: Apache-2.0
// Copies of built packages, installed as npm would do it, of which one looks for its addon.
import { cp, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type ChildResult, runChild, TemporaryDirectory } from '@hp/testkit';

const packages = path.join(import.meta.dirname, '../../..');

const target = `${process.platform}-${process.arch}`;

/** A package with an addon. */
export interface Installed {
  /** Its name without the scope. */
  readonly name: string;
  /** Packages of this repository that it needs. */
  readonly needs?: readonly string[];
  /** The addon's file name. */
  readonly file: string;
  /** The environment variable that names another addon. */
  readonly override: string;
  /** What the environment has besides. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Prints which addon of the package has been loaded. */
function scriptOf({ name, file }: Installed): string {
  return `
    import { createRequire } from 'node:module';
    import '@hp/${name}';
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    console.log(loaded.find((path) => path.endsWith('${file}') || path.endsWith('chosen.node')));
  `;
}

/** The addon that has been built, of a package of this repository. */
export function builtAddon({ name, file, override }: Installed): string {
  return process.env[override] ?? path.join(packages, name, 'build/release', file);
}

/** The package that brings the addon for this platform. */
export function platformPackageOf({ name }: Installed): string {
  return `@hp/${name}-${process.platform === 'linux' ? `${target}-gnu` : target}`;
}

export class Installation implements AsyncDisposable {
  private constructor(
    private readonly directory: TemporaryDirectory,
    private readonly installed: Installed,
  ) {}

  /** One without any addon yet. */
  static async of(installed: Installed): Promise<Installation> {
    const directory = await TemporaryDirectory.create();
    const modules = path.join(directory.path, 'node_modules');
    for (const name of [installed.name, ...(installed.needs ?? [])]) {
      for (const part of ['package.json', 'dist']) {
        await cp(path.join(packages, name, part), path.join(modules, '@hp', name, part), { recursive: true });
      }
    }
    await mkdir(path.join(modules, '@hp', installed.name, 'build/release'), { recursive: true });
    await mkdir(path.join(modules, platformPackageOf(installed)), { recursive: true });
    await directory.file('script.mjs', scriptOf(installed));
    return new Installation(directory, installed);
  }

  /** Where an addon may be. */
  get places(): { override: string; local: string; platform: string } {
    const { name, file } = this.installed;
    const modules = path.join(this.directory.path, 'node_modules');
    return {
      override: path.join(this.directory.path, 'chosen.node'),
      local: path.join(modules, '@hp', name, 'build/release', file),
      platform: path.join(modules, platformPackageOf(this.installed), file),
    };
  }

  /** Imports the package in a process of its own; it prints which addon has been loaded. */
  async run(override?: string, nodeOptions: readonly string[] = []): Promise<ChildResult> {
    const env = {
      ...this.installed.env,
      [this.installed.override]: override,
      // Where a command of pnpm finds packages that nobody has installed here.
      NODE_PATH: undefined,
    };
    return await runChild(path.join(this.directory.path, 'script.mjs'), [], { env, nodeOptions });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.directory[Symbol.asyncDispose]();
  }
}
