// SPDX-License-Identifier: Apache-2.0
// Where an addon is looked for.
import { cp, rm, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { builtAddon, Installation, platformPackageOf } from './support/installation.js';

const core = { name: 'core-native', file: 'hp_core.node', override: 'HP_NATIVE_PATH' };
const addon = builtAddon(core);
const noAddon = 'This is no addon. '.repeat(10);

describe('the addon', () => {
  test('is that of HP_NATIVE_PATH, else the platform package, else a local build', async () => {
    await using installation = await Installation.of(core);
    const { override, platform, local } = installation.places;
    for (const place of [override, platform, local]) await cp(addon, place);

    expect(await installation.run(override)).toMatchObject({ stdout: `${override}\n`, code: 0 });
    expect(await installation.run()).toMatchObject({ stdout: `${platform}\n`, code: 0 });
    await rm(platform);
    expect(await installation.run()).toMatchObject({ stdout: `${local}\n`, code: 0 });
  });

  test('that does not load is left for the next place', async () => {
    await using installation = await Installation.of(core);
    const { platform, local } = installation.places;
    await writeFile(platform, noAddon);
    await cp(addon, local);

    expect(await installation.run()).toMatchObject({ stdout: `${local}\n`, code: 0 });
  });

  test('that is nowhere: the error says for what, what was tried in which order, and what to do', async () => {
    await using installation = await Installation.of(core);
    await writeFile(installation.places.platform, noAddon);
    const { code, stderr } = await installation.run();

    expect(code).toBe(1);
    expect(stderr).toContain(
      `@hp/core-native could not load its native addon for ${process.platform}-${process.arch}`,
    );
    const tried = [...stderr.matchAll(/^ {2}tried (.*?): (.*)$/gm)].map(([, where, why]) => [where, why]);
    expect(tried).toEqual([
      [
        `${platformPackageOf(core)}/hp_core.node`,
        expect.stringMatching(/invalid ELF header|not a valid Win32 application|Bad EXE format/),
      ],
      [installation.places.local, 'not built'],
    ]);
    expect(stderr).toContain('remove node_modules and the lock file');
  });

  test('of HP_NATIVE_PATH: nothing else is tried where it does not load', async () => {
    await using installation = await Installation.of(core);
    const { override, platform, local } = installation.places;
    for (const place of [platform, local]) await cp(addon, place);
    const { code, stderr } = await installation.run(override);

    expect(code).toBe(1);
    expect(stderr.match(/^ {2}tried /gm)).toHaveLength(1);
    expect(stderr).toContain(`tried ${override}: Cannot find module`);
  });
});
