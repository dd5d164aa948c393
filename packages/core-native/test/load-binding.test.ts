// SPDX-License-Identifier: Apache-2.0
// Where the addon is looked for: in a copy of the built package, installed as npm would do it.
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ChildResult, runChild, TemporaryDirectory } from '@hp/testkit';

const folder = path.join(import.meta.dirname, '..');
const addon = process.env['HP_NATIVE_PATH'] ?? path.join(folder, 'build/release/hp_core.node');
const target = `${process.platform}-${process.arch}`;
const platformPackage = `@hp/core-native-${process.platform === 'linux' ? `${target}-gnu` : target}`;

const noAddon = 'This is no addon. '.repeat(10);

/** Prints which addon has been loaded. */
const script = `
import { createRequire } from 'node:module';
import '@hp/core-native';
const loaded = Object.keys(createRequire(import.meta.url).cache);
console.log(loaded.find((file) => file.endsWith('.node')));
`;

class Installation implements AsyncDisposable {
  private constructor(private readonly directory: TemporaryDirectory) {}

  static async create(): Promise<Installation> {
    const directory = await TemporaryDirectory.create();
    const modules = path.join(directory.path, 'node_modules');
    const installed = path.join(modules, '@hp/core-native');
    for (const part of ['package.json', 'dist']) {
      await cp(path.join(folder, part), path.join(installed, part), { recursive: true });
    }
    await mkdir(path.join(installed, 'build/release'), { recursive: true });
    await mkdir(path.join(modules, platformPackage), { recursive: true });
    await directory.file('script.mjs', script);
    return new Installation(directory);
  }

  get places(): { override: string; platform: string; local: string } {
    const modules = path.join(this.directory.path, 'node_modules');
    return {
      override: path.join(this.directory.path, 'chosen.node'),
      platform: path.join(modules, platformPackage, 'hp_core.node'),
      local: path.join(modules, '@hp/core-native/build/release/hp_core.node'),
    };
  }

  async run(override?: string): Promise<ChildResult> {
    const file = path.join(this.directory.path, 'script.mjs');
    return await runChild(file, [], { env: { HP_NATIVE_PATH: override } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.directory[Symbol.asyncDispose]();
  }
}

describe('the addon', () => {
  test('is that of HP_NATIVE_PATH, else the platform package, else a local build', async () => {
    await using installation = await Installation.create();
    const { override, platform, local } = installation.places;
    for (const place of [override, platform, local]) await cp(addon, place);

    expect(await installation.run(override)).toMatchObject({ stdout: `${override}\n`, code: 0 });
    expect(await installation.run()).toMatchObject({ stdout: `${platform}\n`, code: 0 });
    await rm(platform);
    expect(await installation.run()).toMatchObject({ stdout: `${local}\n`, code: 0 });
  });

  test('that does not load is left for the next place', async () => {
    await using installation = await Installation.create();
    const { platform, local } = installation.places;
    await writeFile(platform, noAddon);
    await cp(addon, local);

    expect(await installation.run()).toMatchObject({ stdout: `${local}\n`, code: 0 });
  });

  test('that is nowhere: the error says for what, what was tried in which order, and what to do', async () => {
    await using installation = await Installation.create();
    await writeFile(installation.places.platform, noAddon);
    const { code, stderr } = await installation.run();

    expect(code).toBe(1);
    expect(stderr).toContain(`for ${process.platform}-${process.arch}`);
    const tried = [...stderr.matchAll(/^ {2}tried (.*?): (.*)$/gm)].map(([, where, why]) => [where, why]);
    expect(tried).toEqual([
      [
        `${platformPackage}/hp_core.node`,
        expect.stringMatching(/invalid ELF header|not a valid Win32 application|Bad EXE format/),
      ],
      [installation.places.local, 'not built'],
    ]);
    expect(stderr).toContain('remove node_modules and the lock file');
  });

  test('of HP_NATIVE_PATH: nothing else is tried where it does not load', async () => {
    await using installation = await Installation.create();
    const { override, platform, local } = installation.places;
    for (const place of [platform, local]) await cp(addon, place);
    const { code, stderr } = await installation.run(override);

    expect(code).toBe(1);
    expect(stderr.match(/^ {2}tried /gm)).toHaveLength(1);
    expect(stderr).toContain(`tried ${override}: Cannot find module`);
  });
});
