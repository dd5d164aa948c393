// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { modes } from '@hp/testkit';
import { ErrorCode, SocketOperation, type SslContextOptions } from '@hp/ssl';
import { authority } from './support/certificates.js';
import { Pair } from './support/pair.js';
import { dialTls } from './support/tls-peer.js';

const { Receive } = SocketOperation;
const failure = { operation: Receive, errorCode: ErrorCode.BadMessage };

interface Mismatch {
  readonly what: string;
  readonly server: SslContextOptions;
  readonly client: SslContextOptions;
  /** What the end that notices says. */
  readonly reason: RegExp;
}

const mismatches: readonly Mismatch[] = [
  {
    what: 'a client that is too old',
    server: { minVersion: 'TLSv1.3' },
    client: { maxVersion: 'TLSv1.2' },
    reason: /unsupported protocol/,
  },
  {
    what: 'a server that is too old',
    server: { maxVersion: 'TLSv1.2' },
    client: { minVersion: 'TLSv1.3' },
    reason: /unsupported protocol/,
  },
  {
    what: 'no cipher of TLS 1.2 in common',
    server: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
    client: { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
    reason: /no shared cipher/,
  },
  {
    what: 'no cipher for the kind of key',
    server: { maxVersion: 'TLSv1.2', ...authority().issue({ keyType: 'ec' }) },
    client: { ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' },
    reason: /no shared cipher/,
  },
  {
    what: 'no cipher of TLS 1.3 in common',
    server: { minVersion: 'TLSv1.3', cipherSuites: 'TLS_AES_128_GCM_SHA256' },
    client: { minVersion: 'TLSv1.3', cipherSuites: 'TLS_CHACHA20_POLY1305_SHA256' },
    reason: /no shared cipher/,
  },
  {
    what: 'no group in common',
    server: { minVersion: 'TLSv1.3', groups: 'X25519' },
    client: { groups: 'P-256' },
    reason: /no suitable key share|no shared group/,
  },
  {
    what: 'no protocol of the application in common',
    server: { alpnProtocols: ['h2'] },
    client: { alpnProtocols: ['http/1.1'] },
    reason: /no application protocol/,
  },
];

describe.each(modes)('what both ends can do ($name)', ({ workerThreadCount }) => {
  test.each(mismatches)('$what: both close, and say why', async ({ server, client, reason }) => {
    await using pair = new Pair({ workerThreadCount, serverContext: server, clientContext: client });
    const closes = await pair.refused();

    expect(closes.server).toMatchObject(failure);
    expect(closes.server.reason).toMatch(reason);
    expect(closes.agent).toMatchObject(failure);
    expect(closes.agent.reason).toMatch(/alert/);
    expect(pair.agentLog.count('onHandshake') + pair.serverLog.count('onHandshake')).toBe(0);
  });

  test('TLS 1.0 and 1.1 are refused unless they are asked for', async () => {
    await using pair = new Pair({ workerThreadCount });
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(dialTls(pair.port, old)).rejects.toThrow(/protocol version|unsupported protocol/i);

    expect((await pair.serverLog.closed()).reason).toMatch(/unsupported protocol/);
  });

  test('the newest version that both have', async () => {
    const ranges = [
      [{}, {}, 'TLSv1.3'],
      [{ maxVersion: 'TLSv1.2' }, {}, 'TLSv1.2'],
      [{}, { maxVersion: 'TLSv1.2' }, 'TLSv1.2'],
      [{ minVersion: 'TLSv1.3' }, { minVersion: 'TLSv1.2' }, 'TLSv1.3'],
    ] as const;
    for (const [server, client, version] of ranges) {
      await using pair = new Pair({ workerThreadCount, serverContext: server, clientContext: client });
      const { info, serverInfo } = await pair.connect();
      expect([info.protocol, serverInfo.protocol]).toEqual([version, version]);
    }
  });

  test('ciphers and groups that are asked for', async () => {
    await using pair = new Pair({
      workerThreadCount,
      serverContext: { cipherSuites: 'TLS_AES_256_GCM_SHA384', groups: 'P-384:P-256' },
      clientContext: { groups: 'P-256' },
    });
    const { info, serverInfo } = await pair.connect();
    for (const each of [info, serverInfo]) {
      expect(each).toMatchObject({ cipher: 'TLS_AES_256_GCM_SHA384', cipherBits: 256 });
      expect(each.group).toMatch(/^(prime256v1|secp256r1|P-256)$/);
    }

    await using older = new Pair({
      workerThreadCount,
      serverContext: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256', groups: 'X25519' },
    });
    expect((await older.connect()).info).toMatchObject({
      cipher: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      cipherBits: 128,
      group: expect.stringMatching(/^x25519$/i) as string,
    });
  });

  test('a group that the client has sent no key for: asked again, and agreed', async () => {
    await using pair = new Pair({
      workerThreadCount,
      serverContext: { minVersion: 'TLSv1.3', groups: 'P-384' },
      clientContext: { groups: 'X25519:P-384' },
    });
    const { info } = await pair.connect();

    expect(info.group).toMatch(/^(secp384r1|P-384)$/);
  });

  describe('ALPN', () => {
    const cases = [
      { server: ['h2', 'http/1.1'], client: ['http/1.1', 'h2'], chosen: 'h2' },
      { server: ['http/1.1'], client: ['h2', 'http/1.1'], chosen: 'http/1.1' },
      { server: ['h2'], client: undefined, chosen: undefined },
      { server: undefined, client: ['h2'], chosen: undefined },
      { server: undefined, client: undefined, chosen: undefined },
    ];
    test.each(cases)('server $server, client $client: $chosen', async ({ server, client, chosen }) => {
      await using pair = new Pair({
        workerThreadCount,
        serverContext: server === undefined ? {} : { alpnProtocols: server },
        clientContext: client === undefined ? {} : { alpnProtocols: client },
      });
      const { info, serverInfo } = await pair.connect();

      expect([info.alpnProtocol, serverInfo.alpnProtocol]).toEqual([chosen, chosen]);
    });
  });

  test('what is known of a connection', async () => {
    await using pair = new Pair({
      workerThreadCount,
      serverContext: { ...authority().issue({ names: ['localhost'] }), alpnProtocols: ['hp'] },
      clientContext: { alpnProtocols: ['hp'] },
    });
    const { id, serverId, info, serverInfo } = await pair.connect('localhost');
    const both = {
      protocol: 'TLSv1.3',
      cipher: expect.stringMatching(/^TLS_/) as string,
      alpnProtocol: 'hp',
      serverName: 'localhost',
      isResumed: false,
      verifyError: undefined,
      ocspResponse: undefined,
    };

    expect(info).toMatchObject({ ...both, isVerified: true });
    expect([info.cipherBits, info.group]).toEqual([serverInfo.cipherBits, serverInfo.group]);
    expect(info.group).toMatch(/x25519|mlkem/i);
    expect(info.peerCertificate?.subjectAltName).toBe('DNS:localhost');
    expect(info.peerCertificate).toBe(info.peerCertificate);
    expect(serverInfo).toMatchObject({ ...both, isVerified: false, peerCertificate: undefined });
    pair.agent.disconnect(id);
    await Promise.all([pair.agentLog.closed(), pair.serverLog.closed()]);
    expect([pair.agent.getSslInfo(id), pair.server.getSslInfo(serverId)]).toEqual([undefined, undefined]);
  });

  test('it is known inside onHandshake and onClose, and not before', async () => {
    const known: boolean[] = [];
    await using pair = new Pair({
      workerThreadCount,
      onServer: {
        onAccept: (server, id) => void known.push(server.getSslInfo(id) !== undefined),
        onHandshake: (server, id) => void known.push(server.getSslInfo(id)?.protocol === 'TLSv1.3'),
        onClose: (server, id) => void known.push(server.getSslInfo(id)?.protocol === 'TLSv1.3'),
      },
    });
    const { id } = await pair.connect();
    pair.agent.disconnect(id);
    await pair.serverLog.closed();

    expect(known).toEqual([false, true, true]);
  });

  test('a certificate that fills several records', async () => {
    const names = Array.from({ length: 1500 }, (_, index) => `host-${index}.of-many.example.com`);
    const big = authority().issue({ names: [...names, 'localhost'] });
    await using pair = new Pair({ workerThreadCount, serverContext: big });
    const { info } = await pair.connect('localhost');

    expect(info.isVerified).toBe(true);
    // Too big to be told.
    expect(info.peerCertificate).toBeUndefined();
  });

  test('an OCSP response is passed on where the client asks for one', async () => {
    const ocspResponse = Buffer.from('30030a0100', 'hex');
    await using pair = new Pair({
      workerThreadCount,
      serverContext: { ocspResponse },
      clientContext: { requestOcsp: true },
    });
    expect((await pair.connect()).info.ocspResponse).toEqual(ocspResponse);

    await using unasked = new Pair({ workerThreadCount, serverContext: { ocspResponse } });
    expect((await unasked.connect()).info.ocspResponse).toBeUndefined();
  });
});
