// SPDX-License-Identifier: Apache-2.0
// Against openssl s_client and s_server.
import { createServer, type AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { hasCommand, modes, once, Pattern, TemporaryDirectory, Tool, Waiters } from '@hp/testkit';
import {
  type AgentListener,
  ErrorCode,
  SocketOperation,
  SslAgent,
  SslClient,
  type SslContextOptions,
  SslServer,
} from '@hp/ssl';
import { authority, type Certificate } from './support/certificates.js';
import { clientContext, REQUIRED, serverContext } from './support/contexts.js';
import { notedAgent, notedClient, notedServer, SecureLog } from './support/secure-log.js';

const total = 1_000_000;
const versions = [
  { version: 'TLSv1.2', flag: '-tls1_2' },
  { version: 'TLSv1.3', flag: '-tls1_3' },
] as const;
const keyTypes = ['rsa', 'ec'] as const;
const required: SslContextOptions = {
  ca: authority().cert,
  verifyMode: REQUIRED,
};

/** What a program prints, as it comes. */
class Printed {
  readonly #chunks: Buffer[] = [];
  readonly #waiters = new Waiters();
  #length = 0;

  constructor(tool: Tool, stream: Readable = tool.stdout) {
    stream.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#length += chunk.length;
      this.#waiters.changed();
    });
  }

  get text(): string {
    return String(Buffer.concat(this.#chunks));
  }

  async bytes(length: number): Promise<Buffer> {
    const what = () => `The output of ${length} bytes (${this.#length} so far)`;
    await this.#waiters.until(() => this.#length >= length, what, 20_000);
    return Buffer.concat(this.#chunks);
  }

  async matches(pattern: RegExp): Promise<string> {
    await this.#waiters.until(
      () => pattern.test(this.text),
      () => `${String(pattern)} in ${this.text}`,
      20_000,
    );
    return this.text;
  }
}

/** Files that both programs want. */
class Files implements AsyncDisposable {
  private constructor(
    readonly directory: TemporaryDirectory,
    readonly ca: string,
  ) {}

  static async create(): Promise<Files> {
    const directory = await TemporaryDirectory.create();
    return new Files(directory, await directory.file('ca.pem', authority().cert));
  }

  /** The arguments that name a certificate and its key. */
  async own({ cert, key }: Certificate): Promise<string[]> {
    const files = [await this.directory.file('cert.pem', cert), await this.directory.file('key.pem', key)];
    return ['-cert', files[0]!, '-key', files[1]!];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.directory[Symbol.asyncDispose]();
  }
}

/** A port that was free a moment ago, for a program that cannot tell which one it got. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe.runIf(hasCommand('openssl')).each(modes)('interop with openssl ($name)', ({ workerThreadCount }) => {
  const echo = { onReceive: (server: SslServer, id: number, data: Buffer) => void server.send(id, data) };

  describe('s_client', () => {
    async function serve(options: SslContextOptions = {}): Promise<
      {
        readonly log: SecureLog;
        readonly server: SslServer;
        readonly files: Files;
        readonly client: (...args: string[]) => Tool;
      } & AsyncDisposable
    > {
      const log = new SecureLog();
      const server = new SslServer(notedServer(log, echo), {
        workerThreadCount,
        context: serverContext(options),
      });
      server.start('127.0.0.1');
      const files = await Files.create();
      const where = ['-connect', `127.0.0.1:${server.listenAddress!.port}`];
      const verifies = ['-CAfile', files.ca, '-verify_return_error', '-verify_ip', '127.0.0.1'];
      return {
        log,
        server,
        files,
        client: (...args) => new Tool('openssl', ['s_client', ...where, ...verifies, ...args]),
        async [Symbol.asyncDispose]() {
          await server.stop();
          await files[Symbol.asyncDispose]();
        },
      };
    }

    describe.each(versions)('$version', ({ version, flag }) => {
      test.each(keyTypes)('an echo, with a certificate of an %s key', async (keyType) => {
        await using served = await serve(authority().issue({ keyType }));
        await using client = served.client('-quiet', flag);
        const printed = new Printed(client);
        client.stdin.write(new Pattern().take(total));
        const echoed = await printed.bytes(total);

        expect(echoed).toHaveLength(total);
        expect(() => new Pattern().check(echoed)).not.toThrow();
        expect(served.server.getSslInfo(1)?.protocol).toBe(version);
      });

      test('mutual TLS', async () => {
        await using served = await serve(required);
        const own = await served.files.own(authority().issue({ client: true, keyType: 'rsa' }));
        await using client = served.client('-quiet', flag, ...own);
        const printed = new Printed(client);
        client.stdin.write('hello');
        expect(String(await printed.bytes(5))).toBe('hello');

        await using refused = served.client('-quiet', flag);
        expect(await refused.ended()).not.toBe(0);
        expect((await served.log.closed()).reason).toMatch(/peer did not return a certificate/);
      });

      test('a session saved and loaded', async () => {
        await using served = await serve();
        const file = `${served.files.directory.path}/session`;
        for (const [use, word] of [
          ['-sess_out', 'New'],
          ['-sess_in', 'Reused'],
        ] as const) {
          await using client = served.client(use, file, flag);
          const printed = new Printed(client);
          client.stdin.write('hello\n');
          expect(await printed.matches(/\nhello/)).toMatch(new RegExp(`${word}, ${version}`));
          client.stdin.write('Q\n');
          await client.ended();
        }

        expect(await served.log.closed(2)).toMatchObject({ operation: SocketOperation.Close, errorCode: 0 });
      });

      test('ALPN and a server name', async () => {
        const certificate = authority().issue({ names: ['a.example'], ip: ['127.0.0.1'] });
        const named = serverContext({ ...certificate, alpnProtocols: ['hp'] });
        await using served = await serve({ serverNames: { 'a.example': named } });
        await using client = served.client('-alpn', 'other,hp', '-servername', 'a.example', flag);
        const printed = new Printed(client);
        const output = await printed.matches(/Verify return code: .*/);

        expect(output).toContain('Verify return code: 0 (ok)');
        const { id } = await served.log.next('onHandshake');
        expect(served.server.getSslInfo(id)).toMatchObject({ serverName: 'a.example', alpnProtocol: 'hp' });
      });
    });

    test('-reconnect: five more connections with one session', async () => {
      await using served = await serve();
      await using client = served.client('-reconnect', '-tls1_2');
      const output = await new Printed(client).matches(/(Reused, TLSv1\.2[^]*){5}/);

      expect(output.match(/New, TLSv1\.2/g)).toHaveLength(1);
      await served.log.closed(5);
    });

    test.each(['k', 'K'])('new keys in between, asked for with %s', async (command) => {
      await using served = await serve();
      await using client = served.client('-tls1_3');
      const [printed, told] = [new Printed(client), new Printed(client, client.stderr)];
      await printed.matches(/Verify return code/);
      for (let time = 1; time <= 3; time++) {
        client.stdin.write(`${command}\n`);
        // Else it would take what follows for a part of the command.
        await told.matches(new RegExp(`(KEYUPDATE[^]*){${time}}`));
        client.stdin.write(`time ${time}\n`);
        await printed.matches(new RegExp(`\\ntime ${time}`));
      }

      expect(served.log.count('onHandshake')).toBe(1);
      expect(String(served.log.received())).toBe('time 1\ntime 2\ntime 3\n');
    });

    test('renegotiation is refused', async () => {
      await using served = await serve();
      await using client = served.client('-tls1_2');
      const printed = new Printed(client);
      await printed.matches(/Verify return code/);
      client.stdin.write('R\n');

      expect(await client.ended()).not.toBe(0);
      expect(served.log.count('onHandshake')).toBe(1);
      expect((await served.log.closed()).errorCode).not.toBe(ErrorCode.InvalidState);
    });
  });

  describe('s_server', () => {
    async function serve(
      certificate: Certificate,
      ...args: string[]
    ): Promise<{ readonly files: Files; readonly server: Tool; readonly port: number } & AsyncDisposable> {
      const files = await Files.create();
      const port = await freePort();
      const own = await files.own(certificate);
      const accept = ['-accept', `127.0.0.1:${port}`, '-CAfile', files.ca];
      const server = new Tool('openssl', ['s_server', ...accept, ...own, ...args]);
      return {
        files,
        server,
        port,
        async [Symbol.asyncDispose]() {
          await server[Symbol.asyncDispose]();
          await files[Symbol.asyncDispose]();
        },
      };
    }

    /** It may not listen yet. */
    const reconnect = { minDelayMs: 20, maxDelayMs: 50 };

    function dialer(
      log: SecureLog,
      options: SslContextOptions = {},
      hooks: AgentListener<SslAgent> = {},
    ): SslAgent {
      const agent = new SslAgent(notedAgent(log, hooks), {
        workerThreadCount,
        context: clientContext(options),
      });
      agent.start();
      return agent;
    }

    describe.each(versions)('$version', ({ version, flag }) => {
      test.each(keyTypes)('bytes both ways, with a certificate of an %s key', async (keyType) => {
        await using served = await serve(authority().issue({ keyType }), '-quiet', flag);
        const printed = new Printed(served.server);
        const log = new SecureLog();
        await using agent = dialer(log);
        agent.connect('127.0.0.1', served.port, { reconnect });
        const { id } = await log.next('onHandshake');
        agent.send(id, new Pattern().take(total));
        served.server.stdin.write(new Pattern().take(total));
        const received = [await printed.bytes(total), await log.receivedBytes(total)];

        for (const data of received) expect(() => new Pattern().check(data)).not.toThrow();
        expect(agent.getSslInfo(id)).toMatchObject({ protocol: version, isVerified: true });
      });

      test('a client of ours, mutual TLS', async () => {
        await using served = await serve(
          authority().issue(),
          '-rev',
          flag,
          '-Verify',
          '1',
          '-verify_return_error',
        );
        const log = new SecureLog();
        const own = authority().issue({ client: true });
        await using client = new SslClient(notedClient(log), {
          workerThreadCount,
          context: clientContext(own),
        });
        client.start('127.0.0.1', served.port, { reconnect });
        await log.next('onHandshake');
        client.send(Buffer.from('abc\n'));

        expect(String(await log.receivedBytes(4))).toBe('cba\n');
      });

      test('resumption', async () => {
        await using served = await serve(authority().issue(), '-rev', flag);
        const log = new SecureLog();
        const seen: unknown[] = [];
        await using agent = dialer(
          log,
          {},
          { onHandshake: (it, id) => void seen.push(it.getSslInfo(id)?.isResumed) },
        );
        for (let time = 1; time <= 3; time++) {
          agent.connect(
            '127.0.0.1',
            served.port,
            time === 1 ? { reconnect: { ...reconnect, maxAttempts: 100 } } : {},
          );
          const { id } = await log.next('onHandshake', time);
          agent.send(id, Buffer.from('abc\n'));
          await log.receivedBytes(4, id);
          agent.disconnect(id);
          await log.closeOf(id);
        }

        expect(seen).toEqual([false, true, true]);
      });
    });

    test('its end with close_notify is an orderly one', async () => {
      await using served = await serve(authority().issue(), '-www');
      const log = new SecureLog();
      await using agent = dialer(log);
      agent.connect('127.0.0.1', served.port, { reconnect });
      const { id } = await log.next('onHandshake');
      agent.send(id, Buffer.from('GET / HTTP/1.0\r\n\r\n'));

      const close = await log.closeOf(id);
      expect(close).toMatchObject({ operation: SocketOperation.Close, errorCode: ErrorCode.Ok });
      expect(String(log.received(id))).toMatch(/^HTTP\/1.0 200 ok[^]*<\/html>/i);
    });

    test('its end without close_notify is told as such', async () => {
      await using served = await serve(authority().issue());
      const log = new SecureLog();
      await using agent = dialer(log);
      agent.connect('127.0.0.1', served.port, { reconnect });
      const { id } = await log.next('onHandshake');
      served.server.stdin.write('Q\n');

      const close = await log.closeOf(id);
      expect(close).toMatchObject({ operation: SocketOperation.Close, errorCode: ErrorCode.Truncated });
    });

    test('its new keys in between', async () => {
      await using served = await serve(authority().issue(), '-tls1_3');
      const printed = new Printed(served.server);
      const log = new SecureLog();
      await using agent = dialer(log);
      agent.connect('127.0.0.1', served.port, { reconnect });
      const { id } = await log.next('onHandshake');
      for (const command of ['k', 'K']) {
        served.server.stdin.write(`${command}\n`);
        // It looks at its input first, so that what it prints of ours comes after the command.
        agent.send(id, Buffer.from(`question ${command}\n`));
        await printed.matches(new RegExp(`question ${command}`));
        served.server.stdin.write(`answer ${command}\n`);
        await log.until(() => String(log.received()).includes(`answer ${command}`), 'What follows new keys');
      }

      expect(agent.isConnected(id)).toBe(true);
    });
  });
});
