// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { SocketError, SslAgent, SslClient, SslContext, SslServer } from '@hp/ssl';
import { TcpAgent, TcpClient, TcpServer } from '@hp/tcp';
import { thrownBy } from '../../core-native/test/support/thrown.js';
import { toServerName } from '../src/server-name.js';
import { authority } from './support/certificates.js';

const context = new SslContext(authority().issue());

const components = [
  { name: 'SslServer', parent: TcpServer, make: (options?: object) => new SslServer({}, options) },
  { name: 'SslAgent', parent: TcpAgent, make: (options?: object) => new SslAgent({}, options) },
  { name: 'SslClient', parent: TcpClient, make: (options?: object) => new SslClient({}, options) },
];

type Settings = Record<string, unknown>;

describe.each(components)('$name', ({ parent, make }) => {
  test('is its TCP component, and secure', () => {
    expect(make()).toBeInstanceOf(parent);
    expect(make().isSecure).toBe(true);
    expect(new TcpServer({}).isSecure).toBe(false);
  });

  test('has the defaults of the README', () => {
    expect(make()).toMatchObject({ autoHandshake: true, handshakeTimeoutMs: 30_000, context: undefined });
  });

  test.each([
    { key: 'autoHandshake', inside: [true, false], outside: [0, 1, 'true', null] },
    {
      key: 'handshakeTimeoutMs',
      inside: [0, 1, 2_147_483_647],
      outside: [-1, 2_147_483_648, 0.5, Number.NaN, '1', null],
    },
    { key: 'context', inside: [context], outside: [null, {}, 'context', { reload: () => undefined }] },
  ])('$key: what is in its range is taken, what is not throws', ({ key, inside, outside }) => {
    for (const value of inside) {
      expect((make({ [key]: value }) as unknown as Settings)[key]).toBe(value);
      const settings = make() as unknown as Settings;
      settings[key] = value;
      expect(settings[key]).toBe(value);
    }
    for (const value of outside) {
      const component = make();
      const error = thrownBy(() => ((component as unknown as Settings)[key] = value));
      expect(error.socketError).toBe(SocketError.InvalidParam);
      expect(error.message.startsWith(`${key} must be `)).toBe(true);
      expect(component.lastError).toBe(SocketError.InvalidParam);
      expect(thrownBy(() => make({ [key]: value })).message).toBe(error.message);
    }
  });

  test('may be given no context again', () => {
    const component = make({ context });
    component.context = undefined;
    expect(component.context).toBeUndefined();
  });

  test('takes the settings of TCP too, and no others', () => {
    expect(make({ socketBufferSize: 4096 }).socketBufferSize).toBe(4096);
    expect(thrownBy(() => make({ autoHandShake: true })).message).toContain('autoHandShake');
  });
});

test('a server that runs keeps its settings', async () => {
  await using server = new SslServer({}, { context });
  server.start('127.0.0.1');

  for (const change of [
    () => (server.context = new SslContext()),
    () => (server.autoHandshake = false),
    () => (server.handshakeTimeoutMs = 1),
  ]) {
    expect(thrownBy(change).socketError).toBe(SocketError.IllegalState);
  }
  expect(server).toMatchObject({ context, autoHandshake: true, handshakeTimeoutMs: 30_000 });
});

describe('serverName', () => {
  const wrong = ['a b', 'a/b', 'a\0b', '\t', 5, null];

  test.each(components.slice(1))('of a $name is a name or empty', ({ make }) => {
    for (const value of ['', 'example.com', '127.0.0.1', '::1']) {
      expect(make({ serverName: value })).toMatchObject({ serverName: value });
    }
    for (const value of wrong) {
      expect(thrownBy(() => make({ serverName: value })).socketError).toBe(SocketError.InvalidParam);
    }
  });

  test('of a server does not exist', () => {
    expect(() => new SslServer({}, { serverName: 'a' } as object)).toThrow('serverName');
  });

  test('of one connect is checked as well', async () => {
    await using agent = new SslAgent({}, { context });
    agent.start();
    const client = new SslClient({}, { context });

    for (const value of wrong.filter((each) => each !== null)) {
      const options = { serverName: value as string };
      expect(thrownBy(() => agent.connect('127.0.0.1', 1, options)).socketError).toBe(
        SocketError.InvalidParam,
      );
      await expect(agent.connectAsync('127.0.0.1', 1, options)).rejects.toThrow('serverName');
      expect(thrownBy(() => client.start('127.0.0.1', 1, options)).socketError).toBe(
        SocketError.InvalidParam,
      );
    }
    expect(agent.connectionCount).toBe(0);
    expect(client.hasStarted).toBe(false);
  });

  test.each([
    ['example.com', '', 'example.com'],
    ['example.com', 'other.example', 'other.example'],
    ['example.com.', '', 'example.com'],
    ['bücher.example', '', 'xn--bcher-kva.example'],
    ['127.0.0.1', '', '127.0.0.1'],
    ['127.0.0.1', 'localhost', 'localhost'],
    ['::1', '', '::1'],
    ['fe80::1%lo', '', 'fe80::1'],
    ['localhost', '', 'localhost'],
    ['_service.example', '', '_service.example'],
  ])('dialling %s as %j asks for %s', (host, serverName, asked) => {
    expect(toServerName(host, serverName)).toBe(asked);
  });

  // OpenSSL takes an empty name for any, and one that begins with a dot for any below.
  test.each([
    '.',
    '..',
    '.example.com',
    'example..com',
    'example.com\0.evil.example',
    '\u00fc..example',
    'a\u2488com',
  ])('that no certificate can have is refused, not left unchecked: %j', (name) => {
    for (const call of [() => toServerName(name, ''), () => toServerName('example.com', name)]) {
      expect(thrownBy(call).socketError).toBe(SocketError.InvalidParam);
    }
  });
});
