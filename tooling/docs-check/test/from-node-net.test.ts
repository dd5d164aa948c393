// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { describe, expect, test } from 'vitest';
import {
  type ChildResult,
  closedDatagramPort,
  DatagramPeer,
  dialPeer,
  echoPeer,
  netListener,
  NetPeer,
  once,
  runChild,
  TemporaryDirectory,
} from '@hp/testkit';
import { codeIn, nameIn, PublicTypes } from '@hp/testkit/docs';
import { folder, openDocument } from './support/documents.js';
import { Program } from './support/program.js';

const guide = openDocument('docs/from-node-net.md');
const types = new PublicTypes(folder, 'test/support/all-exports.ts');
/** Whose members the tables name without a type. */
const owners = [
  ...['TcpServer', 'TcpAgent', 'TcpClient', 'UdpServer', 'UdpCast', 'SslServer'],
  ...['ServerListener', 'ClientListener'],
];

/** The sections with examples, in their order; each has one before the change and one after it. */
const sections = [
  ...['A TCP server', 'A TCP client', 'Streams', 'Backpressure', 'A TLS server', 'A TLS client'],
  ...['A UDP server', 'A group'],
] as const;

/** A certificate for 127.0.0.1, and its key, as PEM. */
function newCertificate(): string {
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', '-', '-days', '1'];
  const name = ['-subj', '/CN=example', '-addext', 'subjectAltName=IP:127.0.0.1'];
  return execFileSync('openssl', [...request, ...name], { encoding: 'utf8', stdio: 'pipe' });
}

test('every section of examples has one before and one after', () => {
  const words = guide.blocks('js').map(({ code }) => code.split('\n')[0]);
  expect(words).toEqual(sections.flatMap(() => ['// before', '// after']));
});

describe.each([
  ['before', 0],
  ['after', 1],
])('the example %s the change', (_when, which) => {
  /** Writes the example of a section into a file. */
  function withExample<T>(section: (typeof sections)[number], use: (file: string) => T): Promise<Awaited<T>> {
    const code = guide.blocks('js')[2 * sections.indexOf(section) + which]?.code ?? '';
    return guide.withFile('example.mjs', code, use);
  }

  const run = (
    section: (typeof sections)[number],
    ...args: readonly (string | number)[]
  ): Promise<ChildResult> => withExample(section, (file) => runChild(file, args.map(String)));

  test('a TCP server echoes, and tells of peers that come and go', () =>
    withExample('A TCP server', async (file) => {
      await using server = new Program(file, '0');
      await using peer = await dialPeer(await server.port());
      await peer.send('hello');
      expect(String(await peer.receivedBytes(5))).toBe('hello');
      peer.end();
      expect([await server.line(), await server.line()]).toEqual(['from 127.0.0.1', 'gone']);
    }));

  test('a TCP client gets its answer, and ends', async () => {
    await using peer = await echoPeer();
    expect(await run('A TCP client', peer.port)).toMatchObject({
      code: 0,
      stdout: 'answer: hello\n',
      stderr: '',
    });
  });

  test('a stream goes there and back', async () => {
    await using peer = await echoPeer();
    expect(await run('Streams', peer.port)).toMatchObject({ code: 0, stdout: 'one\ntwo\n', stderr: '' });
  });

  test('16 MiB arrive', async () => {
    await using listener = await netListener();
    const result = run('Backpressure', listener.port);
    await using peer = await listener.accepted();
    await peer.ended;
    expect(peer.receivedLength).toBe(256 * 65_536);
    peer.end();
    expect(await result).toMatchObject({ code: 0, stderr: '' });
  });

  test('a TLS server echoes, and tells what was agreed on', () =>
    withExample('A TLS server', async (file) => {
      await using directory = await TemporaryDirectory.create();
      const pem = newCertificate();
      const source = await directory.file('server.pem', pem);
      await using server = new Program(file, '0', source, source);
      const port = await server.port();
      const socket = connect({ host: '127.0.0.1', port, ca: pem, ALPNProtocols: ['echo'] });
      await using peer = new NetPeer(socket);
      await once(socket, 'secureConnect');
      await peer.send('hello');
      expect(String(await peer.receivedBytes(5))).toBe('hello');
      expect(await server.line()).toBe('TLSv1.3 echo');
    }));

  test('a TLS client verifies its server, and gets its answer', async () => {
    await using directory = await TemporaryDirectory.create();
    const pem = newCertificate();
    const ca = await directory.file('ca.pem', pem);
    await using server = createServer({ cert: pem, key: pem, ALPNProtocols: ['echo'] }, (socket) => {
      socket.pipe(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await run('A TLS client', port, ca)).toMatchObject({
      code: 0,
      stdout: 'answer: hello over echo\n',
      stderr: '',
    });
  });

  test('a UDP server echoes', () =>
    withExample('A UDP server', async (file) => {
      await using server = new Program(file, '0');
      await using peer = await DatagramPeer.bind();
      await peer.send('hello', await server.port());
      expect(String((await peer.next()).data)).toBe('hello');
    }));

  test('a member of a group hears itself', async () => {
    expect(await run('A group', await closedDatagramPort())).toMatchObject({
      code: 0,
      stdout: '127.0.0.1 says hello\n',
      stderr: '',
    });
  });
});

describe.each(['### Servers', '### Connections', '### Contexts', '### Encrypted connections', '### Sockets'])(
  '%s',
  (heading) => {
    test('every name of ours exists, and where there is none the remark says why', () => {
      const rows = guide.rows(heading);
      const wrong = rows.flatMap(([nodes = '', ours = '', remark = '']) => {
        const names = codeIn(ours).map(nameIn);
        if (names.length === 0) return ours === '–' && remark !== '' ? [] : [`${nodes}: no reason`];
        return names.filter((name) => !owners.some((owner) => types.knows(name, [owner])));
      });

      expect(rows.length).toBeGreaterThan(7);
      expect(wrong).toEqual([]);
    });
  },
);
