// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, test } from 'vitest';
import {
  cleanupSsl,
  ErrorCode,
  initializeSsl,
  isSslValid,
  ReuseAddressPolicy,
  ServiceState,
  SocketError,
  SslAgent,
  SslClient,
  SslContext,
  SslServer,
  SslSessionMode,
  SslVerifyMode,
} from '@hp/ssl';
import { modes, netListener, TemporaryDirectory } from '@hp/testkit';
import { thrownBy } from '../../core-native/test/support/thrown.js';
import { authority } from './support/certificates.js';

const { cert, key } = authority().issue();

afterEach(() => {
  cleanupSsl();
});

const { Client, Server } = SslSessionMode;
const components = [
  { name: 'SslServer', mode: Server, other: Client, make: () => new SslServer({}) },
  { name: 'SslAgent', mode: Client, other: Server, make: () => new SslAgent({}) },
  { name: 'SslClient', mode: Client, other: Server, make: () => new SslClient({}) },
];

function start(component: SslServer | SslAgent | SslClient, port = 1): void {
  if (component instanceof SslClient) component.start('127.0.0.1', port);
  else component.start('127.0.0.1');
}

describe('the environment', () => {
  test('is valid from initializeSsl to cleanupSsl', () => {
    expect(isSslValid()).toBe(false);
    initializeSsl({ cert, key });
    expect(isSslValid()).toBe(true);
    cleanupSsl();
    expect(isSslValid()).toBe(false);
    cleanupSsl();
    initializeSsl();
    expect(isSslValid()).toBe(true);
  });

  test('is not made a second time without a clean-up', () => {
    initializeSsl();

    expect(thrownBy(() => initializeSsl())).toMatchObject({
      socketError: SocketError.IllegalState,
      errno: ErrorCode.InvalidState,
    });
    expect(isSslValid()).toBe(true);
  });

  test('is not made where a context would not be', () => {
    const wrong: readonly (readonly [object, ErrorCode | undefined])[] = [
      [{ cert }, ErrorCode.InvalidArgument],
      [{ ca: '/nowhere' }, ErrorCode.FileNotFound],
      [{ cert, key, mode: 2 }, undefined],
      [{ cert, key, mode: 'server' }, undefined],
      [{ verifyMode: SslVerifyMode.FailIfNoPeerCert }, undefined],
      [{ certificate: cert }, undefined],
    ];
    for (const [options, errno] of wrong) {
      const error = thrownBy(() => initializeSsl(options));
      expect(error).toMatchObject({ socketError: SocketError.InvalidParam, errno });
      expect(isSslValid()).toBe(false);
    }
  });

  test('takes all that a context takes', async () => {
    await using directory = await TemporaryDirectory.create();
    const encrypted = authority().issue({ password: 'word' });
    initializeSsl({
      mode: SslSessionMode.Server,
      verifyMode: SslVerifyMode.Peer | SslVerifyMode.FailIfNoPeerCert,
      cert: await directory.file('server.crt', encrypted.cert),
      key: await directory.file('server.key', encrypted.key),
      keyPassword: 'word',
      ca: directory.path,
    });
    expect(isSslValid()).toBe(true);
  });
});

describe.each(components)('a $name that is given no context', ({ make, mode, other }) => {
  test('does not start without an environment', async () => {
    const component = make();
    const error = thrownBy(() => start(component));

    expect(error.socketError).toBe(SocketError.SslEnvNotReady);
    expect(error.code).toBe('SE_SSL_ENV_NOT_READY');
    expect(error.message).toContain('initializeSsl');
    expect(component.state).toBe(ServiceState.Stopped);
    expect(component.lastError).toBe(SocketError.SslEnvNotReady);
    await component.stop();
  });

  test('does not start with an environment for the other side', () => {
    initializeSsl({ mode: other, cert, key });
    const error = thrownBy(() => start(make()));

    expect(error.socketError).toBe(SocketError.SslEnvNotReady);
    expect(error.message).toContain(`SslSessionMode.${SslSessionMode[other]}`);
    expect(() => {
      cleanupSsl();
    }).not.toThrow();
  });

  test.each([undefined, mode])(
    'starts with one for mode %s, which cannot be cleaned up before it has stopped',
    async (of) => {
      await using listener = await netListener();
      initializeSsl({ mode: of, cert, key });
      const component = make();
      start(component, listener.port);

      expect(thrownBy(() => cleanupSsl())).toMatchObject({
        socketError: SocketError.IllegalState,
        errno: ErrorCode.InvalidState,
      });
      expect(isSslValid()).toBe(true);
      await component.stop();
      cleanupSsl();
      expect(isSslValid()).toBe(false);
    },
  );

  test('may start after one was made', async () => {
    await using listener = await netListener();
    const component = make();
    expect(() => start(component)).toThrow();
    initializeSsl({ cert, key });

    start(component, listener.port);
    expect(component.hasStarted).toBe(true);
    await component.stop();
  });
});

test('a component with a context of its own has nothing to do with the environment', async () => {
  initializeSsl({ cert, key });
  await using server = new SslServer({}, { context: new SslContext({ cert, key }) });
  server.start('127.0.0.1');

  cleanupSsl();
  expect(server.state).toBe(ServiceState.Started);
});

test('a start that fails for another reason leaves nothing in use', async () => {
  initializeSsl({ cert, key });
  await using server = new SslServer({});
  server.start('127.0.0.1');
  const second = new SslServer({}, { reuseAddressPolicy: ReuseAddressPolicy.None });
  expect(thrownBy(() => second.start('127.0.0.1', server.listenAddress?.port)).socketError).toBe(
    SocketError.SocketBind,
  );
  await server.stop();

  expect(() => {
    cleanupSsl();
  }).not.toThrow();
});

describe('a server needs a certificate', () => {
  test.each([
    ['from its context', (context: SslContext) => new SslServer({}, { context })],
    ['from the environment', () => new SslServer({})],
  ] as const)('%s', (_from, make) => {
    initializeSsl({});
    const server = make(new SslContext());
    const error = thrownBy(() => server.start('127.0.0.1'));

    expect(error.socketError).toBe(SocketError.SslEnvNotReady);
    expect(error.message).toContain('certificate');
    expect(server.state).toBe(ServiceState.Stopped);
  });

  test('unless it has some for names', async () => {
    const named = new SslContext({ cert, key });
    const contexts = [
      new SslContext({ onServerName: () => named }),
      new SslContext({ serverNames: { localhost: named } }),
    ];
    for (const context of contexts) {
      await using server = new SslServer({}, { context });
      server.start('127.0.0.1');
      expect(server.hasStarted).toBe(true);
    }
  });
});

describe.each(modes)('the environment ($name)', ({ workerThreadCount }) => {
  test('is enough for both sides', async () => {
    initializeSsl({ cert, key, ca: authority().cert });
    await using server = new SslServer(
      { onReceive: (it, id, data) => void it.send(id, data) },
      { workerThreadCount },
    );
    server.start('127.0.0.1');
    let echoed = '';
    await using client = new SslClient(
      {
        onReceive(it, data) {
          echoed += String(data);
          void it.stop();
        },
      },
      { workerThreadCount },
    );
    await client.startAsync('127.0.0.1', server.listenAddress?.port ?? 0);
    client.send(Buffer.from('hello'));
    await client.wait();

    expect(echoed).toBe('hello');
    await server.stop();
  });
});
