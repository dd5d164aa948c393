// SPDX-License-Identifier: Apache-2.0
// What a server asks of the certificates of its clients.
import { describe, expect, test } from 'vitest';
import { modes } from '@hp/testkit';
import { ErrorCode, SocketOperation, type SslContextOptions, SslVerifyMode } from '@hp/ssl';
import { authority, selfSigned } from './support/certificates.js';
import { REQUIRED } from './support/contexts.js';
import { Pair } from './support/pair.js';
import { dialTls } from './support/tls-peer.js';

const { Receive } = SocketOperation;
const { BadMessage } = ErrorCode;
const ONCE = (REQUIRED | SslVerifyMode.ClientOnce) as SslVerifyMode;

const ca = authority();
const stranger = authority('a stranger');

describe.each(modes)('a client is verified ($name)', ({ workerThreadCount }) => {
  const clientCertificate = ca.issue({ client: true, commonName: 'a client' });
  const peer: SslContextOptions = { ca: ca.cert, verifyMode: SslVerifyMode.Peer };
  const required: SslContextOptions = {
    ca: ca.cert,
    verifyMode: REQUIRED,
  };

  test('by default it is not asked', async () => {
    await using pair = new Pair({
      workerThreadCount,
      serverContext: { ca: ca.cert },
      clientContext: clientCertificate,
    });
    const { serverInfo } = await pair.connect();

    expect(serverInfo.peerCertificate).toBeUndefined();
    expect(serverInfo).toMatchObject({ isVerified: false, verifyError: undefined });
  });

  test('with Peer, none is accepted', async () => {
    await using pair = new Pair({ workerThreadCount, serverContext: peer });
    const { serverInfo } = await pair.connect();

    expect(serverInfo.peerCertificate).toBeUndefined();
    expect(serverInfo.isVerified).toBe(false);
  });

  test.each([
    { name: 'Peer', options: peer },
    { name: 'FailIfNoPeerCert', options: required },
    { name: 'ClientOnce', options: { ...required, verifyMode: ONCE } },
  ])('with $name, a good one is verified, and each end knows the other', async ({ options }) => {
    await using pair = new Pair({
      workerThreadCount,
      serverContext: options,
      clientContext: clientCertificate,
    });
    const { info, serverInfo } = await pair.connect();

    expect(serverInfo.isVerified).toBe(true);
    expect(serverInfo.peerCertificate?.subject).toContain('CN=a client');
    expect(info.peerCertificate?.subjectAltName).toContain('127.0.0.1');
  });

  test.each([
    { what: 'of a stranger', certificate: stranger.issue({ client: true }), reason: /unable to/ },
    {
      what: 'that has expired',
      certificate: ca.issue({ client: true, expired: true }),
      reason: /has expired/,
    },
    { what: 'for servers only', certificate: ca.issue(), reason: /purpose/ },
    { what: 'that is self-signed', certificate: selfSigned({ client: true }), reason: /self[- ]signed/ },
  ])('with Peer, one $what is refused', async ({ certificate, reason }) => {
    await using pair = new Pair({ workerThreadCount, serverContext: peer, clientContext: certificate });
    const id = pair.agent.connect('127.0.0.1', pair.port);
    const close = await pair.serverLog.closed();

    expect(close).toMatchObject({ operation: Receive, errorCode: BadMessage });
    expect(close.reason).toMatch(reason);
    expect(pair.serverLog.count('onHandshake')).toBe(0);
    expect((await pair.agentLog.closeOf(id)).reason).toMatch(/alert/);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'with FailIfNoPeerCert, none is refused (%s)',
    async (maxVersion) => {
      await using pair = new Pair({ workerThreadCount, serverContext: { ...required, maxVersion } });
      const { agent, server } = await pair.refused();

      expect(server).toMatchObject({ operation: Receive, errorCode: BadMessage });
      expect(server.reason).toMatch(/peer did not return a certificate/);
      expect(pair.serverLog.count('onHandshake')).toBe(0);
      expect(agent).toMatchObject({ operation: Receive, errorCode: BadMessage });
      expect(agent.reason).toMatch(/alert/);
    },
  );

  test('with FailIfNoPeerCert, an intermediate that the client sends is used', async () => {
    const { cert, key } = ca.intermediate().issue({ client: true });
    const chain = { cert: `${cert}${ca.intermediate().cert}`, key };
    await using pair = new Pair({ workerThreadCount, serverContext: required, clientContext: chain });

    expect((await pair.connect()).serverInfo.isVerified).toBe(true);
  });

  test('clients are told whose certificates are wanted', async () => {
    await using pair = new Pair({ workerThreadCount, serverContext: required });
    // It sends what it has only where its issuer is among those.
    await using peer = await dialTls(pair.port, clientCertificate);
    const { id } = await pair.serverLog.next('onHandshake');
    expect(peer.socket.authorized).toBe(true);

    expect(pair.server.getSslInfo(id)?.peerCertificate?.issuer).toContain('CN=authority');
  });

  test('with None there is no question', async () => {
    const none = { verifyMode: SslVerifyMode.None };
    await using pair = new Pair({ workerThreadCount, serverContext: none, clientContext: clientCertificate });
    const { serverInfo } = await pair.connect();

    expect(serverInfo.peerCertificate).toBeUndefined();
  });
});
