// SPDX-License-Identifier: Apache-2.0
// A registry on this machine, with nothing in it but what is published to it.
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runServer } from 'verdaccio';

/**
 * @typedef {{
 *   url: string,
 *   env: Record<string, string>,
 *   close: () => Promise<void>,
 * }} Registry `env` has npm, pnpm and changesets use it and nothing else
 */

/**
 * Starts one that keeps its files in `folder`.
 *
 * @param {string} folder
 * @returns {Promise<Registry>}
 */
export async function startRegistry(folder) {
  const config = path.join(folder, 'config.yaml');
  const settings = {
    storage: path.join(folder, 'storage'),
    packages: { '**': { access: '$all', publish: '$all', unpublish: '$all' } },
    logs: { type: 'stdout', format: 'pretty', level: 'error' },
    max_body_size: '50mb',
  };
  mkdirSync(folder);
  // JSON is YAML too.
  writeFileSync(config, JSON.stringify(settings));
  const server = await runServer(config);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;

  const url = `http://127.0.0.1:${port}/`;
  const npmrc = path.join(folder, 'npmrc');
  // npm wants to know who publishes, whoever that is.
  writeFileSync(npmrc, `registry=${url}\n//127.0.0.1:${port}/:_authToken=nobody\n`);
  return {
    url,
    env: {
      npm_config_userconfig: npmrc,
      npm_config_registry: url,
      npm_config_cache: path.join(folder, 'cache'),
      npm_config_provenance: 'false',
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
