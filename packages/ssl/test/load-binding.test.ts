// SPDX-License-Identifier: Apache-2.0
// That it is this package's addon which is looked for. Where, is the core's matter.
import { cp, rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { builtAddon, Installation } from '../../core-native/test/support/installation.js';

const core = builtAddon({ name: 'core-native', file: 'hp_core.node', override: 'HP_NATIVE_PATH' });
const ssl = {
  name: 'ssl',
  needs: ['tcp', 'core-native'],
  file: 'hp_ssl.node',
  override: 'HP_SSL_NATIVE_PATH',
  env: { HP_NATIVE_PATH: core },
};
const addon = builtAddon(ssl);

describe('the addon', () => {
  test('is that of HP_SSL_NATIVE_PATH, else a local build, else the platform package', async () => {
    await using installation = await Installation.of(ssl);
    const { override, local, platform } = installation.places;
    for (const place of [override, local, platform]) await cp(addon, place);

    expect(await installation.run(override)).toMatchObject({ stdout: `${override}\n`, code: 0 });
    expect(await installation.run()).toMatchObject({ stdout: `${local}\n`, code: 0 });
    await rm(local);
    expect(await installation.run()).toMatchObject({ stdout: `${platform}\n`, code: 0 });
  });

  test('that is another one, or of HP_SSL_NATIVE_PATH and nowhere: nothing else is taken for it', async () => {
    await using installation = await Installation.of(ssl);
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
      expect(stderr).toContain('@hp/ssl could not load its native addon');
      expect(stderr).toContain('Electron, for one, is not supported.');
      expect(stderr.match(/^ {2}tried /gm)).toHaveLength(1);
    }
  });
});
