// SPDX-License-Identifier: Apache-2.0
import {
  checkObject,
  type ErrorCode,
  flag,
  HpSocketError,
  type SettingRule,
  SocketError,
  wholeNumber,
} from '@hp/core-native';
import type { SslContext } from './context.js';
import { SslVerifyMode } from './enums.js';

/** Where certificates and keys come from: the path of a PEM file, PEM text itself (it holds `-----BEGIN`), or its bytes. */
export type SslSource = string | Uint8Array;

/** A version of TLS. */
export type SslVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** What a callback for server names answers: a context, nothing (the default one), or `false` (refused). */
export type SslServerNameAnswer = SslContext | false | undefined;

/** What a context may be made of; nothing is needed for clients that trust Node's root certificates. */
export interface SslContextOptions {
  /** The own certificate, and those between it and its root. HP-Socket: `PemCertFile`. */
  readonly cert?: SslSource | undefined;
  /** The key of `cert`. HP-Socket: `PemKeyFile`. */
  readonly key?: SslSource | undefined;
  /** The password of an encrypted `key`. HP-Socket: `KeyPassword`. */
  readonly keyPassword?: string | undefined;
  /**
   * Who is trusted: one source or several, of which each may be a directory of PEM files too. Servers trust
   * nobody else; agents and clients Node's root certificates besides. HP-Socket: `CAPemFileOrPath`.
   */
  readonly ca?: SslSource | readonly SslSource[] | undefined;
  /** Lists of revoked certificates. Where there are any, each authority of a peer's chain must have one. */
  readonly crl?: SslSource | readonly SslSource[] | undefined;
  /**
   * What is asked of peers. Absent: agents and clients verify servers (`Peer`), servers ask for nothing. Given,
   * it holds for both. HP-Socket: `VerifyMode` (there `None` for both).
   */
  readonly verifyMode?: SslVerifyMode | undefined;
  /** The oldest version that is spoken. Default `'TLSv1.2'`. */
  readonly minVersion?: SslVersion | undefined;
  /** The newest version that is spoken. Default `'TLSv1.3'`. */
  readonly maxVersion?: SslVersion | undefined;
  /**
   * Ciphers up to TLS 1.2, as OpenSSL lists them. Default: those with forward secrecy and authenticated encryption,
   * which versions before TLS 1.2 have not got. HP-Socket: `SSLCipherList`.
   */
  readonly ciphers?: string | undefined;
  /** Ciphers of TLS 1.3, as OpenSSL lists them. Default: AES-128-GCM, AES-256-GCM, ChaCha20-Poly1305. */
  readonly cipherSuites?: string | undefined;
  /** Groups of the key exchange, as OpenSSL lists them, such as `'X25519:P-256'`. Default: OpenSSL's. */
  readonly groups?: string | undefined;
  /** Protocols inside TLS (ALPN), the most wanted first; each 1 to 255 bytes. A server refuses clients that offer only others. */
  readonly alpnProtocols?: readonly string[] | undefined;
  /** For servers: the contexts of other server names; `*.example.com` stands for one label. HP-Socket: `BindSSLServerName`. */
  readonly serverNames?: Readonly<Record<string, SslContext>> | undefined;
  /**
   * For servers: called with each server name that `serverNames` has not got; the handshake waits for the answer.
   * Where it throws or rejects, the client is refused, and the error surfaces as an uncaught one. A reload that
   * gives the first one is heard by servers from their next start on. HP-Socket: `SNIServerNameCallback`.
   */
  readonly onServerName?: ((name: string) => SslServerNameAnswer | Promise<SslServerNameAnswer>) | undefined;
  /** Tickets a server sends after a full handshake of TLS 1.3, 0 to 16; 0: no client can resume its session. Default 1. */
  readonly tickets?: number | undefined;
  /** Milliseconds a session may be resumed, from 1,000, rounded up to whole seconds. Default 7,200,000 (2 h). */
  readonly sessionTimeoutMs?: number | undefined;
  /** For servers: what a certificate authority says of `cert` (OCSP, DER), for clients that ask. */
  readonly ocspResponse?: Uint8Array | undefined;
  /** For agents and clients: whether servers are asked for such a response. It is handed over and not judged. Default `false`. */
  readonly requestOcsp?: boolean | undefined;
  /** A file to which the secrets of all connections are appended, for Wireshark. Who reads it can decrypt them. */
  readonly keyLogFile?: string | undefined;
}

/** The numbers of the versions on the wire. */
export const VERSIONS: Readonly<Record<SslVersion, number>> = {
  TLSv1: 0x0301,
  'TLSv1.1': 0x0302,
  'TLSv1.2': 0x0303,
  'TLSv1.3': 0x0304,
};

/** ECDHE with AES-GCM or ChaCha20-Poly1305. */
const DEFAULT_CIPHERS = ['ECDSA', 'RSA']
  .flatMap((key) =>
    ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'].map((cipher) => `ECDHE-${key}-${cipher}`),
  )
  .join(':');

