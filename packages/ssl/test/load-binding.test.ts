// SPDX-License-Identifier: Apache-2.0
// Where the addon is looked for: in copies of the built packages, installed as npm would do it.
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ChildResult, runChild, TemporaryDirectory } from '@hp/testkit';

const packages = path.join(import.meta.dirname, '../..');
const addon = process.env['HP_SSL_NATIVE_PATH'] ?? path.join(packages, 'ssl/build/release/hp_ssl.node');
const core = process.env['HP_NATIVE_PATH'] ?? path.join(packages, 'core-native/build/release/hp_core.node');
const target = `${process.platform}-${process.arch}`;
const platformPackage = `@hp/ssl-${process.platform === 'linux' ? `${target}-gnu` : target}`;

const noAddon = 'This is no addon. '.repeat(10);

/** Prints which addon has been loaded. */
const script = `
import { createRequire } from 'node:module';
import '@hp/ssl';
const loaded = Object.keys(createRequire(import.meta.url).cache);
console.log(loaded.find((file) => file.endsWith('.node') && !file.endsWith('hp_core.node')));
`;

class Installation implements AsyncDisposable {
  private constructor(private readonly directory: TemporaryDirectory) {}

  static async create(): Promise<Installation> {
    const directory = await TemporaryDirectory.create();
    const modules = path.join(directory.path, 'node_modules');
    for (const name of ['ssl', 'tcp', 'core-native']) {
      for (const part of ['package.json', 'dist']) {
        await cp(path.join(packages, name, part), path.join(modules, '@hp', name, part), { recursive: true });
      }
    }
    await mkdir(path.join(modules, '@hp/ssl/build/release'), { recursive: true });
    await mkdir(path.join(modules, platformPackage), { recursive: true });
    await directory.file('script.mjs', script);
    return new Installation(directory);
  }

  get places(): { override: string; platform: string; local: string } {
    const modules = path.join(this.directory.path, 'node_modules');
    return {
      override: path.join(this.directory.path, 'chosen.node'),
      platform: path.join(modules, platformPackage, 'hp_ssl.node'),
      local: path.join(modules, '@hp/ssl/build/release/hp_ssl.node'),
    };
  }

  async run(override?: string): Promise<ChildResult> {
    const file = path.join(this.directory.path, 'script.mjs');
    return await runChild(file, [], { env: { HP_NATIVE_PATH: core, HP_SSL_NATIVE_PATH: override } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.directory[Symbol.asyncDispose]();
  }
}

describe('the addon', () => {
  test('is that of HP_SSL_NATIVE_PATH, else the platform package, else a local build', async () => {
    await using installation = await Installation.create();
    const { override, platform, local } = installation.places;
    for (const place of [override, platform, local]) await cp(addon, place);

    expect(await installation.run(override)).toMatchObject({ stdout: `${override}\n`, code: 0 });
    expect(await installation.run()).toMatchObject({ stdout: `${platform}\n`, code: 0 });
    await rm(platform);
    expect(await installation.run()).toMatchObject({ stdout: `${local}\n`, code: 0 });
  });

  test('that is nowhere: the error says for what, what was tried in which order, and what to do', async () => {
    await using installation = await Installation.create();
    await writeFile(installation.places.platform, noAddon);
    const { code, stderr } = await installation.run();

    expect(code).toBe(1);
    expect(stderr).toContain(`@hp/ssl could not load its native addon for ${target}`);
    const tried = [...stderr.matchAll(/^ {2}tried (.*?): (.*)$/gm)].map(([, where, why]) => [where, why]);
    expect(tried).toEqual([
      [
        `${platformPackage}/hp_ssl.node`,
        expect.stringMatching(/invalid ELF header|not a valid Win32 application|Bad EXE format/),
      ],
      [installation.places.local, 'not built'],
    ]);
    expect(stderr).toContain('remove node_modules and the lock file');
  });

  test('that is another one, or of HP_SSL_NATIVE_PATH and nowhere: nothing else is taken for it', async () => {
    await using installation = await Installation.create();
    const { override, local } = installation.places;
    await cp(addon, local);
    await cp(core, override);
    const wrong = await installation.run(override);
    await rm(override);
    const missing = await installation.run(override);

    expect(wrong.stderr).toContain(`tried ${override}: built for another version of this package`);
    expect(missing.stderr).toContain(`tried ${override}: Cannot find module`);
    for (const { code, stderr } of [wrong, missing]) {
      expect(code).toBe(1);
      expect(stderr.match(/^ {2}tried /gm)).toHaveLength(1);
    }
  });
});
