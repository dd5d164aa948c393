// SPDX-License-Identifier: Apache-2.0
// curl, against a little HTTP over an SslServer.
import { describe, expect, test } from 'vitest';
import { hasCommand, modes, Pattern, TemporaryDirectory, Tool } from '@hp/testkit';
import { ErrorCode, SocketOperation, type SslContextOptions, SslServer } from '@hp/ssl';
import { authority } from './support/certificates.js';
import { REQUIRED, serverContext } from './support/contexts.js';
import { httpResponder } from './support/http-responder.js';
import { SecureLog } from './support/secure-log.js';

/** What curl ends with where it does not trust the server. */
const UNTRUSTED = 60;

interface Answer {
  readonly code: number | null;
  readonly output: string;
}

describe.each(modes)('interop with curl ($name)', ({ workerThreadCount }) => {
  async function serve(options: SslContextOptions = {}): Promise<
    {
      readonly log: SecureLog;
      readonly server: SslServer;
      readonly curl: (...args: string[]) => Promise<Answer>;
      readonly url: string;
      readonly directory: TemporaryDirectory;
      /** Of each handshake. */
      readonly resumed: readonly (boolean | undefined)[];
    } & AsyncDisposable
  > {
    const log = new SecureLog();
    const resumed: (boolean | undefined)[] = [];
    const listener = httpResponder(log, {
      onHandshake: (it, id) => void resumed.push(it.getSslInfo(id)?.isResumed),
    });
    const server = new SslServer(listener, { workerThreadCount, context: serverContext(options) });
    server.start('127.0.0.1');
    const directory = await TemporaryDirectory.create();
    const ca = await directory.file('ca.pem', authority().cert);
    return {
      log,
      server,
      directory,
      resumed,
      url: `https://127.0.0.1:${server.listenAddress!.port}`,
      async curl(...args) {
        await using tool = new Tool('curl', ['-sS', '--max-time', '20', '--cacert', ca, ...args]);
        return { output: await tool.output, code: await tool.ended() };
      },
      async [Symbol.asyncDispose]() {
        await server.stop();
        await directory[Symbol.asyncDispose]();
      },
    };
  }

  describe.runIf(hasCommand('curl'))('as the client', () => {
    describe.each(['1.2', '1.3'])('TLS %s', (version) => {
      test.each(['rsa', 'ec'] as const)('with a certificate of an %s key', async (keyType) => {
        await using served = await serve(authority().issue({ keyType }));
        const answer = await served.curl(`--tlsv${version}`, '--tls-max', version, `${served.url}/hello`);

        expect(answer).toEqual({ code: 0, output: '/hello' });
        const { id } = await served.log.next('onHandshake');
        expect(id).toBe(1);
        expect(await served.log.closed()).toMatchObject({ operation: SocketOperation.Close, errorCode: 0 });
      });

      test('a body of megabytes there and back', async () => {
        await using served = await serve();
        const body = new Pattern().take(3_000_000);
        const sent = await served.directory.file('sent', body);
        const received = `${served.directory.path}/received`;
        const answer = await served.curl(
          ...[`--tlsv${version}`, '--tls-max', version, '--data-binary', `@${sent}`, '-H', 'Expect:'],
          ...['-o', received, `${served.url}/echo`],
        );
        expect(answer).toEqual({ code: 0, output: '' });
        await using compared = new Tool('cmp', [sent, received]);

        expect(await compared.ended()).toBe(0);
      });
    });

    test('several requests on one connection', async () => {
      await using served = await serve();
      const answer = await served.curl(...['/a', '/b', '/c'].map((path) => `${served.url}${path}`));

      expect(answer).toEqual({ code: 0, output: '/a/b/c' });
      expect(served.log.count('onHandshake')).toBe(1);
    });

    test('an answer that ends with the connection is whole: it ends with close_notify', async () => {
      await using served = await serve();
      expect(await served.curl(`${served.url}/close/1`)).toEqual({ code: 0, output: '/close/1' });
    });

    test('a second connection goes on with the session of the first', async () => {
      await using served = await serve();
      const answer = await served.curl(`${served.url}/close/1`, `${served.url}/close/2`);

      expect(answer).toEqual({ code: 0, output: '/close/1/close/2' });
      expect(served.resumed).toEqual([false, true]);
    });

    test('mutual TLS', async () => {
      await using served = await serve({
        ca: authority().cert,
        verifyMode: REQUIRED,
      });
      const { cert, key } = authority().issue({ client: true, keyType: 'rsa' });
      const files = [
        ...['--cert', await served.directory.file('cert.pem', cert)],
        ...['--key', await served.directory.file('key.pem', key)],
      ];
      expect(await served.curl(...files, `${served.url}/mutual`)).toEqual({ code: 0, output: '/mutual' });
      const refused = await served.curl(`${served.url}/mutual`);

      expect(refused.code).not.toBe(0);
      expect((await served.log.closed(2)).reason).toMatch(/peer did not return a certificate/);
    });

    test('ALPN: http/1.1 where the server has that', async () => {
      await using served = await serve({ alpnProtocols: ['http/1.1'] });
      const answer = await served.curl('-w', ' over %{http_version}', `${served.url}/alpn`);

      expect(answer).toEqual({ code: 0, output: '/alpn over 1.1' });
    });

    test('an authority that curl does not know', async () => {
      await using served = await serve(authority('a stranger').issue());
      expect(await served.curl(served.url)).toMatchObject({ code: UNTRUSTED });
      const close = await served.log.closed();

      expect(close).toMatchObject({ operation: SocketOperation.Receive, errorCode: ErrorCode.BadMessage });
      expect(close.reason).toMatch(/alert/);
    });
  });
});
