// SPDX-License-Identifier: Apache-2.0
// SNI: which certificate a server shows, by the name a client asks for.
import { describe, expect, test } from 'vitest';
import { deferred, dialPeer, eventually, modes, UncaughtErrors } from '@hp/testkit';
import { ErrorCode, SocketOperation, SslContext, type SslContextOptions, SslVerifyMode } from '@hp/ssl';
import { authority } from './support/certificates.js';
import { REQUIRED, serverContext } from './support/contexts.js';
import { Pair } from './support/pair.js';
import { dialTls } from './support/tls-peer.js';

const { Close, Receive } = SocketOperation;
const { BadMessage, TimedOut, Truncated } = ErrorCode;

/** A context with a certificate for that name alone. */
function contextFor(name: string, options: SslContextOptions = {}): SslContext {
  return serverContext({ ...authority().issue({ names: [name] }), ...options });
}

/** The name in the certificate that a client sees who asks for `serverName`. */
async function shown(pair: Pair, serverName: string): Promise<string | undefined> {
  const { info, serverInfo } = await pair.connect('127.0.0.1', { serverName });
  expect([info.serverName, serverInfo.serverName]).toEqual([serverName, serverName.toLowerCase()]);
  return info.peerCertificate?.subjectAltName;
}

describe.each(modes)('certificates by name ($name)', ({ workerThreadCount }) => {
  const pairWith = (
    options: SslContextOptions,
    more: Partial<ConstructorParameters<typeof Pair>[0]> = {},
  ): Pair =>
    new Pair({
      workerThreadCount,
      serverContext: options,
      clientContext: { verifyMode: SslVerifyMode.None },
      ...more,
    });

  const serverNames = {
    'a.example.com': contextFor('a.example.com'),
    '*.example.com': contextFor('*.example.com'),
    'Upper.Example.org': contextFor('upper.example.org'),
  };

  test.each([
    ['a.example.com', 'DNS:a.example.com'],
    ['b.example.com', 'DNS:*.example.com'],
    ['A.EXAMPLE.COM', 'DNS:a.example.com'],
    ['upper.example.org', 'DNS:upper.example.org'],
    ['example.com', 'DNS:localhost, IP Address:127.0.0.1'],
    ['c.b.example.com', 'DNS:localhost, IP Address:127.0.0.1'],
    ['elsewhere.example', 'DNS:localhost, IP Address:127.0.0.1'],
  ])('who asks for %s sees that of %s', async (name, certificate) => {
    await using pair = pairWith({ serverNames });

    expect(await shown(pair, name)).toBe(certificate);
  });

  test('who dials an address asks for no name, and sees the default', async () => {
    await using pair = pairWith({ serverNames });
    const { info, serverInfo } = await pair.connect();

    expect(info.peerCertificate?.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1');
    expect([info.serverName, serverInfo.serverName]).toEqual([undefined, undefined]);
  });

  test('who dials a name asks for it, and verifies what is shown', async () => {
    await using pair = new Pair({
      workerThreadCount,
      serverContext: {
        ...authority().issue({ names: ['other.example'] }),
        serverNames: { localhost: contextFor('localhost') },
      },
    });
    const { info } = await pair.connect('localhost');

    expect(info).toMatchObject({ serverName: 'localhost', isVerified: true });
  });

  test('what else the context of the name says holds too', async () => {
    const special = contextFor('special.example', {
      alpnProtocols: ['special'],
      ca: authority().cert,
      verifyMode: REQUIRED,
    });
    await using pair = pairWith(
      { alpnProtocols: ['usual'], serverNames: { 'special.example': special } },
      { clientContext: { verifyMode: SslVerifyMode.None, alpnProtocols: ['usual', 'special'] } },
    );
    expect((await pair.connect()).info.alpnProtocol).toBe('usual');
    pair.agent.connect('127.0.0.1', pair.port, { serverName: 'special.example' });

    expect((await pair.serverLog.closed()).reason).toMatch(/peer did not return a certificate/);
  });

  describe('onServerName', () => {
    const chosen = contextFor('chosen.example');
    const answers = [
      { how: 'a context', answer: () => chosen, certificate: 'DNS:chosen.example' },
      { how: 'a promise of one', answer: () => Promise.resolve(chosen), certificate: 'DNS:chosen.example' },
      { how: 'nothing', answer: () => undefined, certificate: 'DNS:localhost, IP Address:127.0.0.1' },
      {
        how: 'a promise of nothing',
        answer: () => Promise.resolve(undefined),
        certificate: 'DNS:localhost, IP Address:127.0.0.1',
      },
    ];
    test.each(answers)('answers $how', async ({ answer, certificate }) => {
      const asked: string[] = [];
      await using pair = pairWith({
        onServerName: (name) => {
          asked.push(name);
          return answer();
        },
      });

      expect(await shown(pair, 'asked.example')).toBe(certificate);
      expect(asked).toEqual(['asked.example']);
    });

    const refusals = [
      { how: 'false', answer: () => false as const, thrown: [] },
      { how: 'a promise of false', answer: () => Promise.resolve(false as const), thrown: [] },
      {
        how: 'by throwing',
        answer: (): never => {
          throw new Error('thrown by onServerName');
        },
        thrown: ['thrown by onServerName'],
      },
      {
        how: 'by a promise that rejects',
        answer: () => Promise.reject(new Error('rejected by onServerName')),
        thrown: ['rejected by onServerName'],
      },
    ];
    test.each(refusals)('refuses: $how', async ({ answer, thrown }) => {
      using uncaught = new UncaughtErrors();
      await using pair = pairWith({ onServerName: answer });
      const closes = await pair.refused('127.0.0.1', { serverName: 'refused.example' });

      expect(closes.server).toMatchObject({ operation: Receive, errorCode: BadMessage });
      expect(closes.server.reason).toMatch(/name/i);
      expect(closes.agent).toMatchObject({ operation: Receive, errorCode: BadMessage });
      expect(closes.agent.reason).toMatch(/unrecognized name/);
      expect(await uncaught.messages(thrown.length)).toEqual(thrown);
    });

    test('is not asked for names that serverNames has, nor where there is none', async () => {
      const asked: string[] = [];
      await using pair = pairWith({ serverNames, onServerName: (name) => void asked.push(name) });
      await pair.connect();
      expect(await shown(pair, 'a.example.com')).toBe('DNS:a.example.com');
      await shown(pair, 'other.example');

      expect(asked).toEqual(['other.example']);
    });

    test('that never answers: the handshake is given up, while others go on', async () => {
      await using pair = pairWith(
        { onServerName: (name) => (name === 'slow.example' ? new Promise(() => {}) : undefined) },
        { server: { handshakeTimeoutMs: 200 } },
      );
      const id = pair.agent.connect('127.0.0.1', pair.port, { serverName: 'slow.example' });
      await pair.connect('127.0.0.1', { serverName: 'quick.example' });

      const close = await pair.serverLog.closed();

      expect(close).toMatchObject({ operation: Receive, errorCode: TimedOut });
      expect(pair.serverLog.names(close.id)).toEqual(['onAccept', 'onClose']);
      expect((await pair.agentLog.closeOf(id)).errorCode).not.toBe(0);
    });

    test('that answers for a client who has left: nothing more is told', async () => {
      const asked = deferred();
      const answer = deferred<SslContext>();
      await using pair = pairWith({
        onServerName: () => {
          asked.resolve();
          return answer.promise;
        },
      });
      const id = pair.agent.connect('127.0.0.1', pair.port, { serverName: 'gone.example' });
      await asked.promise;
      pair.agent.disconnect(id);
      const close = await pair.serverLog.closed();
      answer.resolve(chosen);
      await answer.promise;
      await pair.connect();

      expect(close).toMatchObject({ operation: Close, errorCode: Truncated });
      expect(pair.serverLog.names(close.id)).toEqual(['onAccept', 'onClose']);
    });

    test('that answers after the server was stopped: nothing happens', async () => {
      const asked = deferred();
      const answer = deferred<SslContext>();
      await using pair = pairWith({
        onServerName: () => {
          asked.resolve();
          return answer.promise;
        },
      });
      pair.agent.connect('127.0.0.1', pair.port, { serverName: 'gone.example' });
      await asked.promise;
      await pair.server.stop();
      answer.resolve(chosen);
      await answer.promise;

      expect(await pair.serverLog.closed()).toMatchObject({ operation: Close, errorCode: 0 });
      expect(pair.serverLog.count('onHandshake')).toBe(0);
    });

    test('a server without a certificate of its own lives by the answers', async () => {
      await using pair = pairWith(
        {},
        { server: { context: new SslContext({ onServerName: () => chosen }) } },
      );

      expect(await shown(pair, 'chosen.example')).toBe('DNS:chosen.example');
      expect((await pair.refused()).server.errorCode).toBe(BadMessage);
    });

    test('node:tls as the client', async () => {
      await using pair = pairWith({ onServerName: () => Promise.resolve(chosen) });
      await using peer = await dialTls(pair.port, { servername: 'chosen.example' });

      expect(peer.socket.getPeerCertificate().subjectaltname).toBe('DNS:chosen.example');
    });
  });

  test('many questions at once, answered in another order', async () => {
    const waiting: (() => void)[] = [];
    const contexts = Array.from({ length: 8 }, (_, index) => contextFor(`n${index}.example`));
    await using pair = pairWith({
      onServerName: (name) =>
        new Promise((resolve) => {
          waiting.unshift(() => resolve(contexts[Number(name[1])]));
        }),
    });
    const all = Promise.all(contexts.map((_, index) => shownOf(pair, `n${index}.example`)));
    await eventually(() => waiting.length === contexts.length, 'All questions');
    for (const answer of waiting) answer();

    expect(await all).toEqual(contexts.map((_, index) => `DNS:n${index}.example`));
  });

  test('a client that is not TLS at all asks nothing', async () => {
    await using pair = pairWith({ onServerName: () => false });
    await using peer = await dialPeer(pair.port);
    await peer.send('HELLO\r\n');

    expect((await pair.serverLog.closed()).reason).toMatch(/wrong version number|http request|packet/i);
  });
});

/** As `shown`, among others. */
async function shownOf(pair: Pair, serverName: string): Promise<string | undefined> {
  const id = await pair.agent.connectAsync('127.0.0.1', pair.port, { serverName });
  return pair.agent.getSslInfo(id)?.peerCertificate?.subjectAltName;
}
