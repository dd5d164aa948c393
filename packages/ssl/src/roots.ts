// SPDX-License-Identifier: Apache-2.0
import type * as NodeTls from 'node:tls';
import { joinPem } from './sources.js';

type Tls = typeof NodeTls & {
  // From Node 22.15 on.
  getCACertificates?: (type: 'default') => string[];
};

let roots: Buffer | undefined;

/** The root certificates that Node trusts, as PEM; those of `NODE_EXTRA_CA_CERTS` too, where Node tells of them. */
export function nodeRoots(): Buffer {
  // Loaded when it is needed: an import would take longer than all else here.
  const tls: Tls = process.getBuiltinModule('node:tls');
  roots ??= joinPem(
    (tls.getCACertificates?.('default') ?? tls.rootCertificates).map((pem) => Buffer.from(pem)),
  );
  return roots;
}
