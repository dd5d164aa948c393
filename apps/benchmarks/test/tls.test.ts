// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { randomBytes, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createServer, type Server as TlsServer, type TlsOptions, type TLSSocket } from 'node:tls';
import { afterAll, describe, expect, test } from 'vitest';
import { certificate } from '../src/certificate.js';
import { measureIdleMemory, runLoad, type LoadReport } from '../src/load-generator.js';
import { nativeProgram } from '../src/paths.js';
import { tlsPeers } from '../src/peers.js';
import { startServer } from '../src/server.js';

const overTls = ['--transport', 'tls'];

/** Whoever cannot install Debian packages builds without OpenSSL, or has no certificate. */
function hasOpenssl(): boolean {
  const load = [...overTls, '--port', '1', '--messages', '1'];
  const { stderr } = spawnSync(nativeProgram('load_generator'), load, { encoding: 'utf8' });
  return !stderr.includes('built without') && spawnSync('openssl', ['version']).status === 0;
}

interface Setup {
  options?: TlsOptions;
  serve?: (socket: TLSSocket, server: TlsServer) => void;
}

function echo(socket: TLSSocket): void {
  socket.on('data', (data: Buffer) => socket.write(data));
}

/** Puts a server in this process under load. */
async function runAgainst({ options, serve = echo }: Setup, load: readonly string[]): Promise<LoadReport> {
  const { cert, key } = certificate();
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key), ...options });
  server.on('secureConnection', (socket) => {
    socket.on('error', () => socket.destroy());
    serve(socket, server);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const target = { pid: process.pid, port, [Symbol.asyncDispose]: () => Promise.resolve() };
  try {
    return await runLoad(target, [...overTls, ...load]);
  } finally {
    server.close();
  }
}

describe.skipIf(!hasOpenssl())('over TLS', () => {
  // The end of a vitest worker is not the end of a process.
  afterAll(() => rmSync(path.dirname(certificate().cert), { recursive: true }));

  test.each([
    ['echo', ['--connections', '20', '--outstanding', '8', '--burst', '4']],
    ['whole records', ['--connections', '4', '--size', '16384']],
    ['many records', ['--connections', '4', '--size', '200000']],
    ['churn', ['--mode', 'churn', '--connections', '10']],
  ])('%s: every message comes back through TLS 1.3 and is counted', async (_, load) => {
    const protocols: Set<string | null> = new Set();
    const serve = (socket: TLSSocket): void => {
      protocols.add(socket.getProtocol());
      echo(socket);
    };
    const report = await runAgainst({ serve }, [...load, '--messages', '400']);
    expect(report).toMatchObject({ messages: 400, errors: 0 });
    expect([...protocols]).toEqual(['TLSv1.3']);
  });

  describe('sessions', () => {
    const churn = ['--mode', 'churn', '--connections', '5', '--messages', '100'];

    async function countResumed(load: readonly string[]): Promise<{ all: number; resumed: number }> {
      const seen = { all: 0, resumed: 0 };
      const serve = (socket: TLSSocket): void => {
        seen.all++;
        if (socket.isSessionReused()) seen.resumed++;
        echo(socket);
      };
      await runAgainst({ serve }, [...churn, ...load]);
      return seen;
    }

    test('are new ones unless asked otherwise', async () => {
      expect(await countResumed([])).toEqual({ all: 100, resumed: 0 });
    });

    test('are resumed by every connection but the first ones', async () => {
      expect(await countResumed(['--session', 'resumed'])).toEqual({ all: 100, resumed: 95 });
    });

    test('that are not resumed fail the run', async () => {
      const serve = (socket: TLSSocket, server: TlsServer): void => {
        server.setTicketKeys(randomBytes(48));
        echo(socket);
      };
      await expect(runAgainst({ serve }, [...churn, '--session', 'resumed'])).rejects.toThrow(
        'the server did not resume the session',
      );
    });
  });

  test.each<[string, Setup, string]>([
    [
      'a single wrong byte',
      {
        serve(socket) {
          let received = 0;
          socket.on('data', (data: Buffer) => {
            received += data.length;
            if (received > 5000) data[0] = ~(data[0] ?? 0);
            socket.write(data);
          });
        },
      },
      'wrong byte',
    ],
    ['a server that closes', { serve: (socket) => socket.end() }, 'closed by the server'],
    ['an older protocol', { options: { maxVersion: 'TLSv1.2' } }, 'alert protocol version'],
  ])('%s fails the run', async (_, setup, reason) => {
    await expect(runAgainst(setup, ['--messages', '1000'])).rejects.toThrow(reason);
  });

  describe('handshakes at a pace', () => {
    const pace = ['--mode', 'handshake', '--rate', '200', '--duration', '250'];

    test('begin whether or not others have ended, and each is counted', async () => {
      const report = await runAgainst({ serve: () => {} }, pace);
      expect(report).toMatchObject({ messages: 50, errors: 0 });
      expect(report.p50Microseconds).toBeGreaterThan(0);
      expect(report.p50Microseconds).toBeLessThanOrEqual(report.maxMicroseconds);
    });

    test('that fail are counted and do not fail the run', async () => {
      const report = await runAgainst({ options: { maxVersion: 'TLSv1.2' } }, pace);
      expect(report).toMatchObject({ messages: 0, errors: 50 });
    });
  });

  test('every server has a certificate with a key on P-256', () => {
    const { publicKey } = new X509Certificate(readFileSync(certificate().cert));
    expect(publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  });

  // Bun is not for every machine.
  describe.each(tlsPeers.filter(({ name }) => name !== 'bun'))('$title', (peer) => {
    test('echoes, and resumes sessions', async () => {
      await using server = await startServer(peer);
      const churn = [...overTls, '--session', 'resumed', '--mode', 'churn', '--connections', '5'];
      expect(await runLoad(server, [...churn, '--messages', '50'])).toMatchObject({
        messages: 50,
        errors: 0,
      });
    });
  });

  test('idle connections are held while the server is looked at', async () => {
    await using server = await startServer(tlsPeers[0]!);
    const metrics = await measureIdleMemory(server, [...overTls, '--mode', 'idle', '--connections', '200']);
    expect(metrics.residentBytes).toBeGreaterThan(0);
  });
});
