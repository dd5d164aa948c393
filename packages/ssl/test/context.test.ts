// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ErrorCode,
  HpSocketError,
  SocketError,
  SslContext,
  type SslContextOptions,
  SslVerifyMode,
} from '@hp/ssl';
import { TemporaryDirectory } from '@hp/testkit';
import { thrownBy } from '../../core-native/test/support/thrown.js';
import { authority } from './support/certificates.js';

const { cert, key } = authority().issue();
const ca = authority().cert;

const made = (options: object): SslContext => new SslContext(options);

/** Breaks what is between the marks. */
function corrupt(pem: string): string {
  return pem.replaceAll(/^M.*$/gm, '!');
}

describe('certificates and keys', () => {
  test('come from files, from PEM text and from its bytes', async () => {
    await using directory = await TemporaryDirectory.create();
    const files = {
      cert: await directory.file('server.crt', cert),
      key: await directory.file('server.key', key),
      ca: await directory.file('ca.crt', ca),
      crl: await directory.file('ca.crl', authority().revoke()),
    };
    const options: SslContextOptions[] = [
      files,
      { cert, key, ca, crl: authority().revoke() },
      { cert: Buffer.from(cert), key: new TextEncoder().encode(key), ca: Buffer.from(ca) },
      { cert: files.cert, key: Buffer.from(key), ca: [files.ca, ca, Buffer.from(ca)] },
    ];
    for (const each of options) expect(() => made(each)).not.toThrow();
  });

  test('of both kinds are taken, and keys with a password', () => {
    for (const keyType of ['rsa', 'ec'] as const) {
      const plain = authority().issue({ keyType });
      const encrypted = authority().issue({ keyType, password: 'wörd' });
      expect(() => made(plain)).not.toThrow();
      expect(() => made({ ...encrypted, keyPassword: 'wörd' })).not.toThrow();
    }
  });

  test('are needed by nobody: no option at all is in order', () => {
    expect(() => new SslContext()).not.toThrow();
  });
});

