// SPDX-License-Identifier: Apache-2.0
// Against node:tls and node:https, in both directions.
import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { deferred, modes, once, Pattern, within } from '@hp/testkit';
import {
  ErrorCode,
  type HpSocketError,
  SocketOperation,
  SslAgent,
  SslClient,
  type SslContextOptions,
  SslServer,
} from '@hp/ssl';
import { authority } from './support/certificates.js';
import { clientContext, REQUIRED, serverContext } from './support/contexts.js';
import { httpResponder } from './support/http-responder.js';
import { notedAgent, notedServer, SecureLog } from './support/secure-log.js';
import { roles } from './support/sides.js';
import { dialTls, tlsListener } from './support/tls-peer.js';

const MIB = 1024 * 1024;
const versions = ['TLSv1.2', 'TLSv1.3'] as const;
const keyTypes = ['rsa', 'ec'] as const;

/** Ciphers that OpenSSL 3 has switched on, and the kind of key that those before TLS 1.3 are for. */
const ciphers: readonly { readonly cipher: string; readonly keyType?: 'rsa' | 'ec' }[] = [
  { cipher: 'TLS_AES_128_GCM_SHA256' },
  { cipher: 'TLS_AES_256_GCM_SHA384' },
  { cipher: 'TLS_CHACHA20_POLY1305_SHA256' },
  { cipher: 'TLS_AES_128_CCM_SHA256' },
  { cipher: 'ECDHE-ECDSA-AES128-GCM-SHA256', keyType: 'ec' },
  { cipher: 'ECDHE-ECDSA-AES256-GCM-SHA384', keyType: 'ec' },
  { cipher: 'ECDHE-ECDSA-CHACHA20-POLY1305', keyType: 'ec' },
  { cipher: 'ECDHE-ECDSA-AES128-SHA256', keyType: 'ec' },
  { cipher: 'ECDHE-RSA-AES128-GCM-SHA256', keyType: 'rsa' },
  { cipher: 'ECDHE-RSA-CHACHA20-POLY1305', keyType: 'rsa' },
  { cipher: 'ECDHE-RSA-AES256-SHA384', keyType: 'rsa' },
];

