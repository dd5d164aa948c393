// SPDX-License-Identifier: Apache-2.0
// New certificates on a server that runs, and the key log file.
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventually, modes, TemporaryDirectory } from '@hp/testkit';
import { ErrorCode, SocketError, SslContext, SslServer, SslVerifyMode } from '@hp/ssl';
import { authority, type Certificate, selfSigned } from './support/certificates.js';
import { clientContext } from './support/contexts.js';
import { Pair } from './support/pair.js';
import { dialTls } from './support/tls-peer.js';

const [first, second] = [authority().issue({ serial: 1 }), authority().issue({ serial: 2 })];

/** Which certificate a server shows now. */
async function serialShown(port: number): Promise<string> {
  await using peer = await dialTls(port);
  return peer.socket.getPeerX509Certificate()?.serialNumber ?? '';
}

async function write(
  directory: TemporaryDirectory,
  { cert, key }: Certificate,
): Promise<{ cert: string; key: string }> {
  return { cert: await directory.file('cert.pem', cert), key: await directory.file('key.pem', key) };
}

describe.each(modes)('reload ($name)', ({ workerThreadCount }) => {
  test('files are read again; connections live on, and new ones see the new certificate', async () => {
    await using directory = await TemporaryDirectory.create();
    const context = new SslContext(await write(directory, first));
    await using pair = new Pair({
      workerThreadCount,
      server: { context },
      onServer: { onReceive: (server, id, data) => void server.send(id, data) },
    });
    const { id, info } = await pair.connect();
    const before = await serialShown(pair.port);
    await write(directory, second);
    expect(await serialShown(pair.port)).toBe(before);
    context.reload();
    const after = await serialShown(pair.port);
    pair.agent.send(id, Buffer.from('still there'));

    expect(before).toBe(info.peerCertificate?.serialNumber);
    expect(after).not.toBe(before);
    expect(String(await pair.agentLog.receivedBytes(11, id))).toBe('still there');
    expect(pair.agentLog.count('onClose')).toBe(0);
  });

  test('options are merged with what was given before', async () => {
    const context = new SslContext({ ...first, alpnProtocols: ['one'] });
    await using pair = new Pair({
      workerThreadCount,
      server: { context },
      clientContext: { alpnProtocols: ['two', 'one'] },
    });
    expect((await pair.connect()).info.alpnProtocol).toBe('one');
    context.reload({ alpnProtocols: ['two'], maxVersion: 'TLSv1.2' });
    expect((await pair.connect()).info).toMatchObject({ alpnProtocol: 'two', protocol: 'TLSv1.2' });
    context.reload(second);
    expect((await pair.connect()).info).toMatchObject({ alpnProtocol: 'two', protocol: 'TLSv1.2' });
  });

  test('a reload that fails throws, and changes nothing', async () => {
    await using directory = await TemporaryDirectory.create();
    const context = new SslContext(await write(directory, first));
    await using pair = new Pair({ workerThreadCount, server: { context } });
    const before = await serialShown(pair.port);
    const { InvalidParam } = SocketError;
    const { BadMessage, FileNotFound, KeyMismatch } = ErrorCode;

    await directory.file('cert.pem', 'no certificate');
    expect(() => context.reload()).toThrow(
      expect.objectContaining({ socketError: InvalidParam, errno: BadMessage }) as Error,
    );
    await directory.file('cert.pem', second.cert);
    expect(() => context.reload()).toThrow(expect.objectContaining({ errno: KeyMismatch }) as Error);
    await rm(path.join(directory.path, 'cert.pem'));
    expect(() => context.reload()).toThrow(expect.objectContaining({ errno: FileNotFound }) as Error);
    expect(() => context.reload({ ciphers: 'NO-SUCH-CIPHER', minVersion: 'TLSv1.3' })).toThrow();
    expect(await serialShown(pair.port)).toBe(before);
    // What was given to a reload that failed is forgotten.
    await write(directory, second);
    context.reload();
    expect(await serialShown(pair.port)).not.toBe(before);
    expect((await pair.connect()).info.protocol).toBe('TLSv1.3');
  });

  test('a hundred reloads among connections', async () => {
    const context = new SslContext(first);
    await using pair = new Pair({ workerThreadCount, server: { context } });
    for (let time = 0; time < 100; time++) {
      context.reload(time % 2 === 0 ? second : first);
      if (time % 10 === 0) await pair.connect();
    }

    expect(pair.server.connectionCount).toBe(10);
    expect(pair.agentLog.count('onClose')).toBe(0);
  });

  test('who is trusted, for servers and clients alike', async () => {
    const context = new SslContext({
      ...first,
      ca: authority('a stranger').cert,
      verifyMode: SslVerifyMode.Peer,
    });
    const trust = clientContext({ ...authority().issue({ client: true }), ca: authority('a stranger').cert });
    await using pair = new Pair({ workerThreadCount, server: { context }, agent: { context: trust } });
    await pair.refused();
    trust.reload({ ca: authority().cert });
    pair.agent.connect('127.0.0.1', pair.port);
    expect((await pair.serverLog.closed(2)).reason).toMatch(/certificate verify failed/);
    context.reload({ ca: authority().cert });

    expect((await pair.connect()).serverInfo.isVerified).toBe(true);
  });

  test('sessions go on after a reload of the same authority', async () => {
    const context = new SslContext(first);
    await using pair = new Pair({
      workerThreadCount,
      server: { context },
      onServer: { onReceive: (server, id, data) => void server.send(id, data) },
    });
    const { id } = await pair.connect();
    pair.agent.send(id, Buffer.from('hello'));
    await pair.agentLog.receivedBytes(5);
    context.reload();

    expect((await pair.connect()).info.isResumed).toBe(true);
  });

  test('one context for several servers, and for names', async () => {
    const named = new SslContext(authority().issue({ names: ['named.example'], serial: 1 }));
    const context = new SslContext({ ...first, serverNames: { 'named.example': named } });
    await using one = new SslServer({}, { workerThreadCount, context });
    await using two = new SslServer({}, { workerThreadCount, context });
    one.start('127.0.0.1');
    two.start('127.0.0.1');
    context.reload(second);
    const shown = await Promise.all([one, two].map((it) => serialShown(it.listenAddress!.port)));
    expect(shown[0]).toBe(shown[1]);
    named.reload(authority().issue({ names: ['named.example'], serial: 2 }));
    await using peer = await dialTls(one.listenAddress!.port, { servername: 'named.example' });

    expect(peer.socket.getPeerX509Certificate()?.subjectAltName).toBe('DNS:named.example');
    context.reload({ serverNames: { 'named.example': new SslContext(selfSigned()) } });
    await expect(dialTls(one.listenAddress!.port, { servername: 'named.example' })).rejects.toThrow(
      /self[- ]signed/,
    );
  });
});

