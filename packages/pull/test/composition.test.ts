// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { FetchResult, pull } from '@hp/pull';
import { TcpPullAgent, TcpPullClient, TcpPullServer } from '@hp/pull/tcp';
import { ErrorCode, type HpSocketError, SocketError, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';
import { deferred, modes, netListener, within } from '@hp/testkit';

const components = [
  { name: 'TcpPullServer', make: (options?: object) => new TcpPullServer({}, options) },
  { name: 'TcpPullAgent', make: (options?: object) => new TcpPullAgent({}, options) },
  { name: 'TcpPullClient', make: (options?: object) => new TcpPullClient({}, options) },
];
const most = 2_147_483_647;
const beyond = [0, -1, most + 1, 1.5, Number.NaN, Infinity, '1', null, true, {}];
const invalid = expect.objectContaining({ socketError: SocketError.InvalidParam }) as HpSocketError;

describe('maxBufferedBytes', () => {
  test.each(components)('of a $name is 16 MiB, or what is set within its range', ({ make }) => {
    expect(make().maxBufferedBytes).toBe(16 * 1024 * 1024);
    for (const value of [1, most]) expect(make({ maxBufferedBytes: value }).maxBufferedBytes).toBe(value);
    for (const value of beyond) {
      expect(() => make({ maxBufferedBytes: value })).toThrow(invalid);
      expect(() => (make().maxBufferedBytes = value as number)).toThrow(invalid);
    }
  });

  test.each(components)('of a $name stays as it is while it runs', async ({ make }) => {
    await using listener = await netListener();
    const component = make();
    if (component instanceof TcpPullClient) component.start(listener.host, listener.port);
    else component.start();
    expect(() => (component.maxBufferedBytes = 5)).toThrow(
      expect.objectContaining({ socketError: SocketError.IllegalState }) as HpSocketError,
    );
    await component.stop();
    component.maxBufferedBytes = 5;
    expect(component.maxBufferedBytes).toBe(5);
  });

  test('of the model throws beyond its range', () => {
    for (const value of beyond) expect(() => pull({ maxBufferedBytes: value as number })).toThrow(invalid);
  });
});

test('PULL components are components of TCP', () => {
  expect(new TcpPullServer({})).toBeInstanceOf(TcpServer);
  expect(new TcpPullAgent({})).toBeInstanceOf(TcpAgent);
  expect(new TcpPullClient({})).toBeInstanceOf(TcpClient);
});

test('while a component is stopped there is nothing to fetch', () => {
  for (const component of [new TcpPullServer({}), new TcpPullAgent({})]) {
    expect(component.fetch(1, 1)).toBeUndefined();
    expect(component.lastErrorCode).toBe(ErrorCode.ObjectNotFound);
    expect(component.peek(1, Buffer.alloc(1))).toBe(FetchResult.DataNotFound);
    expect(component.fetchableLength(1)).toBe(0);
    expect(component.indexOf(1, 0)).toBe(-1);
  }
  const client = new TcpPullClient({});
  expect(client.fetch(Buffer.alloc(1))).toBe(FetchResult.DataNotFound);
  expect(client.fetchableLength).toBe(0);
});

describe.each(modes)('the model as an option ($name)', ({ workerThreadCount }) => {
  test('does for any component what its own calls do', async () => {
    const model = pull();
    await using server = new TcpServer(
      {
        onReceive: (it, id, total) => {
          if (total < 8) return;
          expect(String(model.peek(it, id, 4))).toBe('head');
          const head = Buffer.alloc(4);
          expect(model.fetch(it, id, head)).toBe(FetchResult.Ok);
          it.sendPackets(id, [head, model.fetch(it, id, model.fetchableLength(it, id)) ?? Buffer.alloc(0)]);
        },
      },
      { workerThreadCount, model },
    );
    server.start('127.0.0.1');
    const answer = deferred<string>();
    await using client = new TcpClient(
      {
        onReceive: (it) => {
          const end = model.indexOf(it, it.connectionId, 0x0a);
          if (end >= 0) answer.resolve(String(model.fetch(it, it.connectionId, end + 1)));
        },
      },
      { workerThreadCount, model },
    );
    await client.startAsync('127.0.0.1', server.listenAddress?.port ?? 0);
    client.send(Buffer.from('head'));
    client.send(Buffer.from(' and body\n'));

    expect(await within(answer.promise, 5000, 'The answer')).toBe('head and body\n');
  });

  test('knows nobody who has another model', async () => {
    const model = pull();
    const received = deferred();
    await using server = new TcpServer({ onReceive: () => received.resolve() }, { workerThreadCount });
    server.start('127.0.0.1');
    await using client = new TcpClient({}, { workerThreadCount });
    await client.startAsync('127.0.0.1', server.listenAddress?.port ?? 0);
    client.send(Buffer.from('hello'));
    await received.promise;

    expect(model.fetch(server, 1, Buffer.alloc(1))).toBe(FetchResult.DataNotFound);
    expect(server.lastErrorCode).toBe(ErrorCode.ObjectNotFound);
  });
});
