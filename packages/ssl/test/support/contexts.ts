// SPDX-License-Identifier: Apache-2.0
import { SslContext, type SslContextOptions, SslVerifyMode } from '@hp/ssl';
import { authority } from './certificates.js';

/** A server's context: a certificate for localhost and 127.0.0.1 that clients of `clientContext` trust. */
export function serverContext(options: SslContextOptions = {}): SslContext {
  return new SslContext({ ...authority().issue(), ...options });
}

/** A client's context, which trusts the authority of the tests. */
export function clientContext(options: SslContextOptions = {}): SslContext {
  return new SslContext({ ca: authority().cert, ...options });
}

/** How a server asks each client for a certificate. */
export const REQUIRED: SslVerifyMode = SslVerifyMode.Peer | SslVerifyMode.FailIfNoPeerCert;