describe.each(modes)('keyLogFile ($name)', ({ workerThreadCount }) => {
  const line = /^[A-Z][A-Z0-9_]+ [0-9a-f]{64} [0-9a-f]{64,128}$/;
  const secrets = {
    'TLSv1.2': ['CLIENT_RANDOM'],
    'TLSv1.3': [
      'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
      'CLIENT_TRAFFIC_SECRET_0',
      'EXPORTER_SECRET',
      'SERVER_HANDSHAKE_TRAFFIC_SECRET',
      'SERVER_TRAFFIC_SECRET_0',
    ],
  };

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'has what Wireshark wants, of both ends the same (%s)',
    async (maxVersion) => {
      await using directory = await TemporaryDirectory.create();
      const file = (name: string): string => path.join(directory.path, name);
      await writeFile(file('server'), '# what was there before\n');
      await using pair = new Pair({
        workerThreadCount,
        serverContext: { maxVersion, keyLogFile: file('server') },
        clientContext: { keyLogFile: file('client') },
      });
      await pair.connect();
      const wanted = secrets[maxVersion];
      const lines = { server: [] as string[], client: [] as string[] };
      const read = async (name: 'server' | 'client'): Promise<void> => {
        lines[name] = (await readFile(file(name), 'utf8')).split('\n').filter((text) => /^[A-Z]/.test(text));
      };
      // What a thread has written may be seen a moment later.
      await eventually(() => {
        void Promise.all([read('server'), read('client')]);
        return lines.server.length >= wanted.length && lines.client.length >= wanted.length;
      }, 'All secrets');

      expect(lines.server.every((text) => line.test(text))).toBe(true);
      expect(lines.server.toSorted()).toEqual(lines.client.toSorted());
      const labels = lines.server.map((text) => text.split(' ')[0]);
      expect([...new Set(labels)].sort()).toEqual(wanted);
      expect(await readFile(file('server'), 'utf8')).toMatch(/^# what was there before\n/);
    },
  );

  test('a file that cannot be written', async () => {
    await using directory = await TemporaryDirectory.create();
    expect(() => clientContext({ keyLogFile: path.join(directory.path, 'none', 'file') })).toThrow(
      expect.objectContaining({ socketError: SocketError.InvalidParam }) as Error,
    );
  });
});
