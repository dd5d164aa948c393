// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import type { SelfsignedOptions } from 'selfsigned';

/** A certificate and its key, as PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** What one authority has issued; its own key is not kept, so that nobody can ever issue more. */
export interface Issued {
  /** The certificate of the authority, as PEM. */
  readonly authority: string;
  /** For the local host under each of its names. */
  readonly server: Identity;
  readonly client: Identity;
}

/** From when until when certificates are valid. */
export interface Validity {
  readonly from: Date;
  readonly until: Date;
}

type Extensions = NonNullable<SelfsignedOptions['extensions']>;

/** Part of the name of every subject. */
export const MARK = 'DEMO ONLY';

const authorityUses: Extensions = [
  { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
  { name: 'keyUsage', keyCertSign: true, critical: true },
];
const peerUses: Extensions = [
  { name: 'basicConstraints', cA: false, critical: true },
  { name: 'keyUsage', digitalSignature: true, critical: true },
];
const serverUses: Extensions = [
  ...peerUses,
  { name: 'extKeyUsage', serverAuth: true },
  {
    name: 'subjectAltName',
    altNames: [
      { type: 2, value: 'localhost' },
      { type: 7, ip: '127.0.0.1' },
      { type: 7, ip: '::1' },
    ],
  },
];
const clientUses: Extensions = [...peerUses, { name: 'extKeyUsage', clientAuth: true }];

/** Makes an authority for demos, and lets it issue a certificate for a server and one for a client. */
export async function issueCertificates({ from, until }: Validity): Promise<Issued> {
  // Loaded when it is needed, which is once a year.
  const { generate } = await import('selfsigned');
  const issue = async (name: string, extensions: Extensions, ca?: Identity): Promise<Identity> => {
    const issued = await generate(
      [
        { name: 'organizationName', value: MARK },
        { name: 'commonName', value: name },
      ],
      {
        keyType: 'ec',
        algorithm: 'sha256',
        notBeforeDate: from,
        notAfterDate: until,
        extensions,
        ...(ca !== undefined && { ca }),
      },
    );
    return { cert: issued.cert, key: issued.private };
  };
  // No two have the same name, so that one is never taken for another whose key it has not got.
  const authority = await issue(`${MARK} authority ${randomBytes(4).toString('hex')}`, authorityUses);
  return {
    authority: authority.cert,
    server: await issue('localhost', serverUses, authority),
    client: await issue('client', clientUses, authority),
  };
}
