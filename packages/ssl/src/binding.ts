// SPDX-License-Identifier: Apache-2.0
import type { NativeStreamFilter } from '@hp/core-native';

/** Changes whenever what the addon exports, or what its filter tells and takes, does. */
export const BOUNDARY_VERSION = 1;

/** What the filter of a connection can be told to do. */
export const FilterCommand = {
  StartHandshake: 1,
  /** Answers `FilterEvent.ServerName` with the id of a context, 32 bits, or one of `ServerNameAnswer`. */
  ServerName: 2,
} as const;

/** What the filter of a connection tells. */
export const FilterEvent = {
  /** What the handshake has agreed on, right before it is told as done: fields, see `InfoTag`. */
  ConnectionInfo: 1,
  /** Why the connection is about to be closed, in OpenSSL's words. */
  Failure: 2,
  /** The client asks for a server by this name, and waits for the answer. */
  ServerName: 3,
} as const;

/** Answers to a server name that are no context's id. */
export const ServerNameAnswer = { Refuse: 0, Default: 0xffff_ffff } as const;

/** The fields of a `ConnectionInfo`: a tag, a length of 16 bits, and so many bytes; numbers are little-endian. */
export const InfoTag = {
  Protocol: 1,
  Cipher: 2,
  Alpn: 3,
  ServerName: 4,
  Resumed: 5,
  PeerCertificate: 6,
  VerifyError: 7,
  OcspResponse: 8,
  CipherBits: 9,
  Group: 10,
  Verified: 11,
} as const;

/** What OpenSSL keeps for connections of one kind. */
export interface NativeSslContext {
  /** Phantom: makes the type unlike any other. */
  readonly brand: unique symbol;
}

/** What a context is made of. Nothing is checked but what OpenSSL checks; `''` and an empty Buffer stand for nothing. */
export interface NativeContextConfig {
  /** PEM: the certificate, and those between it and its root. */
  readonly cert: Buffer;
  /** PEM. */
  readonly key: Buffer;
  readonly keyPassword: string | undefined;
  /** PEM, any number. */
  readonly ca: Buffer;
  /** PEM, any number. */
  readonly crl: Buffer;
  /** As on the wire: 0x0301 to 0x0304. */
  readonly minVersion: number;
  readonly maxVersion: number;
  /** Up to TLS 1.2. */
  readonly ciphers: string;
  /** Of TLS 1.3. */
  readonly cipherSuites: string;
  readonly groups: string;
  /** Names with a byte of length before each. */
  readonly alpn: Buffer;
  /** Bits of `SslVerifyMode`, for servers. */
  readonly verifyClients: number;
  readonly verifiesServers: boolean;
  /** 0 to 16. */
  readonly tickets: number;
  /** In seconds. */
  readonly sessionTimeout: number;
  /** DER. */
  readonly ocspResponse: Buffer;
  readonly requestsOcsp: boolean;
  readonly keyLogFile: string;
}

/** What OpenSSL did not take. */
export type ContextFault =
  | 'certificate'
  | 'key'
  | 'password'
  | 'mismatch'
  | 'ca'
  | 'crl'
  | 'ciphers'
  | 'groups'
  | 'versions'
  | 'keylog'
  | 'memory';

/** A context, or why there is none. */
export interface ContextResult {
  readonly context: NativeSslContext | undefined;
  /** `''` where there is a context. */
  readonly error: ContextFault | '';
  /** OpenSSL's words. */
  readonly reason: string;
}

/** How the connections of a component make their handshakes. */
export interface NativeFilterOptions {
  readonly autoHandshake: boolean;
  /** 0: as long as it takes. */
  readonly handshakeTimeoutMs: number;
  /** Whether server names that the context does not know are asked as `FilterEvent.ServerName`. */
  readonly asksServerName: boolean;
  /** Whether a server that is verified must have the name that was dialled. */
  readonly checksHost: boolean;
}

/** What the addon exports. Nothing here checks its arguments. */
export interface NativeSslBinding {
  readonly boundaryVersion: number;
  /** The version of the OpenSSL inside Node, in its words. */
  readonly opensslVersion: string;
  createContext(config: NativeContextConfig): ContextResult;
  /** New connections get what the other context has; those that live keep theirs. */
  replaceContext(context: NativeSslContext, other: NativeSslContext): void;
  /** Adds certificates (PEM) that clients trust, and servers do not. */
  setRoots(context: NativeSslContext, pem: Buffer): void;
  hasRoots(context: NativeSslContext): boolean;
  /** The contexts for server names: exact ones, and `*.example.com`, in lower case. */
  setServerNames(
    context: NativeSslContext,
    names: readonly { readonly name: string; readonly context: NativeSslContext }[],
  ): void;
  /** The number that answers a server name. */
  contextId(context: NativeSslContext): number;
  createFilter(context: NativeSslContext, options: NativeFilterOptions): NativeStreamFilter;
}
