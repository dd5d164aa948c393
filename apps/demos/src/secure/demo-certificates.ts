// SPDX-License-Identifier: Apache-2.0
// The certificates of the SSL demos: made for this computer when they are first needed, and when they have expired.
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DemoFailure } from '../failure.js';
import { packageFolder } from '../package-folder.js';
import { type Issued, issueCertificates, type Validity } from './issue-certificates.js';

/** The files of a certificate and its key. */
export interface IdentityFiles {
  readonly cert: string;
  readonly key: string;
}

/** The files of everything that an authority for demos has issued. */
export interface DemoCertificates {
  readonly authority: string;
  readonly server: IdentityFiles;
  readonly client: IdentityFiles;
}

const FOLDER = '.certificates';
const DAY_MS = 86_400_000;
const VALID_DAYS = 365;
const NOTE = `DEMO ONLY

What is in this folder is for the SSL demos on this computer and for nothing else. The demos make it
when they need it, so it can be deleted. Nobody has the key of the authority: it was not kept.
`;

/** Where they are, in the folder of this package: a shared one could hold what somebody else has put there. */
export function demoFolder(): string {
  return path.join(packageFolder(), FOLDER);
}

/**
 * The certificates in `folder`, which are made first where there are none that are valid.
 * @throws DemoFailure where they cannot be written.
 */
export async function demoCertificates(folder: string = demoFolder()): Promise<DemoCertificates> {
  const files = filesIn(folder);
  if (areUsable(files)) return files;
  const issued = await issueCertificates(validity());
  try {
    place(issued, folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DemoFailure(`the certificates for demos cannot be kept in ${folder}: ${reason}`);
  }
  return files;
}

/** From yesterday on, for the clock of another computer may be behind. */
export function validity(now: number = Date.now()): Validity {
  return { from: new Date(now - DAY_MS), until: new Date(now + VALID_DAYS * DAY_MS) };
}

function filesIn(folder: string): DemoCertificates {
  const identity = (name: string): IdentityFiles => ({
    cert: path.join(folder, `${name}.crt`),
    key: path.join(folder, `${name}.key`),
  });
  return {
    authority: path.join(folder, 'authority.crt'),
    server: identity('server'),
    client: identity('client'),
  };
}

/** Whether all are there and will be valid for another day; those of one folder are equally old. */
function areUsable({ authority, server, client }: DemoCertificates): boolean {
  try {
    const { validFrom, validTo } = new X509Certificate(readFileSync(server.cert));
    const now = Date.now();
    return (
      [authority, server.key, client.cert, client.key].every((file) => existsSync(file)) &&
      Date.parse(validFrom) <= now &&
      now + DAY_MS < Date.parse(validTo)
    );
  } catch {
    return false;
  }
}

/** Puts all of them there at once: several demos may begin together, and what one has placed serves all. */
function place(issued: Issued, folder: string): void {
  const written = mkdtempSync(`${folder}-`);
  try {
    write(issued, written);
    if (!tryRename(written, folder)) {
      if (areUsable(filesIn(folder))) return;
      tryRename(folder, path.join(written, 'replaced'));
      renameSync(written, folder);
      rmSync(path.join(folder, 'replaced'), { recursive: true, force: true });
    }
  } finally {
    rmSync(written, { recursive: true, force: true });
  }
}

function write({ authority, server, client }: Issued, folder: string): void {
  const files = filesIn(folder);
  const contents: readonly (readonly [file: string, text: string])[] = [
    [path.join(folder, 'DEMO-ONLY.txt'), NOTE],
    [files.authority, authority],
    [files.server.cert, server.cert],
    [files.server.key, server.key],
    [files.client.cert, client.cert],
    [files.client.key, client.key],
  ];
  for (const [file, text] of contents) writeFileSync(file, text, { mode: 0o600 });
}

function tryRename(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}
