// SPDX-License-Identifier: Apache-2.0
// Certificates for tests, made by the `openssl` program when they are first asked for. Where `HP_TEST_CERTIFICATES` names a
// directory, what it holds is used, and what is made is added: so tests run where there is no such program.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What a certificate says. */
export interface CertificateOptions {
  /** Host names; `localhost` where neither these nor `ip` are given. */
  readonly names?: readonly string[];
  /** IP addresses; 127.0.0.1 where neither these nor `names` are given. */
  readonly ip?: readonly string[];
  /** The subject's common name. */
  readonly commonName?: string;
  readonly keyType?: KeyType;
  /** For the client's end of a connection; a server's else. */
  readonly client?: boolean;
  readonly expired?: boolean;
  readonly notYetValid?: boolean;
  /** Encrypts the key. */
  readonly password?: string;
  /** Tells certificates apart that say the same. */
  readonly serial?: number;
}

/** RSA-2048 or EC P-256. */
export type KeyType = 'rsa' | 'ec';

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Who issues certificates. */
export interface Authority {
  /** Its own certificate, as PEM. */
  readonly cert: string;
  issue(options?: CertificateOptions): Certificate;
  /** A list that revokes `cert`, or nothing, as PEM. */
  revoke(cert?: string): string;
  /** An authority below this one. */
  intermediate(name?: string): Authority;
}

type Files = Readonly<Record<string, string>>;

const { HP_TEST_CERTIFICATES: kept } = process.env;
const made = new Map<string, unknown>();

const DAY_MS = 86_400_000;

