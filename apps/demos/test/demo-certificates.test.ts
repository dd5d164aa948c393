// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TemporaryDirectory } from '@hp/testkit';
import { describe, expect, it } from 'vitest';
import { DemoFailure } from '../src/failure.js';
import {
  type DemoCertificates,
  demoCertificates,
  demoFolder,
  validity,
} from '../src/secure/demo-certificates.js';
import { issueCertificates } from '../src/secure/issue-certificates.js';

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

function read(file: string): X509Certificate {
  return new X509Certificate(readFileSync(file));
}

function contents(files: DemoCertificates): string[] {
  return [files.authority, files.server.cert, files.server.key, files.client.cert, files.client.key].map(
    (file) => readFileSync(file, 'utf8'),
  );
}

describe('the certificates for demos', () => {
  it('say what they are for, and are good for nothing else', async () => {
    await using directory = await TemporaryDirectory.create();
    const folder = path.join(directory.path, 'kept');
    const files = await demoCertificates(folder);
    const authority = read(files.authority);
    expect(authority.ca).toBe(true);
    for (const file of [files.authority, files.server.cert, files.client.cert]) {
      const certificate = read(file);
      expect(certificate.subject).toMatch(/^O=DEMO ONLY\nCN=/);
      expect(certificate.checkIssued(authority) && certificate.verify(authority.publicKey)).toBe(true);
      expect(Date.parse(certificate.validTo)).toBeLessThan(Date.now() + YEAR_MS + DAY_MS);
    }
    const names = readdirSync(folder).sort();
    expect(names).toEqual([
      'DEMO-ONLY.txt',
      'authority.crt',
      'client.crt',
      'client.key',
      'server.crt',
      'server.key',
    ]);
    expect(readdirSync(directory.path)).toEqual(['kept']);
  });

  it('are for the names of the local host, and for each side', async () => {
    await using directory = await TemporaryDirectory.create();
    const { server, client } = await demoCertificates(path.join(directory.path, 'kept'));
    const certificate = read(server.cert);
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkIP('::1')).toBe('::1');
    expect(certificate.checkHost('example.org')).toBeUndefined();
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(read(client.cert).keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    for (const { cert, key } of [server, client]) {
      expect(read(cert).checkPrivateKey(createPrivateKey(readFileSync(key)))).toBe(true);
      expect(read(cert).ca).toBe(false);
    }
  });

  it('are made once, also by several that need them at the same time', async () => {
    await using directory = await TemporaryDirectory.create();
    const folder = path.join(directory.path, 'kept');
    const all = await Promise.all(Array.from({ length: 5 }, () => demoCertificates(folder)));
    const [first, ...others] = all.map(contents);
    const later = contents(await demoCertificates(folder));
    for (const other of [...others, later]) expect(other).toEqual(first);
    expect(readdirSync(directory.path)).toEqual(['kept']);
  });

  it.each<[string, (files: DemoCertificates) => Promise<void> | void]>([
    ['have expired', (files) => reissue(files, Date.now() - YEAR_MS)],
    ['are not valid yet', (files) => reissue(files, Date.now() + 2 * DAY_MS)],
    ['are damaged', ({ server }) => writeFileSync(server.cert, 'nonsense')],
    ['are not complete', ({ client }) => rmSync(client.key)],
  ])('are made again where they %s', async (_, spoil) => {
    await using directory = await TemporaryDirectory.create();
    const folder = path.join(directory.path, 'kept');
    const files = await demoCertificates(folder);
    await spoil(files);
    await demoCertificates(folder);
    const now = Date.now();
    expect(Date.parse(read(files.server.cert).validFrom)).toBeLessThan(now);
    expect(Date.parse(read(files.server.cert).validTo)).toBeGreaterThan(now + DAY_MS);
    expect(read(files.client.cert).checkPrivateKey(createPrivateKey(readFileSync(files.client.key)))).toBe(
      true,
    );
    expect(readdirSync(directory.path)).toEqual(['kept']);
    expect(readdirSync(folder)).toHaveLength(6);
  });

  it('say where they cannot be kept', async () => {
    await using directory = await TemporaryDirectory.create();
    const file = await directory.file('file', '');
    const kept = demoCertificates(path.join(file, 'kept'));
    await expect(kept).rejects.toThrow(DemoFailure);
    await expect(kept).rejects.toThrow(/cannot be kept in .*kept: ENOTDIR/);
  });

  it('are kept with the demos', () => {
    expect(path.basename(path.dirname(demoFolder()))).toBe('demos');
  });
});

/** Puts what was issued at another time in the place of what is there. */
async function reissue(files: DemoCertificates, issuedAt: number): Promise<void> {
  const { server, client, authority } = await issueCertificates(validity(issuedAt));
  writeFileSync(files.authority, authority);
  for (const [file, text] of [
    [files.server.cert, server.cert],
    [files.server.key, server.key],
    [files.client.cert, client.cert],
    [files.client.key, client.key],
  ] as const) {
    writeFileSync(file, text);
  }
}
