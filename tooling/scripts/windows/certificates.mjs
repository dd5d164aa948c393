// SPDX-License-Identifier: Apache-2.0
// Certificates for Windows, where there is no openssl program: made here, and kept for there.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runTimed } from '../lib/timed.mjs';
import { places, root } from './places.mjs';

const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
const maker = path.join(root, 'packages/ssl/test/support/certificates.ts');
const users = ['ssl', 'pull', 'pack'];

/** A certificate for the programs of two systems that talk to each other. */
function makeOne() {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-keyout', 'key.pem'];
  const certificate = ['-subj', '/CN=interop', '-addext', 'subjectAltName=IP:127.0.0.1', '-out', 'cert.pem'];
  const options = { cwd: places.certificates, stdio: /** @type {const} */ ('ignore') };
  execFileSync('openssl', ['req', '-x509', '-noenc', ...key, ...certificate], options);
}

/**
 * Which certificates they want, tests know when they run: those that want any run here once, and what they made is found
 * there. (What fails here does so in `npm test` too.)
 */
async function keepThoseOfTests() {
  const env = {
    ...process.env,
    HP_TEST_CERTIFICATES: places.certificates,
    HP_TEST_MODE: 'one thread',
  };
  // These take long, and want none that others do not want.
  const leaveOut = ['--exclude=test/lifecycle/*', '--exclude=test/memory/*'];
  const args = ['related', '--run', maker, ...leaveOut, '--reporter=minimal', '--outputFile=/dev/null'];
  for (const name of users) {
    const output = path.join(places.results, `certificates-${name}.log`);
    const cwd = path.join(root, 'packages', name);
    await runTimed(process.execPath, [vitest, ...args], { cwd, env, output, timeoutMs: 240_000 });
  }
}

export async function makeCertificates() {
  rmSync(places.certificates, { recursive: true, force: true });
  mkdirSync(places.certificates, { recursive: true });
  makeOne();
  await keepThoseOfTests();
}
