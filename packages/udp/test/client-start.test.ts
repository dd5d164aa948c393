// SPDX-License-Identifier: Apache-2.0
// How a client is started, and how its start fails.
import { describe, expect, test } from 'vitest';
import { DatagramPeer, modes } from '@hp/testkit';
import {
  ErrorCode,
  HandleResult,
  ServiceState,
  SocketError,
  SocketOperation,
  type UdpClient,
  type UdpClientListener,
} from '@hp/udp';
import { thrownBy } from '../../core-native/test/support/thrown.js';
import { type LoggedClient, loggedClient } from './support/client-log.js';

const { Close, Connect } = SocketOperation;

describe.each(modes)('starting a client ($name)', ({ workerThreadCount }) => {
  function logged(hooks: UdpClientListener<UdpClient> = {}): LoggedClient {
    return loggedClient({ workerThreadCount }, hooks);
  }

  test('start returns at once; onConnect comes later, and is the last step', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = logged();
    const { log, client } = side;
    client.start(peer.host, peer.port);
    expect(log.names()).toEqual(['onPrepareConnect']);
    expect(client.state).toBe(ServiceState.Starting);
    expect(client.isConnected).toBe(false);
    await log.next('onConnect');

    expect(client.state).toBe(ServiceState.Started);
    expect(client.isConnected).toBe(true);
    expect(log.names()).toEqual(['onPrepareConnect', 'onConnect']);
  });

  test('startAsync resolves once onConnect has returned', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = logged();
    const { log, client } = side;
    await client.startAsync(peer.host, peer.port);

    expect(log.names()).toEqual(['onPrepareConnect', 'onConnect']);
    expect(client.send(Buffer.from('at once'))).toBe(true);
    expect(await peer.find('at once')).toMatchObject(client.localAddress!);
  });

  test('asyncConnect false: onConnect has been called when start returns', async () => {
    await using peer = await DatagramPeer.bind();
    for (const host of [peer.host, 'localhost']) {
      await using side = logged();
      const { log, client } = side;
      client.start(host, peer.port, { asyncConnect: false, localAddress: '127.0.0.1' });

      expect(log.names()).toEqual(['onPrepareConnect', 'onConnect']);
      expect(client.state).toBe(ServiceState.Started);
      expect(client.send(Buffer.from(`to ${host}`))).toBe(true);
      expect(await peer.find(`to ${host}`)).toMatchObject(client.localAddress!);
    }
  });

  test('a name is looked up by start and by startAsync, in the family of localAddress', async () => {
    await using peer = await DatagramPeer.bind();
    for (const localAddress of ['127.0.0.1', '127.0.0.2']) {
      await using side = logged();
      const { log, client } = side;
      client.start('localhost', peer.port, { localAddress });
      await log.next('onConnect');
      expect(client.remoteAddress).toEqual({ address: '127.0.0.1', port: peer.port });
      expect(client.localAddress?.address).toBe(localAddress);
      await client.stop();
      await client.startAsync('localhost', peer.port, { localAddress });
      expect(client.remoteHost).toEqual({ host: 'localhost', port: peer.port });
    }
  });

  test('a name without an address: later, (Connect, EADDRNOTAVAIL) and a reason', async () => {
    let reason: string | undefined;
    await using side = logged({ onClose: (it) => void (reason = it.closeReason) });
    const { log, client } = side;
    client.start('nowhere.invalid', 9);
    expect(log.names()).toEqual(['onPrepareConnect']);
    expect(await log.next('onClose')).toMatchObject({
      operation: Connect,
      errorCode: ErrorCode.AddressNotAvailable,
    });
    expect(reason).toContain('nowhere.invalid');
    await client.wait();
    await expect(client.startAsync('nowhere.invalid', 9)).rejects.toMatchObject({
      name: 'HpSocketError',
      socketError: SocketError.ConnectServer,
      systemCode: 'EADDRNOTAVAIL',
    });
    expect(client.state).toBe(ServiceState.Stopped);
    const blocking = { asyncConnect: false };
    expect(thrownBy(() => client.start('nowhere.invalid', 9, blocking))).toMatchObject({
      systemCode: 'EADDRNOTAVAIL',
      syscall: 'getaddrinfo',
    });
    expect(client.state).toBe(ServiceState.Stopped);
    expect(log.count('onClose')).toBe(2);
  });

  test.each([
    // Without SO_BROADCAST the system refuses such an address.
    { host: '255.255.255.255', port: 9, errorCode: ErrorCode.AccessDenied, systemCode: 'EACCES' },
    { host: '127.0.0.1', port: 0, errorCode: ErrorCode.InvalidArgument, systemCode: 'EINVAL' },
  ])('$host:$port: what is refused at once arrives later all the same', async (row) => {
    const { host, port, errorCode, systemCode } = row;
    await using side = logged();
    const { log, client } = side;
    client.start(host, port);
    expect(log.names()).toEqual(['onPrepareConnect']);
    expect(await log.next('onClose')).toMatchObject({ operation: Connect, errorCode });
    await client.wait();
    expect(log.names()).toEqual(['onPrepareConnect', 'onClose']);
    expect(client.state).toBe(ServiceState.Stopped);
    const failure = { socketError: SocketError.ConnectServer, systemCode };
    await expect(client.startAsync(host, port)).rejects.toMatchObject(failure);
    expect(thrownBy(() => client.start(host, port, { asyncConnect: false }))).toMatchObject(failure);
    // A start that throws tells no close.
    expect(log.count('onClose')).toBe(2);
    expect(client.lastError).toBe(SocketError.ConnectServer);
  });

  test('a local address that is not of this host, and a port in use', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = logged();
    const { log, client } = side;
    const elsewhere = { localAddress: '192.0.2.1' };
    const taken = { localAddress: peer.host, localPort: peer.port };
    client.start(peer.host, peer.port, elsewhere);
    expect(await log.next('onClose')).toMatchObject({
      operation: Connect,
      errorCode: ErrorCode.AddressNotAvailable,
    });
    await client.wait();
    await expect(client.startAsync(peer.host, peer.port, taken)).rejects.toMatchObject({
      systemCode: 'EADDRINUSE',
    });
    for (const [options, systemCode] of [
      [elsewhere, 'EADDRNOTAVAIL'],
      [taken, 'EADDRINUSE'],
    ] as const) {
      expect(
        thrownBy(() => client.start(peer.host, peer.port, { ...options, asyncConnect: false })),
      ).toMatchObject({ socketError: SocketError.SocketBind, systemCode, syscall: 'bind' });
    }
  });

  test('addresses of two families: (Connect, EAFNOSUPPORT)', async () => {
    await using side = logged();
    const { log, client } = side;
    client.start('127.0.0.1', 9, { localAddress: '::1' });
    expect(await log.next('onClose')).toMatchObject({
      operation: Connect,
      errorCode: ErrorCode.AddressFamily,
    });
    await client.wait();
    expect(
      thrownBy(() => client.start('::1', 9, { localAddress: '127.0.0.1', asyncConnect: false })),
    ).toMatchObject({ socketError: SocketError.SocketBind, systemCode: 'EAFNOSUPPORT' });
  });

  test.each([
    ['host', ['', 9]],
    ['host', ['two words', 9]],
    ['port', ['127.0.0.1', -1]],
    ['port', ['127.0.0.1', 65_536]],
    ['localAddress', ['127.0.0.1', 9, { localAddress: 'localhost' }]],
    ['localPort', ['127.0.0.1', 9, { localPort: 1.5 }]],
    ['timeoutMs', ['127.0.0.1', 9, { timeoutMs: -1 }]],
    ['asyncConnect', ['127.0.0.1', 9, { asyncConnect: 'no' }]],
    ['options', ['127.0.0.1', 9, null]],
    ['reconnect', ['127.0.0.1', 9, { reconnect: 5 }]],
    ['reconnect.minDelayMs', ['127.0.0.1', 9, { reconnect: { minDelayMs: 0 } }]],
    ['signal', ['127.0.0.1', 9, { signal: {} }]],
  ])('a wrong %s throws, and nothing is begun', async (name, args) => {
    const { log, client } = logged();
    const given = args as Parameters<UdpClient['startAsync']>;
    const started = client.startAsync(...given);
    await expect(started).rejects.toMatchObject({ code: 'SE_INVALID_PARAM' });
    await expect(started).rejects.toThrow(name);
    expect(client.lastError).toBe(SocketError.InvalidParam);
    expect(client.state).toBe(ServiceState.Stopped);
    // A signal is an option of startAsync only.
    if (name === 'signal') return;
    expect(thrownBy(() => client.start(...given)).message).toContain(name);
    expect(log.events).toEqual([]);
  });

  test('a second start while it runs is refused, and does not disturb', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = logged();
    const { log, client } = side;
    client.start(peer.host, peer.port);
    const refusal = { code: 'SE_ILLEGAL_STATE' };
    expect(thrownBy(() => client.start(peer.host, peer.port))).toMatchObject(refusal);
    await log.next('onConnect');
    await expect(client.startAsync(peer.host, peer.port)).rejects.toMatchObject(refusal);
    expect(client.isConnected).toBe(true);
  });

  test('onPrepareConnect refuses: start throws, no onClose', async () => {
    await using side = logged({ onPrepareConnect: () => HandleResult.Error });
    const { log, client } = side;
    const refusal = { code: 'SE_SOCKET_PREPARE', errno: ErrorCode.Canceled };
    expect(thrownBy(() => client.start('127.0.0.1', 9))).toMatchObject(refusal);
    expect(thrownBy(() => client.start('127.0.0.1', 9, { asyncConnect: false }))).toMatchObject(refusal);
    await expect(client.startAsync('127.0.0.1', 9)).rejects.toMatchObject(refusal);

    expect(log.names()).toEqual(['onPrepareConnect', 'onPrepareConnect', 'onPrepareConnect']);
    expect(client.state).toBe(ServiceState.Stopped);
  });

  test('onConnect refuses: stopped without onClose, the server never hears of it', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = logged({ onConnect: () => HandleResult.Error });
    const { log, client } = side;
    client.start(peer.host, peer.port);
    await client.wait();
    await expect(client.startAsync(peer.host, peer.port)).rejects.toMatchObject({
      errno: ErrorCode.Canceled,
    });
    await client.wait();
    expect(thrownBy(() => client.start(peer.host, peer.port, { asyncConnect: false }))).toMatchObject({
      code: 'SE_CONNECT_SERVER',
      errno: ErrorCode.Canceled,
    });
    expect(client.state).toBe(ServiceState.Stopped);
    expect(log.names()).toEqual(Array.from({ length: 3 }, () => ['onPrepareConnect', 'onConnect']).flat());
    await peer.send('the first that it gets', peer.port);
    expect(await peer.next()).toMatchObject({ port: peer.port });
  });

  test('a signal calls the look-up off: rejects with its reason, onClose(Close, 0)', async () => {
    await using side = logged();
    const { log, client } = side;
    const calledOff = new AbortController();
    const reason = new Error('no longer wanted');
    const outcome = client.startAsync('localhost', 9, { signal: calledOff.signal });
    calledOff.abort(reason);
    await expect(outcome).rejects.toBe(reason);
    await client.wait();

    expect(log.names()).toEqual(['onPrepareConnect', 'onClose']);
    expect(log.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
  });

  test('a signal after the socket is made: rejects as well', async () => {
    await using peer = await DatagramPeer.bind();
    await using side = logged();
    const { log, client } = side;
    const calledOff = new AbortController();
    const outcome = client.startAsync(peer.host, peer.port, { signal: calledOff.signal });
    calledOff.abort();
    await expect(outcome).rejects.toThrow('aborted');
    await client.wait();

    expect(log.names()).toEqual(['onPrepareConnect', 'onClose']);
    expect(log.all('onClose')).toMatchObject([{ operation: Close, errorCode: 0 }]);
  });

  test('a signal that is aborted already: nothing is begun', async () => {
    const { log, client } = logged();
    const outcome = client.startAsync('127.0.0.1', 9, { signal: AbortSignal.abort() });

    await expect(outcome).rejects.toThrow('aborted');
    expect(log.events).toEqual([]);
    expect(client.state).toBe(ServiceState.Stopped);
  });
});
