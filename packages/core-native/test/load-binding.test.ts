// SPDX-License-Identifier: Apache-2.0
// Where an addon is looked for.
import { cp, rm, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { builtAddon, Installation, platformPackageOf } from './support/installation.js';

const core = { name: 'core-native', file: 'hp_core.node', override: 'HP_NATIVE_PATH' };
const addon = builtAddon(core);
/** Makes a process believe that it runs elsewhere. */
const runsOn = (platform: string, arch: string): string =>
  `Object.defineProperties(process, { platform: { value: '${platform}' }, arch: { value: '${arch}' } });`;
const darwin = runsOn('darwin', 'arm64');
const musl = `${runsOn('linux', 'x64')} process.report.getReport = () => ({ header: {} });`;

const noAddon = 'This is no addon. '.repeat(10);

describe('the addon', () => {
  test('is that of HP_NATIVE_PATH, else a local build, else the platform package', async () => {
    await using installation = await Installation.of(core);
    const { override, local, platform } = installation.places;
    for (const place of [override, local, platform]) await cp(addon, place);

    expect(await installation.run(override)).toMatchObject({ stdout: `${override}\n`, code: 0 });
    expect(await installation.run()).toMatchObject({ stdout: `${local}\n`, code: 0 });
    await rm(local);
    expect(await installation.run()).toMatchObject({ stdout: `${platform}\n`, code: 0 });
  });

  test('that does not load is left for the next place', async () => {
    await using installation = await Installation.of(core);
    const { local, platform } = installation.places;
    await writeFile(local, noAddon);
    await cp(addon, platform);

    expect(await installation.run()).toMatchObject({ stdout: `${platform}\n`, code: 0 });
  });

  test('that is nowhere: the error says for what, what was tried in which order, and what to do', async () => {
    await using installation = await Installation.of(core);
    await writeFile(installation.places.local, noAddon);
    const { code, stderr } = await installation.run();

    expect(code).toBe(1);
    expect(stderr).toContain(
      `@hp/core-native could not load its native addon for ${process.platform}-${process.arch}`,
    );
    const tried = [...stderr.matchAll(/^ {2}tried (.*?): (.*)$/gm)].map(([, where, why]) => [where, why]);
    expect(tried).toEqual([
      [
        installation.places.local,
        expect.stringMatching(/invalid ELF header|not a valid Win32 application|Bad EXE format/),
      ],
      [`${platformPackageOf(core)}/hp_core.node`, expect.stringContaining('Cannot find module')],
    ]);
    expect(stderr).toContain('remove node_modules');
  });

  test('for a platform without one: one sentence says which there are', async () => {
    await using installation = await Installation.of(core);
    const { code, stderr } = await installation.run(undefined, [
      '--import',
      `data:text/javascript,${darwin}`,
    ]);

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /Error: @hp\/core-native does not support darwin-arm64; it runs on linux-x64-gnu and win32-x64\.$/m,
    );
  });

  test('for musl instead of glibc: one sentence too', async () => {
    await using installation = await Installation.of(core);
    const { stderr } = await installation.run(undefined, ['--import', `data:text/javascript,${musl}`]);

    expect(stderr).toContain('does not support linux-x64-musl; it runs on linux-x64-gnu and win32-x64.');
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
