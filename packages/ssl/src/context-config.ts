// SPDX-License-Identifier: Apache-2.0
import { ErrorCode, type HpSocketError } from '@hp/core-native';
import type { ContextFault, NativeContextConfig, NativeSslContext } from './binding.js';
import { type CompleteOptions, setUpFailure, type SslContextOptions, VERSIONS } from './context-options.js';
import { SslVerifyMode } from './enums.js';
import { binding } from './load-binding.js';
import { checkAppendable, readAuthorities, readPem, readPems } from './sources.js';

/** Whether agents and clients verify servers. */
export function verifiesServers({ verifyMode = SslVerifyMode.Peer }: SslContextOptions): boolean {
  return (verifyMode & SslVerifyMode.Peer) !== 0;
}

function alpnOf(protocols: readonly string[] = []): Buffer {
  return Buffer.concat(
    protocols.map((protocol) => {
      const name = Buffer.from(protocol);
      return Buffer.concat([Buffer.of(name.length), name]);
    }),
  );
}

/** A list that OpenSSL is given; an empty one would leave no cipher at all. */
function listed(option: string, list: string | undefined): string {
  if (list === undefined) return '';
  if (list.trim() !== '') return list;
  throw setUpFailure(ErrorCode.Empty, `${option} is empty; leave it out for the default.`);
}

function toConfig(options: CompleteOptions): NativeContextConfig {
  const { cert, key, minVersion, maxVersion, keyLogFile } = options;
  if ((cert === undefined) !== (key === undefined)) {
    const [given, missing] = key === undefined ? ['cert', 'key'] : ['key', 'cert'];
    throw setUpFailure(
      ErrorCode.InvalidArgument,
      `${given} is given without ${missing}; each needs the other.`,
    );
  }
  if (VERSIONS[minVersion] > VERSIONS[maxVersion]) {
    throw setUpFailure(
      ErrorCode.InvalidArgument,
      `minVersion ${minVersion} is newer than maxVersion ${maxVersion}.`,
    );
  }
  if (keyLogFile !== undefined) checkAppendable('keyLogFile', keyLogFile);
  return {
    cert: readPem('cert', cert),
    key: readPem('key', key),
    keyPassword: options.keyPassword,
    ca: readAuthorities(options.ca),
    crl: readPems('crl', options.crl),
    minVersion: VERSIONS[minVersion],
    maxVersion: VERSIONS[maxVersion],
    ciphers: listed('ciphers', options.ciphers),
    cipherSuites: listed('cipherSuites', options.cipherSuites),
    groups: listed('groups', options.groups),
    alpn: alpnOf(options.alpnProtocols),
    verifyClients: options.verifyMode ?? SslVerifyMode.None,
    verifiesServers: verifiesServers(options),
    tickets: options.tickets,
    sessionTimeout: Math.ceil(options.sessionTimeoutMs / 1000),
    ocspResponse: Buffer.from(options.ocspResponse ?? []),
    requestsOcsp: options.requestOcsp,
    keyLogFile: keyLogFile ?? '',
  };
}

const FAULTS: Readonly<Record<ContextFault, readonly [errno: ErrorCode, text: string]>> = {
  certificate: [ErrorCode.BadMessage, 'cert holds no usable certificate'],
  key: [ErrorCode.InvalidPassword, 'key holds no usable key, or needs keyPassword'],
  password: [ErrorCode.InvalidPassword, 'keyPassword does not decrypt key'],
  mismatch: [ErrorCode.KeyMismatch, 'key does not belong to cert'],
  ca: [ErrorCode.BadMessage, 'ca holds no usable certificate'],
  crl: [ErrorCode.BadMessage, 'crl holds no usable list'],
  ciphers: [ErrorCode.Empty, 'ciphers or cipherSuites name no cipher that OpenSSL has'],
  groups: [ErrorCode.InvalidArgument, 'groups name one that OpenSSL has not got'],
  versions: [ErrorCode.InvalidArgument, 'OpenSSL does not speak minVersion or maxVersion'],
  keylog: [ErrorCode.AccessDenied, 'keyLogFile cannot be written'],
  memory: [ErrorCode.OutOfMemory, 'no context could be made'],
};

function refusal(fault: ContextFault, reason: string): HpSocketError {
  const [errno, text] = FAULTS[fault];
  return setUpFailure(errno, reason === '' ? `${text}.` : `${text}: ${reason}.`);
}

/** Reads what the options name and makes a context of it. */
export function makeContext(options: CompleteOptions): NativeSslContext {
  const { context, error, reason } = binding.createContext(toConfig(options));
  if (context === undefined) throw refusal(error as ContextFault, reason);
  return context;
}