describe('a set-up that fails throws InvalidParam', () => {
  const encrypted = authority().issue({ password: 'right' });
  const foreign = authority().issue({ serial: 2 });
  const { BadMessage, Empty, FileNotFound, InvalidArgument, InvalidPassword, KeyMismatch } = ErrorCode;
  const broken = corrupt(cert);

  test.each([
    ['a certificate that is not there', { cert: '/nowhere/cert.pem', key }, FileNotFound],
    ['a key that is not there', { cert, key: '/nowhere/key.pem' }, FileNotFound],
    ['an authority that is not there', { ca: '/nowhere/ca.pem' }, FileNotFound],
    ['one of several authorities that is not there', { ca: [ca, '/nowhere/ca.pem'] }, FileNotFound],
    ['a list of revoked certificates that is not there', { crl: '/nowhere/crl.pem' }, FileNotFound],
    ['a name that no file can have', { ca: 'a\0b' }, InvalidArgument],
    ['a certificate without a key', { cert }, InvalidArgument],
    ['a key without a certificate', { key }, InvalidArgument],
    ['an encrypted key without its password', encrypted, InvalidPassword],
    ['an encrypted key with another password', { ...encrypted, keyPassword: 'wrong' }, InvalidPassword],
    ['an encrypted key with an empty password', { ...encrypted, keyPassword: '' }, InvalidPassword],
    ['a key that is none', { cert, key: ca }, InvalidPassword],
    ['the key of another certificate', { cert, key: foreign.key }, KeyMismatch],
    ['a certificate that is none', { cert: key, key }, BadMessage],
    ['a certificate that is broken', { cert: broken, key }, BadMessage],
    ['a certificate without its marks', { cert: cert.replaceAll(/-.*-/g, ''), key }, BadMessage],
    ['a certificate without a byte', { cert: Buffer.alloc(0), key }, BadMessage],
    ['an authority that is no certificate', { ca: key }, BadMessage],
    ['an authority that is broken behind one that is not', { ca: [ca, broken] }, BadMessage],
    ['a list of revoked certificates that is none', { crl: cert }, BadMessage],
    ['no cipher', { ciphers: ' ' }, Empty],
    ['no cipher that there is', { ciphers: 'ROT13' }, Empty],
    ['no cipher of TLS 1.3', { cipherSuites: '' }, Empty],
    ['no cipher of TLS 1.3 that there is', { cipherSuites: 'TLS_ROT13' }, Empty],
    ['no group', { groups: '' }, Empty],
    ['a group that there is not', { groups: 'X25519:P-257' }, InvalidArgument],
    ['no version of TLS', { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' }, InvalidArgument],
    ['a key log that cannot be made', { keyLogFile: '/nowhere/keys.log' }, FileNotFound],
    ['a key log that is a directory', { keyLogFile: '/' }, ErrorCode.IsDirectory],
  ] as const)('%s', (_what, options, errno) => {
    const error = thrownBy(() => made(options));

    expect(error).toMatchObject({ socketError: SocketError.InvalidParam, errno });
    expect(error.message).toMatch(/^\w+ .*\.$/);
  });

  test('what is neither a file nor a directory is no authority', () => {
    const device = process.platform === 'win32' ? String.raw`\\.\NUL` : '/dev/null';
    expect(thrownBy(() => made({ ca: device }))).toMatchObject({
      socketError: SocketError.InvalidParam,
      errno: ErrorCode.BadFileType,
    });
  });

  test("OpenSSL's reason is told, and no secret", () => {
    const error = thrownBy(() => made({ ...encrypted, keyPassword: 'secret' }));
    expect(error.message).toContain('keyPassword does not decrypt key');
    expect(error.message).not.toContain('secret');
    const spoilt = key.replaceAll(/-.*-/g, '');
    for (const options of [{ key: [key] }, { keyPassword: [key] }, { cert, key: spoilt }]) {
      expect(thrownBy(() => made(options)).message).not.toContain(key.slice(30, 60));
    }
  });
});

describe('a directory of authorities', () => {
  test('gives the certificates of all its files, whatever else is in it', async () => {
    await using directory = await TemporaryDirectory.create();
    await directory.file('one.pem', ca.trimEnd());
    await directory.file('two.crt', authority('second').cert);
    await directory.file('README', 'nothing of the kind');
    mkdirSync(path.join(directory.path, 'private'));

    expect(() => made({ ca: directory.path })).not.toThrow();
    expect(() => made({ ca: [directory.path, ca] })).not.toThrow();
  });

  test.skipIf(process.platform === 'win32')(
    'may have links by hash, and links that lead nowhere (not on Windows)',
    async () => {
      await using directory = await TemporaryDirectory.create();
      symlinkSync(await directory.file('one.pem', ca), path.join(directory.path, '9d66eef0.0'));
      symlinkSync('nowhere', path.join(directory.path, 'broken.pem'));

      expect(() => made({ ca: directory.path })).not.toThrow();
    },
  );

  test('throws where there is no certificate in it', async () => {
    await using directory = await TemporaryDirectory.create();
    await directory.file('server.key', key);

    expect(thrownBy(() => made({ ca: directory.path }))).toMatchObject({ errno: ErrorCode.BadMessage });
  });

  test('throws where a certificate in it is broken', async () => {
    await using directory = await TemporaryDirectory.create();
    await directory.file('one.pem', ca);
    await directory.file('two.pem', corrupt(ca));

    expect(thrownBy(() => made({ ca: directory.path }))).toMatchObject({ errno: ErrorCode.BadMessage });
  });
});

describe('options', () => {
  const { ClientOnce, FailIfNoPeerCert, None, Peer } = SslVerifyMode;
  const context = new SslContext();
  const source = ['', 5, null, true, {}, [5], ['']];
  const number = ['1', null, true, {}, Number.NaN, Infinity, 1.5];
  const text = [5, null, true, {}, ['a']];

  interface Range {
    readonly name: keyof SslContextOptions;
    readonly inside: readonly unknown[];
    readonly outside: readonly unknown[];
  }
  const ranges: readonly Range[] = [
    { name: 'cert', inside: [], outside: source },
    { name: 'key', inside: [], outside: source },
    { name: 'keyPassword', inside: ['', 'any'], outside: text },
    { name: 'ca', inside: [ca, [ca], []], outside: source },
    { name: 'crl', inside: [authority().revoke(), []], outside: source },
    {
      name: 'verifyMode',
      inside: [None, Peer, Peer | FailIfNoPeerCert, Peer | ClientOnce, Peer | FailIfNoPeerCert | ClientOnce],
      outside: [FailIfNoPeerCert, ClientOnce, FailIfNoPeerCert | ClientOnce, 8, -1, ...number],
    },
    { name: 'minVersion', inside: ['TLSv1.2', 'TLSv1.3'], outside: ['SSLv3', 'tlsv1.2', '', 0x0303, null] },
    { name: 'maxVersion', inside: ['TLSv1.2', 'TLSv1.3'], outside: ['SSLv3', 'tlsv1.2', '', 0x0303, null] },
    { name: 'ciphers', inside: ['ECDHE+AESGCM'], outside: text },
    { name: 'cipherSuites', inside: ['TLS_AES_128_GCM_SHA256'], outside: text },
    { name: 'groups', inside: ['X25519:P-256'], outside: text },
    {
      name: 'alpnProtocols',
      inside: [
        [],
        ['h2', 'http/1.1'],
        ['x'.repeat(255)],
        ['ü'.repeat(127)],
        Array(255).fill('x'.repeat(255)),
      ],
      outside: [
        'h2',
        {},
        null,
        [''],
        [5],
        ['x'.repeat(256)],
        ['ü'.repeat(128)],
        Array(256).fill('x'.repeat(255)),
      ],
    },
    {
      name: 'serverNames',
      inside: [{}, { 'example.com': context, '*.Example.com': context, localhost: context, xn__: context }],
      outside: [
        null,
        'example.com',
        { 'example.com': {} },
        { 'example.com': undefined },
        ...['', '*', '*.', 'a..b', '.a', 'a.', '*.*.a', 'a.*.b', '-a', 'a b', 'bücher.example'].map(
          (name) => ({
            [name]: context,
          }),
        ),
      ],
    },
    { name: 'onServerName', inside: [() => undefined], outside: [null, {}, 'f'] },
    { name: 'tickets', inside: [0, 1, 16], outside: [-1, 17, ...number] },
    {
      name: 'sessionTimeoutMs',
      inside: [1000, 1001, 2_147_483_647],
      outside: [0, 999, 2_147_483_648, ...number],
    },
    { name: 'ocspResponse', inside: [Buffer.of(1)], outside: ['x', Buffer.alloc(0), null, []] },
    { name: 'requestOcsp', inside: [true, false], outside: [0, 1, 'true', null] },
    { name: 'keyLogFile', inside: [], outside: ['', 5, null, {}] },
  ];

  test.each(ranges)(
    '$name: what is in its range is taken, what is not throws',
    ({ name, inside, outside }) => {
      for (const value of [...inside, undefined]) expect(() => made({ [name]: value })).not.toThrow();
      for (const value of outside) {
        const error = thrownBy(() => made({ [name]: value }));
        expect(error.socketError).toBe(SocketError.InvalidParam);
        expect(error.message).toMatch(new RegExp(`^${name}.* must be .*\\.$`));
      }
    },
  );

  test('that do not exist throw', () => {
    for (const name of ['certificate', 'constructor', '__proto__x']) {
      expect(thrownBy(() => made({ [name]: 'x' })).message).toBe(`SslContext has no option '${name}'.`);
    }
    for (const options of [null, 5, 'x']) {
      expect(() => made(options as unknown as object)).toThrow(HpSocketError);
    }
  });

  test.skipIf(process.platform === 'win32')(
    'a key log can be read by its owner alone (not on Windows)',
    async () => {
      await using directory = await TemporaryDirectory.create();
      const file = path.join(directory.path, 'keys.log');
      made({ keyLogFile: file });

      expect(readFileSync(file, 'utf8')).toBe('');
      expect(statSync(file).mode & 0o777).toBe(0o600);
    },
  );
});

describe('reload', () => {
  test('reads the files again', async () => {
    await using directory = await TemporaryDirectory.create();
    const context = made({
      cert: await directory.file('server.crt', cert),
      key: await directory.file('server.key', key),
    });
    const other = authority().issue({ serial: 2 });
    await directory.file('server.crt', other.cert);

    expect(thrownBy(() => context.reload())).toMatchObject({ errno: ErrorCode.KeyMismatch });
    await directory.file('server.key', other.key);
    expect(() => context.reload()).not.toThrow();
  });

  test('takes what is different, and keeps the rest', async () => {
    await using directory = await TemporaryDirectory.create();
    const file = await directory.file('server.crt', cert);
    const context = made({ cert: file, key });
    context.reload({ tickets: 2 });
    await directory.file('server.crt', '');

    expect(thrownBy(() => context.reload({ cert: undefined }))).toMatchObject({
      errno: ErrorCode.BadMessage,
    });
    expect(() => context.reload({ cert })).not.toThrow();
    expect(() => context.reload()).not.toThrow();
  });

  test('that throws leaves the options as they were', () => {
    const context = made({ cert, key });

    for (const options of [{ ca: '/nowhere' }, { tickets: 17 }, { unknown: 1 }]) {
      expect(() => context.reload(options)).toThrow(HpSocketError);
    }
    expect(() => context.reload()).not.toThrow();
  });
});

test('nothing of the addon can be reached through a context', () => {
  expect(Reflect.ownKeys(new SslContext())).toEqual([]);
  expect(Reflect.ownKeys(SslContext.prototype)).toEqual(['constructor', 'reload']);
  expect(Object.keys(SslContext)).toEqual([]);
});
