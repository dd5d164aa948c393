// SPDX-License-Identifier: Apache-2.0
// Contexts of children, with the certificates that the test has made for them.
import { SslContext } from '../../dist/index.js';

const { cert, key, ca } = JSON.parse(process.env.HP_TEST_TLS);

/** A server's context: a certificate for localhost and 127.0.0.1 that clients of `clientContext` trust. */
export function serverContext(options = {}) {
  return new SslContext({ cert, key, ...options });
}

/** A client's context. */
export function clientContext(options = {}) {
  return new SslContext({ ca, ...options });
}
