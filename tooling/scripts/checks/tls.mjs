// SPDX-License-Identifier: Apache-2.0
// `npm run check:tls`: what testssl.sh finds in an SslServer that has a certificate made for the occasion, of RSA and of EC,
// and else the defaults. The reports and the verdict are kept in test-results/testssl.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ensureInstalled } from '../lib/install.mjs';
import { installDebianPackages } from '../lib/native-tools.mjs';
import { runTimed } from '../lib/timed.mjs';
import { requireToolchain } from '../lib/toolchain.mjs';
import { runTurbo } from '../lib/turbo.mjs';
import { root } from '../lib/workspace.mjs';

/** @typedef {{ id: string, severity: string, finding: string }} Finding */
/** @typedef {'rsa' | 'ec'} KeyType */

const results = path.join(root, 'test-results/testssl');

// Protocols, ciphers, forward secrecy, the server's preferences and defaults, vulnerabilities. Left out are the headers of
// HTTP, which are no matter of TLS, and what clients of old would choose.
const sections = ['-p', '-s', '-f', '-P', '-S', '-U'];

/** What is found, and is no fault of the server's. @type {Record<string, string>} */
const excused = {
  cert_revocation: 'the certificate is made for this run: there is nobody who could revoke it',
  engine_problem: 'it is about the openssl program of this machine, which has no engine for GOST',
  sessionresumption_ticket:
    'its client often leaves before the ticket of TLS 1.3 comes, whatever the server; the tests of @hp/ssl resume sessions',
};

/** What is in the report of a run that came to its end: the first of each section, and the last of all. */
const expected = ['SSLv2', 'cipherlist_NULL', 'cipher_order', 'cert_trust', 'heartbleed', 'RC4', 'scanTime'];

/** @type {Record<KeyType, string[]>} */
const newKey = {
  rsa: ['-newkey', 'rsa:2048'],
  ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
};

/**
 * Examines a server, and resolves to all that was found.
 *
 * @param {KeyType} keyType
 * @returns {Promise<Finding[]>}
 */
async function examine(keyType) {
  const file = (/** @type {string} */ extension) => path.join(results, `${keyType}.${extension}`);
  const [cert, key, report] = [file('cert.pem'), file('key.pem'), file('json')];
  const names = ['subjectAltName=DNS:localhost,IP:127.0.0.1', 'extendedKeyUsage=serverAuth'];
  const extensions = names.flatMap((extension) => ['-addext', extension]);
  const certificate = ['-days', '90', '-subj', '/CN=localhost', ...extensions, '-out', cert];
  const request = ['req', '-x509', '-noenc', ...newKey[keyType], '-keyout', key, ...certificate];
  execFileSync('openssl', request, { stdio: 'ignore' });

  const script = path.join(root, 'tooling/tls-check/https-server.mjs');
  const server = spawn(process.execPath, [script, cert, key], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = await once(createInterface(server.stdout), 'line', {
      signal: AbortSignal.timeout(10_000),
    });
    const quietly = [
      '--quiet',
      '--color',
      '0',
      '--warnings',
      'batch',
      '--nodns',
      'none',
      '--ip',
      '127.0.0.1',
    ];
    const target = ['--add-ca', cert, '--jsonfile', report, `https://localhost:${port}`];
    // Its exit code counts findings, those about the certificate too.
    await runTimed('testssl', [...quietly, ...sections, ...target], {
      output: file('txt'),
      timeoutMs: 300_000,
    });
    return existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : [];
  } finally {
    server.kill();
  }
}

/**
 * What is wrong with a server, in sentences.
 *
 * @param {KeyType} keyType
 */
async function faultsOf(keyType) {
  const findings = await examine(keyType);
  const missing = expected.filter((id) => !findings.some((each) => each.id === id));
  const bad = findings.filter(
    ({ id, severity }) => !['OK', 'INFO'].includes(severity) && excused[id] === undefined,
  );
  return [
    ...missing.map((id) => `${keyType}: testssl.sh says nothing of ${id}; see ${results}/${keyType}.txt`),
    ...bad.map(({ id, severity, finding }) => `${keyType}: ${severity} ${id}: ${finding}`),
  ];
}

requireToolchain();
await ensureInstalled();
if (!(await installDebianPackages(['testssl.sh', 'openssl'], 'The tests of TLS'))) process.exit(1);
const built = await runTurbo(['build', 'build:native', '--filter=@hp/ssl...', '--output-logs=errors-only']);
if (built !== 0) process.exit(built);

rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
const faults = (await Promise.all([faultsOf('rsa'), faultsOf('ec')])).flat();
const verdict = faults.length === 0 ? 'No vulnerability, no obsolete protocol.' : faults.join('\n');
writeFileSync(path.join(results, 'verdict.txt'), `${verdict}\n`);
for (const [id, reason] of Object.entries(excused)) console.log(`Not counted: ${id}; ${reason}.`);
console.log(verdict);
process.exitCode = faults.length === 0 ? 0 : 1;
