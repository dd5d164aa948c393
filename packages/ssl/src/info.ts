// SPDX-License-Identifier: Apache-2.0
import type { X509Certificate } from 'node:crypto';
import { InfoTag } from './binding.js';
import { type SslVersion, VERSIONS } from './context-options.js';

function versionOf(number: number): SslVersion {
  const found = Object.entries(VERSIONS).find(([, each]) => each === number);
  if (found === undefined) throw new RangeError(`The addon told of an unknown version ${String(number)}.`);
  return found[0] as SslVersion;
}

/** The fields of a `ConnectionInfo`, by `InfoTag`. */
export function fieldsOf(data: Buffer): Map<number, Buffer> {
  const fields = new Map<number, Buffer>();
  for (let at = 0; at + 3 <= data.length;) {
    const start = at + 3;
    const end = start + data.readUInt16LE(at + 1);
    fields.set(data.readUInt8(at), data.subarray(start, end));
    at = end;
  }
  return fields;
}

/** What the handshake of a connection has agreed on. HP-Socket: `GetSSLSessionInfo`. */
export class SslConnectionInfo {
  /** The version of TLS. */
  readonly protocol: SslVersion;
  /** The cipher by its standard name, such as `'TLS_AES_128_GCM_SHA256'`. */
  readonly cipher: string;
  /** The strength of the cipher. */
  readonly cipherBits: number;
  /** The group of the key exchange, such as `'x25519'`; `undefined` where there was none, or OpenSSL does not tell. */
  readonly group: string | undefined;
  /** The protocol inside TLS (ALPN); `undefined` where none was agreed on. */
  readonly alpnProtocol: string | undefined;
  /** The server name that the client asked for (SNI). */
  readonly serverName: string | undefined;
  /** Whether an earlier session goes on, without a full handshake. */
  readonly isResumed: boolean;
  /** Whether the peer has shown a certificate, and it was verified. */
  readonly isVerified: boolean;
  /** What is wrong with the peer's certificate where that was let pass; else `undefined`. */
  readonly verifyError: string | undefined;
  /** What the server's certificate authority says of it (OCSP, DER), where that was asked for and came. */
  readonly ocspResponse: Buffer | undefined;
  readonly #peerCertificate: Buffer | undefined;
  #parsed: X509Certificate | undefined;

  constructor(data: Buffer) {
    const fields = fieldsOf(data);
    const text = (tag: number): string | undefined => fields.get(tag)?.toString();
    const number = (tag: number): number => {
      const field = fields.get(tag);
      return field === undefined || field.length === 0 ? 0 : field.readUIntLE(0, field.length);
    };
    this.protocol = versionOf(number(InfoTag.Protocol));
    this.cipher = text(InfoTag.Cipher) ?? '';
    this.cipherBits = number(InfoTag.CipherBits);
    this.group = text(InfoTag.Group);
    this.alpnProtocol = text(InfoTag.Alpn);
    this.serverName = text(InfoTag.ServerName);
    this.isResumed = number(InfoTag.Resumed) !== 0;
    this.isVerified = number(InfoTag.Verified) !== 0;
    this.verifyError = text(InfoTag.VerifyError);
    this.ocspResponse = fields.get(InfoTag.OcspResponse);
    this.#peerCertificate = fields.get(InfoTag.PeerCertificate);
  }

  /** The peer's certificate, made when it is asked for; `undefined` where it has shown none, or one of more than 7 KiB. */
  get peerCertificate(): X509Certificate | undefined {
    if (this.#peerCertificate === undefined) return undefined;
    // Loaded when it is needed: an import would take longer than all else here.
    this.#parsed ??= new (process.getBuiltinModule('node:crypto').X509Certificate)(this.#peerCertificate);
    return this.#parsed;
  }
}
