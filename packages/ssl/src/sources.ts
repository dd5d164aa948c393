// SPDX-License-Identifier: Apache-2.0
import type { Stats } from 'node:fs';
import { describeError, ErrorCode, errorName } from '@hp/core-native';
import { setUpFailure, type SslSource } from './context-options.js';

// An import would lay out all that node:fs exports, its streams among them, which takes milliseconds.
const { closeSync, openSync, readdirSync, readFileSync, realpathSync, statSync } =
  process.getBuiltinModule('node:fs');

/** What no path has; of text that is broken nothing is to be shown as if it were one. */
const IS_TEXT = /-----BEGIN|[\r\n]/;
const NOTHING: Buffer = Buffer.alloc(0);

function codeOf(error: unknown): ErrorCode {
  const { constants } = process.getBuiltinModule('node:os');
  // What a file can fail with has the same number everywhere.
  const numbers = constants.errno as Readonly<Record<string, ErrorCode>>;
  return numbers[(error as NodeJS.ErrnoException).code ?? ''] ?? ErrorCode.InvalidArgument;
}

/** Does something with a file, and throws the failure of a set-up where that is not possible. */
function attempt<T>(option: string, file: string, verb: string, what: () => T): T {
  try {
    return what();
  } catch (error) {
    const errno = codeOf(error);
    throw setUpFailure(
      errno,
      `${option} ${file} cannot be ${verb}: ${describeError(errno)} (${errorName(errno)}).`,
    );
  }
}

function inMemory(source: SslSource): Buffer | undefined {
  if (typeof source !== 'string') {
    return Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  }
  return IS_TEXT.test(source) ? Buffer.from(source) : undefined;
}

function read(option: string, file: string): Buffer {
  return attempt(option, file, 'read', () => readFileSync(file));
}

/** For what is empty native code would take as absent. */
function filled(option: string, pem: Buffer): Buffer {
  if (pem.length !== 0) return pem;
  throw setUpFailure(ErrorCode.BadMessage, `${option} is empty; give it PEM.`);
}

/** The PEM of one source. */
export function readPem(option: string, source: SslSource | undefined): Buffer {
  if (source === undefined) return NOTHING;
  return filled(option, inMemory(source) ?? read(option, source as string));
}

function listOf(sources: SslSource | readonly SslSource[] | undefined): readonly SslSource[] {
  if (sources === undefined) return [];
  return typeof sources === 'string' || sources instanceof Uint8Array ? [sources] : sources;
}

/** Puts PEM together; a text that ends without a line break would spoil the next one. */
export function joinPem(parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts.flatMap((part) => [part, Buffer.from('\n')]));
}

/** The PEM of several sources. */
export function readPems(option: string, sources: SslSource | readonly SslSource[] | undefined): Buffer {
  return joinPem(listOf(sources).map((source) => readPem(option, source)));
}

/** The PEM of several sources, of which each may be a directory. */
export function readAuthorities(sources: SslSource | readonly SslSource[] | undefined): Buffer {
  return joinPem(
    listOf(sources).map((source) => filled('ca', inMemory(source) ?? readPlace(source as string))),
  );
}

function readPlace(place: string): Buffer {
  const found = attempt('ca', place, 'read', () => statSync(place));
  if (found.isDirectory()) return readDirectory(place);
  if (found.isFile()) return read('ca', place);
  throw setUpFailure(ErrorCode.BadFileType, `ca ${place} is neither a file nor a directory.`);
}

/** What in a directory holds certificates, each file once: links by hash, as OpenSSL wants them, are names of the same. */
function readDirectory(directory: string): Buffer {
  const names = attempt('ca', directory, 'read', () => readdirSync(directory));
  const files = names.map((name) => `${directory}/${name}`).filter((file) => fileAt(file)?.isFile() === true);
  const certificates = [...new Set(files.map((file) => realpathSync(file)))]
    .map((file) => read('ca', file))
    .filter((content) => content.includes('CERTIFICATE-----'));
  if (certificates.length !== 0) return joinPem(certificates);
  throw setUpFailure(ErrorCode.BadMessage, `ca ${directory} has no file with a certificate (PEM) in it.`);
}

/** What is behind a name; nothing where a link leads nowhere. */
function fileAt(file: string): Stats | undefined {
  return statSync(file, { throwIfNoEntry: false });
}

/** Throws unless a file can be appended to; a new one can be read by its owner alone. */
export function checkAppendable(option: string, file: string): void {
  attempt(option, file, 'written', () => {
    closeSync(openSync(file, 'a', 0o600));
  });
}
