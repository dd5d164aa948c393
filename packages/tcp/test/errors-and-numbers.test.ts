// SPDX-License-Identifier: Apache-2.0
// The numbers that are HP-Socket's, or Linux's, and what they are called.
import { constants } from 'node:os';
import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  describeError,
  describeSocketError,
  ErrorCode,
  errorName,
  HandleResult,
  HpSocketError,
  ReuseAddressPolicy,
  SendPolicy,
  ServiceState,
  SocketError,
  SocketOperation,
  TcpAgent,
  TcpClient,
  TcpServer,
} from '@hp/tcp';

/** The members of an enum, without the names that its numbers have. */
function members(of: object): Record<string, number> {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => typeof value === 'number'));
}

test('the enumerations have the numbers of HP-Socket', () => {
  expect(members(ServiceState)).toEqual({ Starting: 0, Started: 1, Stopping: 2, Stopped: 3 });
  const operations = { Unknown: 0, Accept: 1, Connect: 2, Send: 3, Receive: 4, Close: 5 };
  expect(members(SocketOperation)).toEqual(operations);
  expect(members(HandleResult)).toEqual({ Ok: 0, Ignore: 1, Error: 2 });
  expect(members(SendPolicy)).toEqual({ Pack: 0, Safe: 1, Direct: 2 });
  expect(members(ReuseAddressPolicy)).toEqual({ None: 0, AddressOnly: 1, AddressAndPort: 2 });
  expect(Object.values(members(SocketError))).toEqual([...Array(15).keys(), 101]);
});

const socketErrors: readonly number[] = Object.values(members(SocketError));
const errorCodes: readonly number[] = Object.values(members(ErrorCode));

describe('errors', () => {
  test('each SocketError has a code and words of its own', () => {
    const codes = socketErrors.map((error: SocketError) => new HpSocketError(error, 'for its code').code);

    expect(codes.filter((code) => !/^SE_[A-Z_]+$/.test(code))).toEqual([]);
    expect(new Set(codes).size).toBe(socketErrors.length);
    expect(codes.at(4)).toBe('SE_SOCKET_BIND');
    expect(codes.at(-1)).toBe('SE_SSL_ENV_NOT_READY');
    expect(new Set(socketErrors.map(describeSocketError)).size).toBe(socketErrors.length);
    expect(describeSocketError(99 as never)).toBe('unknown error');
  });

  test('each ErrorCode has a name and words of its own', () => {
    expect(new Set(errorCodes.map(errorName)).size).toBe(errorCodes.length);
    expect(new Set(errorCodes.map(describeError)).size).toBe(errorCodes.length);
    expect(errorName(200)).toBe('E200');
    expect(describeError(200)).toBe('system error 200');
    expect(describeError(1999)).toBe('unknown error 1999');
    expect(describeError(10_101)).toBe('system error 10101');
  });

  test('codes of the system have the numbers and names of Linux, ours begin at 1001', () => {
    const numbers: Readonly<Record<string, number>> = constants.errno;
    for (const code of errorCodes.slice(1)) {
      const name = errorName(code);
      expect([name, numbers[name] ?? 'ours']).toEqual([name, code < 1001 ? code : 'ours']);
      expect(name.startsWith('ERR_HP_')).toBe(code >= 1001);
    }
  });

  test("an error has this system's own number too, unless it is ours", () => {
    const isWindows = process.platform === 'win32';
    const numbers: Readonly<Record<string, number>> = constants.errno;
    const own = (name: string) => numbers[isWindows ? `WSA${name}` : name];
    // Some of them Winsock does not have.
    const codes = errorCodes.slice(1).filter((code) => code >= 1001 || own(errorName(code)) !== undefined);
    const given = codes.map(
      (errno: ErrorCode) => new HpSocketError(SocketError.Network, 'for its number', { errno }).systemErrno,
    );

    expect(codes.length).toBeGreaterThan(15);
    expect(given).toEqual(codes.map((code) => own(errorName(code))));
    expect(new HpSocketError(SocketError.Network, 'without one').systemErrno).toBeUndefined();
  });

  test('an HpSocketError says what is known, and is told from others', () => {
    const error = new HpSocketError(SocketError.SocketBind, 'in use', {
      errno: ErrorCode.AddressInUse,
      syscall: 'bind',
      address: '127.0.0.1',
      port: 80,
    });

    expect(error).toMatchObject({
      name: 'HpSocketError',
      message: 'in use',
      code: 'SE_SOCKET_BIND',
      errno: 98,
      systemCode: 'EADDRINUSE',
      syscall: 'bind',
      address: '127.0.0.1',
      port: 80,
    });
    expect(error).toBeInstanceOf(Error);
    expect(HpSocketError.isInstance(error)).toBe(true);
    for (const other of [new Error('in use'), undefined, null, 'in use', { code: 'SE_SOCKET_BIND' }]) {
      expect(HpSocketError.isInstance(other)).toBe(false);
    }
    expect(new HpSocketError(SocketError.Network, 'no more is known')).toMatchObject({
      errno: undefined,
      systemCode: undefined,
    });
  });
});

test('the type of a connection’s extra, and of what onReceive gets, is the component’s', () => {
  interface Session {
    readonly user: string;
  }
  const server: TcpServer<Session> = new TcpServer({});
  const agent: TcpAgent<Session> = new TcpAgent({});
  const client: TcpClient<Session> = new TcpClient({});

  expectTypeOf(server.getConnectionExtra(1)).toEqualTypeOf<Session | undefined>();
  expectTypeOf<Parameters<typeof server.setConnectionExtra>[1]>().toEqualTypeOf<Session>();
  expectTypeOf(agent.getConnectionExtra(1)).toEqualTypeOf<Session | undefined>();
  expectTypeOf<NonNullable<Parameters<typeof agent.connect>[2]>['extra']>().toEqualTypeOf<
    Session | undefined
  >();
  expectTypeOf(client.extra).toEqualTypeOf<Session | undefined>();
  expectTypeOf<Parameters<typeof server.send>[1]>().toEqualTypeOf<Uint8Array>();
});
