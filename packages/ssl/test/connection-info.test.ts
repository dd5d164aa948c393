// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InfoTag } from '../src/binding.js';
import { fieldsOf, SslConnectionInfo } from '../src/info.js';
import { authority } from './support/certificates.js';

type Field = readonly [tag: number, value: Uint8Array];

function encode(...fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap(([tag, value]) => {
      const head = Buffer.alloc(3);
      head.writeUInt8(tag);
      head.writeUInt16LE(value.length, 1);
      return [head, value];
    }),
  );
}

const text = (tag: number, value: string): Field => [tag, Buffer.from(value)];
const word = (tag: number, value: number): Field => [tag, Buffer.of(value & 0xff, value >> 8)];
const flag = (tag: number, value: boolean): Field => [tag, Buffer.of(Number(value))];

const tls13 = word(InfoTag.Protocol, 0x0304);

const aField = fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 400 }));

describe('the fields the addon tells', () => {
  test('are read back as they were, whatever is in them', () => {
    fc.assert(
      fc.property(fc.uniqueArray(aField, { selector: ([tag]) => tag }), (fields) => {
        const read = [...fieldsOf(encode(...fields))].map(([tag, value]) => [tag, [...value]]);
        expect(read).toEqual(fields.map(([tag, value]) => [tag, [...value]]));
      }),
    );
  });

  test('may end anywhere: nothing is read from behind their end', () => {
    fc.assert(
      fc.property(fc.array(aField), fc.nat(), (fields, cut) => {
        const whole = encode(...fields);
        const data = whole.subarray(0, cut % (whole.length + 1));
        const bytes = [...fieldsOf(data).values()].reduce((sum, { length }) => sum + length, 0);
        expect(bytes).toBeLessThanOrEqual(data.length);
      }),
    );
  });

  test('may be any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), (bytes) => {
        expect(() => fieldsOf(Buffer.from(bytes))).not.toThrow();
      }),
    );
  });
});

describe('what is known of a connection', () => {
  test('has what was told', () => {
    const ocsp = Buffer.of(0x30, 3, 10, 1, 0);
    const info = new SslConnectionInfo(
      encode(
        word(InfoTag.Protocol, 0x0303),
        text(InfoTag.Cipher, 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'),
        word(InfoTag.CipherBits, 256),
        text(InfoTag.Group, 'x25519'),
        text(InfoTag.Alpn, 'böse'),
        text(InfoTag.ServerName, 'example.com'),
        flag(InfoTag.Resumed, true),
        flag(InfoTag.Verified, true),
        text(InfoTag.VerifyError, 'certificate has expired'),
        [InfoTag.OcspResponse, ocsp],
      ),
    );
    expect(info).toMatchObject({
      protocol: 'TLSv1.2',
      cipher: 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
      cipherBits: 256,
      group: 'x25519',
      alpnProtocol: 'böse',
      serverName: 'example.com',
      isResumed: true,
      isVerified: true,
      verifyError: 'certificate has expired',
      ocspResponse: ocsp,
    });
  });

  test('is undefined or false where nothing was told', () => {
    const info = new SslConnectionInfo(encode(tls13, flag(InfoTag.Resumed, false)));
    const { group, alpnProtocol, serverName, verifyError, ocspResponse, peerCertificate } = info;

    expect([group, alpnProtocol, serverName, verifyError, ocspResponse, peerCertificate]).toEqual(
      Array(6).fill(undefined),
    );
    expect(info).toMatchObject({ protocol: 'TLSv1.3', isResumed: false, isVerified: false });
  });

  test.each([
    [0x0301, 'TLSv1'],
    [0x0302, 'TLSv1.1'],
    [0x0303, 'TLSv1.2'],
    [0x0304, 'TLSv1.3'],
  ])('version %i is %s', (number, name) => {
    expect(new SslConnectionInfo(encode(word(InfoTag.Protocol, number))).protocol).toBe(name);
  });

  test('has a certificate that is made once, when it is asked for', () => {
    const { cert } = authority().issue({ names: ['example.com'] });
    const { raw } = new X509Certificate(cert);
    const info = new SslConnectionInfo(encode(tls13, [InfoTag.PeerCertificate, raw]));

    expect(info.peerCertificate).toBeInstanceOf(X509Certificate);
    expect(info.peerCertificate?.subjectAltName).toBe('DNS:example.com');
    expect(info.peerCertificate?.raw.equals(raw)).toBe(true);
    expect(info.peerCertificate).toBe(info.peerCertificate);
  });

  test('does not read a certificate that nobody asks for', () => {
    expect(() => new SslConnectionInfo(encode(tls13, text(InfoTag.PeerCertificate, 'none')))).not.toThrow();
  });
});
