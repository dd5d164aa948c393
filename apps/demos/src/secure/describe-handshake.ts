// SPDX-License-Identifier: Apache-2.0
import type { SslConnectionInfo } from '@hp/ssl';
import { printable } from '../terminal/text.js';

/** What a handshake has agreed on, and with whom: `TLSv1.3, TLS_AES_256_GCM_SHA384 with O=DEMO ONLY, CN=localhost (verified)`. */
export function describeHandshake(info: SslConnectionInfo | undefined): string {
  if (info === undefined) return '';
  const { protocol, cipher, isResumed } = info;
  return `${protocol}, ${cipher}${isResumed ? ', resumed' : ''} with ${describePeer(info)}`;
}

function describePeer({ peerCertificate, isVerified, verifyError }: SslConnectionInfo): string {
  if (peerCertificate === undefined) return 'a peer without certificate';
  const subject = printable(peerCertificate.subject.trim().replaceAll('\n', ', '));
  const reason = verifyError === undefined ? '' : `: ${printable(verifyError)}`;
  return `${subject} (${isVerified ? 'verified' : `not verified${reason}`})`;
}