describe.each(modes)('interop with node:tls ($name)', ({ workerThreadCount }) => {
  const echo = { onReceive: (server: SslServer, id: number, data: Buffer) => void server.send(id, data) };

  describe.each(roles)('of a $role', ({ role, open }) => {
    describe.each(versions)('%s', (maxVersion) => {
      test.each(keyTypes)('with certificates of an %s key', async (keyType) => {
        const own = role === 'server' ? authority().issue({ keyType }) : {};
        const peer = { maxVersion, ...(role !== 'server' && authority().issue({ keyType })) };
        await using it = await open({}, { workerThreadCount, context: own, peer });
        const [up, down] = [new Pattern(), new Pattern()];
        it.peer.socket.write(up.take(MIB));
        it.side.send(down.take(MIB));
        const received = [await it.side.log.receivedBytes(MIB), await it.peer.receivedBytes(MIB)];

        for (const data of received) expect(() => new Pattern().check(data)).not.toThrow();
        expect(it.info?.protocol).toBe(maxVersion);
        expect(it.info?.cipher).toBe(it.peer.socket.getCipher().standardName);
      });

      test('mutual TLS', async () => {
        const asks = { ca: authority().cert, requestCert: true, rejectUnauthorized: true };
        const client = authority().issue({ client: true, commonName: 'a client' });
        const ours: SslContextOptions =
          role === 'server' ? { ca: authority().cert, verifyMode: REQUIRED } : client;
        const peer = { maxVersion, ...(role === 'server' ? client : asks) };
        await using it = await open({}, { workerThreadCount, context: ours, peer });

        expect(it.info?.isVerified).toBe(true);
        expect(it.peer.socket.authorized).toBe(true);
        const shown = role === 'server' ? it.info?.peerCertificate : it.peer.socket.getPeerX509Certificate();
        expect(shown?.subject).toContain('CN=a client');
      });
    });

    test.each(ciphers)('$cipher', async ({ cipher, keyType = 'ec' }) => {
      const isNew = cipher.startsWith('TLS_');
      const certificate = authority().issue({ keyType });
      const ours = isNew ? { cipherSuites: cipher } : { ciphers: cipher, maxVersion: 'TLSv1.2' as const };
      const own = role === 'server' ? certificate : {};
      const peer = { ciphers: cipher, ...(role !== 'server' && certificate) };
      await using it = await open({}, { workerThreadCount, context: { ...own, ...ours }, peer });
      const sizes = [1, 16_384, 100_000];
      const [up, down] = [new Pattern(), new Pattern()];
      for (const size of sizes) {
        it.peer.socket.write(up.take(size));
        it.side.send(down.take(size));
      }
      const received = [
        await it.side.log.receivedBytes(up.position),
        await it.peer.receivedBytes(down.position),
      ];

      for (const data of received) expect(() => new Pattern().check(data)).not.toThrow();
      expect(it.peer.socket.getCipher().name).toBe(cipher);
      expect(it.info?.cipher).toBe(it.peer.socket.getCipher().standardName);
      it.peer.end();
      expect(await it.side.log.next('onClose')).toMatchObject({
        ...{ operation: SocketOperation.Close, errorCode: 0 },
      });
    });
  });

  test('our server echoes to twenty sockets at once, each its own bytes', async () => {
    await using server = new SslServer(echo, { workerThreadCount, context: serverContext() });
    server.start('127.0.0.1');
    const sockets = await Promise.all(
      Array.from({ length: 20 }, () => dialTls(server.listenAddress!.port, { reads: false })),
    );
    await Promise.all(
      sockets.map(async ({ socket }, index) => {
        const [sent, echoed] = [new Pattern(), new Pattern()];
        sent.position = echoed.position = index * 1000;
        const until = sent.position + MIB;
        const finished = deferred();
        socket.on('data', (data: Buffer) => {
          echoed.check(data);
          if (echoed.position === until) finished.resolve();
        });
        while (sent.position < until) {
          const length = Math.min(50_000, until - sent.position);
          if (!socket.write(sent.take(length))) await once(socket, 'drain');
        }
        await within(finished.promise, 20_000, `The echo of socket ${index}`);
        socket.end();
        await once(socket, 'close');
      }),
    );

    expect(server.stats().bytesReceived).toBeGreaterThan(20 * MIB);
  });

  test('our agent and client at an echo of its own', async () => {
    await using listener = await tlsListener();
    const log = new SecureLog();
    await using agent = new SslAgent(notedAgent(log), { workerThreadCount, context: clientContext() });
    const answer = deferred<string>();
    await using client = new SslClient(
      { onReceive: (_, data) => answer.resolve(String(data)) },
      { workerThreadCount, context: clientContext() },
    );
    agent.start();
    const connected = agent.connectAsync(listener.host, listener.port);
    const first = await listener.accepted();
    first.socket.pipe(first.socket);
    const started = client.startAsync(listener.host, listener.port);
    const second = await listener.accepted();
    second.socket.pipe(second.socket);
    const id = await connected;
    await started;
    agent.send(id, Buffer.from('from the agent'));
    client.send(Buffer.from('from the client'));

    expect(String(await log.receivedBytes(14))).toBe('from the agent');
    expect(await within(answer.promise, 5000, 'The answer')).toBe('from the client');
  });

  test('what node:tls refuses, both see', async () => {
    const log = new SecureLog();
    await using server = new SslServer(notedServer(log), {
      workerThreadCount,
      context: serverContext(authority('a stranger').issue()),
    });
    server.start('127.0.0.1');
    await expect(dialTls(server.listenAddress!.port)).rejects.toThrow(/unable to/);
    const close = await log.closed();
    expect(close.errorCode).not.toBe(ErrorCode.Ok);

    await using listener = await tlsListener({
      requestCert: true,
      ca: authority().cert,
      maxVersion: 'TLSv1.2',
    });
    await using agent = new SslAgent({}, { workerThreadCount, context: clientContext() });
    agent.start();
    const connected = agent.connectAsync(listener.host, listener.port);
    await expect(listener.accepted()).rejects.toThrow(/peer did not return a certificate/);
    // node:tls does not wait until its alert has left.
    await expect(connected).rejects.toSatisfy(({ errno }: HpSocketError) =>
      [ErrorCode.BadMessage, ErrorCode.Truncated].includes(errno ?? ErrorCode.Ok),
    );
  });

  test('node:https as the client', async () => {
    const log = new SecureLog();
    await using server = new SslServer(httpResponder(log), { workerThreadCount, context: serverContext() });
    server.start('127.0.0.1');
    for (const path of ['/a', '/close/b']) {
      const request = get({
        host: '127.0.0.1',
        port: server.listenAddress!.port,
        path,
        ca: authority().cert,
      });
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      expect(await text(response)).toBe(path);
    }
  });
});