/** The shortest key first: its hash is the quickest too, and nobody breaks either. */
const DEFAULT_CIPHER_SUITES = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256';

const MAX = 2_147_483_647;
const MAX_ALPN_BYTES = 65_535;

/** The failure of a set-up: `errno` says what kind. */
export function setUpFailure(errno: ErrorCode, message: string): HpSocketError {
  return new HpSocketError(SocketError.InvalidParam, message, { errno });
}

function isString(value: unknown): boolean {
  return typeof value === 'string';
}

function isSource(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || value instanceof Uint8Array;
}

function ruleOf(range: string, accepts: (value: unknown) => boolean, initial?: unknown): SettingRule {
  return { initial, range, accepts };
}

function version(initial: SslVersion): SettingRule {
  const names = Object.keys(VERSIONS);
  return ruleOf(`one of ${names.join(', ')}`, (value) => names.includes(value as string), initial);
}

const source: SettingRule = ruleOf('a path, PEM text or a Buffer of it', isSource);
const sources: SettingRule = ruleOf(
  'a path, PEM text or a Buffer of it, or an array of those',
  (value) => isSource(value) || (Array.isArray(value) && value.every(isSource)),
);
const text: SettingRule = ruleOf('a string', isString);

function isVerifyMode(value: unknown): boolean {
  if (!wholeNumber(0, 0, 7).accepts(value)) return false;
  return value === SslVerifyMode.None || ((value as number) & SslVerifyMode.Peer) !== 0;
}

function isAlpn(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const lengths = value.map((name: unknown) => (typeof name === 'string' ? Buffer.byteLength(name) : 0));
  const total = lengths.reduce((sum, length) => sum + 1 + length, 0);
  return lengths.every((length) => length >= 1 && length <= 255) && total <= MAX_ALPN_BYTES;
}

const LABEL = '[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?';
const SERVER_NAME = new RegExp(`^(\\*\\.)?${LABEL}(\\.${LABEL})*$`, 'i');

function isByServerName(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && Object.keys(value).every((name) => SERVER_NAME.test(name))
  );
}

/** What each of the `SslContextOptions` may be. */
const RULES: Readonly<Record<keyof SslContextOptions, SettingRule>> = {
  cert: source,
  key: source,
  keyPassword: text,
  ca: sources,
  crl: sources,
  verifyMode: ruleOf(
    'a combination of SslVerifyMode, with FailIfNoPeerCert and ClientOnce beside Peer only',
    isVerifyMode,
  ),
  minVersion: version('TLSv1.2'),
  maxVersion: version('TLSv1.3'),
  ciphers: ruleOf('a string', isString, DEFAULT_CIPHERS),
  cipherSuites: ruleOf('a string', isString, DEFAULT_CIPHER_SUITES),
  groups: text,
  alpnProtocols: ruleOf('an array of strings of 1 to 255 bytes', isAlpn),
  serverNames: ruleOf('an object that has an SslContext for each of its host names', isByServerName),
  onServerName: ruleOf('a function', (value) => typeof value === 'function'),
  tickets: wholeNumber(1, 0, 16),
  sessionTimeoutMs: wholeNumber(7_200_000, 1000, MAX),
  ocspResponse: ruleOf(
    'a Buffer with something in it',
    (value) => value instanceof Uint8Array && value.length > 0,
  ),
  requestOcsp: flag(false),
  keyLogFile: ruleOf('a path', (value) => typeof value === 'string' && value !== ''),
};

type WithDefault = 'minVersion' | 'maxVersion' | 'tickets' | 'sessionTimeoutMs' | 'requestOcsp';

/** Options of which those with a default have a value. */
export type CompleteOptions = SslContextOptions & {
  readonly [Name in WithDefault]: NonNullable<SslContextOptions[Name]>;
};

const initialValues: unknown = Object.fromEntries(
  Object.entries(RULES).map(([name, { initial }]) => [name, initial]),
);

/** What a context is made of that nobody has given anything. */
export const INITIAL_OPTIONS: CompleteOptions = initialValues as CompleteOptions;

/**
 * Options over others; what is `undefined` leaves the other as it is.
 * @throws HpSocketError for a name that is no option's, and for a value out of its range.
 */
export function withOptions(options: CompleteOptions, more: SslContextOptions): CompleteOptions {
  checkObject(more);
  const given = Object.entries(more).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) checkOption(name, value);
  return { ...options, ...Object.fromEntries(given) };
}

function checkOption(name: string, value: unknown): void {
  if (!Object.hasOwn(RULES, name)) {
    throw new HpSocketError(SocketError.InvalidParam, `SslContext has no option '${name}'.`);
  }
  const rule = RULES[name as keyof SslContextOptions];
  // The value is not shown: it may be a key.
  if (!rule.accepts(value)) {
    throw new HpSocketError(SocketError.InvalidParam, `${name} must be ${rule.range}.`);
  }
}