/** Days from now as `openssl ca` writes them. */
function day(days: number): string {
  const iso = new Date(Date.now() + days * DAY_MS).toISOString();
  return `${iso.replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
}

/** What `make` made for these options: in this process, or in any that shares the directory of kept ones. */
function once<T>(options: object, make: () => T): T {
  const name = createHash('sha256').update(JSON.stringify(options)).digest('hex').slice(0, 32);
  let value = made.get(name) as T | undefined;
  if (value === undefined) {
    value = kept === undefined ? make() : keptIn(kept, name, make);
    made.set(name, value);
  }
  return value;
}

/** Several processes may ask for the same: the first that has it ready decides what it is for all. */
function keptIn<T>(directory: string, name: string, make: () => T): T {
  const file = path.join(directory, `${name}.json`);
  const read = (): T => JSON.parse(readFileSync(file, 'utf8')) as T;
  try {
    return read();
  } catch {
    mkdirSync(directory, { recursive: true });
    const draft = path.join(directory, `${name}.${randomBytes(8).toString('hex')}`);
    writeFileSync(draft, JSON.stringify(make()));
    try {
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft);
    }
    return read();
  }
}

/** Runs commands of `openssl` in a directory with `files`, and reads `results` from there. */
function openssl<T extends string>(
  files: Files,
  commands: readonly (readonly string[])[],
  results: readonly T[],
): Record<T, string> {
  const directory = mkdtempSync(path.join(tmpdir(), 'hp-certificates-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(directory, name), text);
    for (const command of commands) {
      execFileSync('openssl', command, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
    }
    const read = results.map((name) => [name, readFileSync(path.join(directory, name), 'utf8')]);
    return Object.fromEntries(read) as Record<T, string>;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const newKey: Readonly<Record<KeyType, readonly string[]>> = {
  rsa: ['-newkey', 'rsa:2048'],
  ec: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
};

function requestKey({ keyType = 'ec', password, commonName }: CertificateOptions): readonly string[] {
  const protection = password === undefined ? ['-noenc'] : ['-passout', `pass:${password}`];
  const subject = ['-subj', `/O=HP test/CN=${commonName ?? 'test'}`, '-config', 'ca.cnf'];
  return [...newKey[keyType], ...protection, ...subject, '-keyout', 'key.pem'];
}

const AUTHORITY = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];

/** What `openssl ca` wants beside the key and certificate of the authority. */
function caFiles(extensions: readonly string[]): Files {
  const configuration = `
    [req]
    distinguished_name = any
    [any]
    O = optional
    CN = optional
    [ca]
    default_ca = it
    [it]
    database = index.txt
    new_certs_dir = .
    certificate = ca.pem
    private_key = ca.key
    rand_serial = yes
    default_md = sha256
    default_crl_days = 3000
    policy = any
    unique_subject = no
    x509_extensions = issued
    [issued]
    ${extensions.join('\n')}
    subjectKeyIdentifier = hash
    authorityKeyIdentifier = keyid
  `;
  return { 'index.txt': '', 'ca.cnf': configuration };
}

function extensionsOf({ names, ip, client }: CertificateOptions): string[] {
  const none = names === undefined && ip === undefined;
  const dns = (none ? ['localhost'] : (names ?? [])).map((name) => `DNS:${name}`);
  const addresses = (none ? ['127.0.0.1'] : (ip ?? [])).map((address) => `IP:${address}`);
  return [
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature,keyEncipherment',
    `extendedKeyUsage=${client === true ? 'clientAuth' : 'serverAuth'}`,
    `subjectAltName=${[...dns, ...addresses].join(',')}`,
  ];
}

class OpensslAuthority implements Authority {
  readonly cert: string;
  readonly #key: string;

  constructor(
    { cert, key }: Certificate,
    /** What it was made from, so that what it issues has a name of its own. */
    readonly origin: object,
  ) {
    this.cert = cert;
    this.#key = key;
  }

  issue(options: CertificateOptions = {}): Certificate {
    return once({ by: this.origin, options }, () => this.#sign(options, extensionsOf(options)));
  }

  revoke(cert = ''): string {
    return once({ by: this.origin, revoked: cert }, () => {
      const files = { ...this.#files([]), 'revoked.pem': cert };
      const ca = ['ca', '-batch', '-config', 'ca.cnf'];
      const revoke = cert === '' ? [] : [[...ca, '-revoke', 'revoked.pem']];
      return openssl(files, [...revoke, [...ca, '-gencrl', '-out', 'crl.pem']], ['crl.pem'])['crl.pem'];
    });
  }

  intermediate(name = 'intermediate'): Authority {
    const origin = { by: this.origin, name };
    const made = once(origin, () => this.#sign({ commonName: name }, AUTHORITY));
    return new OpensslAuthority(made, origin);
  }

  #files(extensions: readonly string[]): Files {
    return { ...caFiles(extensions), 'ca.pem': this.cert, 'ca.key': this.#key };
  }

  #sign(options: CertificateOptions, extensions: readonly string[]): Certificate {
    const [from, to] =
      options.notYetValid === true ? [1000, 2000] : options.expired === true ? [-20, -10] : [-1, 3000];
    const request = ['req', '-new', ...requestKey(options), '-out', 'request.pem'];
    const sign = ['ca', '-batch', '-config', 'ca.cnf', '-notext', '-in', 'request.pem', '-out', 'cert.pem'];
    const validity = ['-startdate', day(from), '-enddate', day(to)];
    const results = openssl(
      this.#files(extensions),
      [request, [...sign, ...validity]],
      ['cert.pem', 'key.pem'],
    );
    return { cert: results['cert.pem'], key: results['key.pem'] };
  }
}

/** The certificate of nobody but itself. */
export function selfSigned(
  options: CertificateOptions = {},
  extensions: readonly string[] = extensionsOf(options),
): Certificate {
  return once({ options, extensions }, () => {
    const add = extensions.flatMap((extension) => ['-addext', extension]);
    const command = ['req', '-x509', '-days', '3000', ...requestKey(options), ...add, '-out', 'cert.pem'];
    const results = openssl(caFiles([]), [command], ['cert.pem', 'key.pem']);
    return { cert: results['cert.pem'], key: results['key.pem'] };
  });
}

/** An authority that signs for itself; another one for each name. */
export function authority(name = 'authority', keyType: KeyType = 'ec'): Authority {
  const options = { commonName: name, keyType };
  return new OpensslAuthority(selfSigned(options, AUTHORITY), options);
}
