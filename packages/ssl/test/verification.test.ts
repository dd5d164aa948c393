// SPDX-License-Identifier: Apache-2.0
import { rootCertificates } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { modes, TemporaryDirectory } from '@hp/testkit';
import {
  ErrorCode,
  type HpSocketError,
  SocketError,
  SocketOperation,
  SslClient,
  SslContext,
  type SslContextOptions,
  SslVerifyMode,
} from '@hp/ssl';
import { authority, selfSigned } from './support/certificates.js';
import { clientContext, REQUIRED } from './support/contexts.js';
import { Pair, type PairOptions } from './support/pair.js';

const { Receive } = SocketOperation;
const { BadMessage } = ErrorCode;

const ca = authority();
const stranger = authority('a stranger');

const refusals: readonly {
  readonly what: string;
  readonly certificate: SslContextOptions;
  readonly reason: RegExp;
  readonly trusts?: string;
  readonly host?: string;
}[] = [
  {
    what: 'of an authority that nobody knows',
    certificate: stranger.issue(),
    reason: /unable to get local issuer certificate|unable to verify the first certificate/,
  },
  {
    what: 'for another host',
    certificate: ca.issue({ names: ['other.example'] }),
    host: 'localhost',
    reason: /hostname mismatch/i,
  },
  {
    what: 'for another address',
    certificate: ca.issue({ ip: ['127.0.0.2'] }),
    reason: /IP address mismatch/i,
  },
  { what: 'that has expired', certificate: ca.issue({ expired: true }), reason: /certificate has expired/ },
  {
    what: 'that is not yet valid',
    certificate: ca.issue({ notYetValid: true }),
    reason: /certificate is not yet valid/,
  },
  { what: 'that is self-signed', certificate: selfSigned(), reason: /self[- ]signed certificate/ },
  { what: 'for clients only', certificate: ca.issue({ client: true }), reason: /purpose/ },
  {
    what: 'whose intermediate is not sent',
    certificate: ca.intermediate().issue(),
    reason: /unable to get local issuer certificate|unable to verify the first certificate/,
  },
];

describe.each(modes)('a server is verified ($name)', ({ workerThreadCount }) => {
  test.each(refusals)('a certificate $what is refused', async ({ certificate, host, reason }) => {
    await using pair = new Pair({ workerThreadCount, serverContext: certificate });
    const { agent, server } = await pair.refused(host);

    expect(agent).toMatchObject({ operation: Receive, errorCode: BadMessage });
    expect(agent.reason).toMatch(/certificate verify failed/);
    expect(agent.reason).toMatch(reason);
    expect(server).toMatchObject({ operation: Receive, errorCode: BadMessage });
    expect(server.reason).toMatch(/alert/);
    expect(pair.agentLog.count('onHandshake') + pair.serverLog.count('onHandshake')).toBe(0);
  });

  test.each(refusals)('with None, a certificate $what is accepted', async ({ certificate, host, reason }) => {
    await using pair = new Pair({
      workerThreadCount,
      serverContext: certificate,
      clientContext: { verifyMode: SslVerifyMode.None },
    });
    const { info } = await pair.connect(host);

    expect(info.isVerified).toBe(false);
    expect(info.verifyError).toMatch(reason);
    expect(info.peerCertificate?.subject).toContain('O=HP test');
  });

  test('connectAsync and startAsync say why', async () => {
    await using pair = new Pair({ workerThreadCount, serverContext: ca.issue({ expired: true }) });
    await using client = new SslClient({}, { workerThreadCount, context: clientContext() });
    const failure = expect.objectContaining({
      socketError: SocketError.ConnectServer,
      errno: BadMessage,
      message: expect.stringContaining('certificate has expired') as string,
    }) as HpSocketError;

    await expect(pair.agent.connectAsync('127.0.0.1', pair.port)).rejects.toThrow(failure);
    await expect(client.startAsync('127.0.0.1', pair.port)).rejects.toThrow(failure);
    await client.wait();
  });

  const accepted: readonly {
    readonly what: string;
    readonly options: Partial<PairOptions>;
    readonly host?: string;
  }[] = [
    {
      what: 'the dialled name',
      options: { serverContext: ca.issue({ names: ['localhost'] }) },
      host: 'localhost',
    },
    {
      what: 'the dialled name in other letters',
      options: { serverContext: ca.issue({ names: ['LocalHost'] }) },
      host: 'LOCALHOST',
    },
    { what: 'the dialled address', options: { serverContext: ca.issue({ ip: ['127.0.0.1'] }) } },
    {
      what: 'the setting serverName',
      options: {
        serverContext: ca.issue({ names: ['a.example.com'] }),
        agent: { serverName: 'a.example.com', context: clientContext() },
      },
    },
    {
      what: 'a name by its wildcard',
      options: {
        serverContext: ca.issue({ names: ['*.example.com'] }),
        agent: { serverName: 'b.example.com', context: clientContext() },
      },
    },
    { what: 'an RSA chain', options: rsaChain() },
    { what: 'an intermediate that is sent', options: { serverContext: chained() } },
    {
      what: 'an intermediate that is known',
      options: {
        serverContext: ca.intermediate().issue(),
        clientContext: { ca: `${ca.cert}${ca.intermediate().cert}` },
      },
    },
    {
      what: 'a self-signed certificate that is known',
      options: { serverContext: selfSigned(), clientContext: { ca: selfSigned().cert } },
    },
  ];

  test.each(accepted)('accepted: $what', async ({ options, host }) => {
    await using pair = new Pair({ workerThreadCount, ...options });
    const { info } = await pair.connect(host);

    expect(info).toMatchObject({ isVerified: true, verifyError: undefined });
  });

  test('serverName of a single connect counts before the setting', async () => {
    await using pair = new Pair({
      workerThreadCount,
      serverContext: ca.issue({ names: ['one.example'] }),
      agent: { serverName: 'two.example', context: clientContext() },
    });
    const { info, serverInfo } = await pair.connect('127.0.0.1', { serverName: 'one.example' });
    expect(info.isVerified).toBe(true);
    expect(serverInfo.serverName).toBe('one.example');

    const { agent } = await pair.refused();
    expect(agent.reason).toMatch(/hostname mismatch/i);
  });

  test.each(['example.com', 'a.b.example.com', 'a.example.org'])(
    'a wildcard for *.example.com is not for %s',
    async (serverName) => {
      await using pair = new Pair({
        workerThreadCount,
        serverContext: ca.issue({ names: ['*.example.com'] }),
      });
      const { agent } = await pair.refused('127.0.0.1', { serverName });

      expect(agent.reason).toMatch(/hostname mismatch/i);
    },
  );

  test('a name in the subject alone is not enough for an address', async () => {
    const certificate = ca.issue({ names: ['localhost'], commonName: '127.0.0.1' });
    await using pair = new Pair({ workerThreadCount, serverContext: certificate });
    const { agent } = await pair.refused();

    expect(agent.reason).toMatch(/IP address mismatch/i);
  });

  test('IPv6 addresses', async ({ skip }) => {
    await using pair = new Pair({ workerThreadCount, serverContext: ca.issue({ ip: ['::1'] }) });
    await pair.server.stop();
    try {
      pair.server.start('::1');
    } catch {
      skip('this host has no IPv6');
    }
    const { info } = await pair.connect('::1');
    expect(info.isVerified).toBe(true);
  });

  test('without a ca, the roots of Node are trusted, and no others', async () => {
    await using pair = new Pair({
      workerThreadCount,
      agent: { context: new SslContext({}) },
    });
    const { agent } = await pair.refused();
    expect(agent.reason).toMatch(/unable to get local issuer certificate/);
    expect(rootCertificates.length).toBeGreaterThan(50);
  });

  test('ca: a file, a directory, a Buffer, an array of them', async () => {
    await using directory = await TemporaryDirectory.create();
    await using empty = await TemporaryDirectory.create();
    const file = await directory.file('ca.pem', ca.cert);
    await directory.file('stranger.pem', stranger.cert);
    const strangers = await empty.file('stranger.pem', stranger.cert);
    const sources = [
      file,
      directory.path,
      Buffer.from(ca.cert),
      ca.cert,
      [strangers, file],
      [stranger.cert, ca.cert],
    ];
    for (const source of sources) {
      await using pair = new Pair({ workerThreadCount, clientContext: { ca: source } });
      expect((await pair.connect()).info.isVerified).toBe(true);
    }
    await using pair = new Pair({ workerThreadCount, clientContext: { ca: empty.path } });
    expect((await pair.refused()).agent.errorCode).toBe(BadMessage);
  });

  test('cert and key from files; an encrypted key with its password', async () => {
    await using directory = await TemporaryDirectory.create();
    const { cert, key } = ca.issue({ password: 'the password' });
    await using pair = new Pair({
      workerThreadCount,
      serverContext: {
        cert: await directory.file('cert.pem', cert),
        key: await directory.file('key.pem', key),
        keyPassword: 'the password',
      },
    });

    expect((await pair.connect()).info.isVerified).toBe(true);
  });
});

