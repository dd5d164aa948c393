// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lastWords } from './last-words.js';

/** PEM files. */
export interface Certificate {
  cert: string;
  key: string;
}

let made: Certificate | undefined;

/**
 * The certificate of every server over TLS: EC P-256, made when it is first asked for and gone with this
 * process. Throws where there is no `openssl` to make it with.
 */
export function certificate(): Certificate {
  return (made ??= makeCertificate());
}

function makeCertificate(): Certificate {
  const folder = mkdtempSync(path.join(tmpdir(), 'hp-benchmarks-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const files = { cert: path.join(folder, 'cert.pem'), key: path.join(folder, 'key.pem') };
  const { status, stderr, error } = spawnSync(
    'openssl',
    [
      ['req', '-x509', '-subj', '/CN=localhost', '-days', '2'],
      ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ['-out', files.cert, '-keyout', files.key],
    ].flat(),
    { encoding: 'utf8' },
  );
  if (error !== undefined) throw new Error(`no certificate without the openssl program: ${error.message}`);
  if (status !== 0) throw new Error(`openssl: ${lastWords(stderr)}`);
  return files;
}
