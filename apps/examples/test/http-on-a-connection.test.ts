// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { Agent, type IncomingMessage, request, type RequestListener } from 'node:http';
import { buffer, text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { dialPeer, eventually, hasCommand, once, Pattern, TemporaryDirectory } from '@hp/testkit';
import { serveHttp, serveHttps } from '../src/http-on-a-connection.js';

const MIB = 1024 * 1024;

/** Answers with the request: its line, and the digest of its body. */
const digests: RequestListener = (incoming, response) => {
  const hash = createHash('sha256');
  incoming.pipe(hash).once('finish', () => {
    response.setHeader('digest', hash.digest('hex'));
    response.end(`${incoming.method!} ${incoming.url!}`);
  });
};

function digestOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

const run = promisify(execFile);

describe('HTTP on a TcpServer', () => {
  test('answers fetch, and takes large bodies in chunks', async () => {
    await using server = serveHttp(0, digests);
    const url = `http://127.0.0.1:${server.listenAddress!.port}/upload`;
    const body = new Pattern().take(4 * MIB);
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const response = await fetch(url, { method: 'POST', body });
        return [response.headers.get('digest'), await response.text()];
      }),
    );

    expect(answers).toEqual(Array.from({ length: 20 }, () => [digestOf(body), 'POST /upload']));
  });

  test('keeps a connection for further requests, and ends with its server', async () => {
    await using server = serveHttp(0, (incoming, response) => response.end(incoming.url));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const path of ['/one', '/two', '/three']) {
      const asked = request({ port: server.listenAddress!.port, host: '127.0.0.1', path, agent }).end();
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      expect(await text(response)).toBe(path);
    }

    expect(server.stats().accepted).toBe(1);
    agent.destroy();
    await eventually(() => server.connectionCount === 0, 'The end of the connection');
  });

  test('answers requests that are sent at once, in order', async () => {
    await using server = serveHttp(0, (incoming, response) => response.end(incoming.url));
    await using peer = await dialPeer(server.listenAddress!.port);
    const ask = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nhost: x\r\n${more}\r\n`;
    await peer.send(ask('/1') + ask('/2') + ask('/3', 'connection: close\r\n'));
    await peer.ended;

    expect(String(peer.received).match(/\/\d(?=HTTP|$)/g)).toEqual(['/1', '/2', '/3']);
  });

  test('answers what is no HTTP with 400', async () => {
    await using server = serveHttp(0, digests);
    await using peer = await dialPeer(server.listenAddress!.port);
    await peer.send('nonsense\r\n\r\n');
    await peer.ended;

    expect(String(peer.received)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('a download waits for a client that does not read', async () => {
    const total = 30 * MIB;
    let made = 0;
    await using server = serveHttp(0, (_, response) => {
      const sent = new Pattern();
      const fill = (): void => {
        while (sent.position < total) {
          made = sent.position;
          if (!response.write(sent.take(MIB))) return;
        }
        response.end();
      };
      response.on('drain', fill);
      fill();
    });
    const asked = request({ port: server.listenAddress!.port, host: '127.0.0.1' }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    let before = -1;
    await expect
      .poll(() => {
        const rests = made === before;
        before = made;
        return rests;
      })
      .toBe(true);
    const madeUnread = made;
    const received = await buffer(response);

    expect(madeUnread).toBeLessThan(total / 2);
    expect(() => new Pattern().check(received)).not.toThrow();
    expect(received).toHaveLength(total);
  });
});

/** A certificate for loopback and its key, in one PEM. */
async function selfSigned(): Promise<string> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-keyout', '-'];
  const names = ['-subj', '/CN=example', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const { stdout } = await run('openssl', ['req', '-x509', '-days', '1', ...key, ...names]);
  return stdout;
}

describe.runIf(hasCommand('curl') && hasCommand('openssl'))('HTTPS on an SslServer', () => {
  test('curl verifies it and uploads', async () => {
    const pem = await selfSigned();
    await using directory = await TemporaryDirectory.create();
    const body = new Pattern().take(3 * MIB);
    const ca = await directory.file('ca.pem', pem);
    const upload = await directory.file('body', body);
    await using server = serveHttps(0, { cert: pem, key: pem }, digests);
    const url = `https://127.0.0.1:${server.listenAddress!.port}/secret`;
    const { stdout } = await run('curl', ['-sS', '-i', '--cacert', ca, '--data-binary', `@${upload}`, url]);

    expect(stdout).toContain('HTTP/1.1 200 OK');
    expect(stdout).toContain(digestOf(body));
    expect(stdout).toContain('POST /secret');
  });
});