describe.each(modes)('revocation ($name)', ({ workerThreadCount }) => {
  const revoked = ca.issue({ serial: 1 });

  test('a revoked certificate of a server is refused, another is not', async () => {
    const crl = ca.revoke(revoked.cert);
    await using pair = new Pair({ workerThreadCount, serverContext: revoked, clientContext: { crl } });
    expect((await pair.refused()).agent.reason).toMatch(/certificate revoked/);

    await using good = new Pair({ workerThreadCount, clientContext: { crl: Buffer.from(crl) } });
    expect((await good.connect()).info.isVerified).toBe(true);
  });

  test('a revoked certificate of a client is refused, another is not', async () => {
    const one = ca.issue({ client: true, serial: 1 });
    const another = ca.issue({ client: true, serial: 2 });
    const serverOptions: SslContextOptions = {
      ca: ca.cert,
      crl: ca.revoke(one.cert),
      verifyMode: REQUIRED,
    };
    await using pair = new Pair({ workerThreadCount, serverContext: serverOptions, clientContext: one });
    pair.agent.connect('127.0.0.1', pair.port);
    expect((await pair.serverLog.closed()).reason).toMatch(/certificate revoked/);

    await using good = new Pair({ workerThreadCount, serverContext: serverOptions, clientContext: another });
    expect((await good.connect()).serverInfo.isVerified).toBe(true);
  });

  test('a CRL from a file', async () => {
    await using directory = await TemporaryDirectory.create();
    const crl = await directory.file('crl.pem', ca.revoke(revoked.cert));
    await using pair = new Pair({ workerThreadCount, serverContext: revoked, clientContext: { crl } });

    expect((await pair.refused()).agent.reason).toMatch(/certificate revoked/);
  });
});

/** A certificate of an intermediate authority, and that one's. */
function chained(): SslContextOptions {
  const intermediate = ca.intermediate();
  const { cert, key } = intermediate.issue();
  return { cert: `${cert}${intermediate.cert}`, key };
}

function rsaChain(): Partial<PairOptions> {
  const rsa = authority('an RSA authority', 'rsa');
  return { serverContext: rsa.issue({ keyType: 'rsa' }), clientContext: { ca: rsa.cert } };
}
