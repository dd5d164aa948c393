// SPDX-License-Identifier: Apache-2.0
// Members of a multicast group on one host, over loopback.
import { describe, expect, test } from 'vitest';
import { closedDatagramPort, DatagramPeer, eventually, modes, Pattern } from '@hp/testkit';
import type { UdpCast } from '@hp/udp';
import { ErrorCode, ServiceState, SocketOperation } from '@hp/udp';
import { textsIn } from './support/client-log.js';
import { GROUP, isJoined, makeMember, socketOf, startMembers } from './support/members.js';

const { Receive } = SocketOperation;
const three = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];

/** On Linux: level and name. */
const ttlOption = [0, 33] as const;
const loopOption = [0, 34] as const;

describe.each(modes)('members of a group ($name)', ({ workerThreadCount }) => {
  test('what one sends all receive, each from the address of who sent it', async () => {
    await using all = await startMembers(three, { workerThreadCount });
    const { members, port } = all;
    for (const [index, { member }] of members.entries()) {
      expect(member.send(Buffer.from(`from ${three[index]}`))).toBe(true);
      // Each in its turn: senders do not wait for each other.
      for (const { log } of members) await log.next('onReceive', index + 1);
    }

    const expected = three.map((address) => ({ from: { address, port }, text: `from ${address}` }));
    for (const { received } of members) expect(received).toEqual(expected);
  });

  test("a foreign program's datagrams are received, one by one and in order", async () => {
    await using all = await startMembers(three, { workerThreadCount });
    await using peer = await DatagramPeer.bind();
    peer.socket.setMulticastInterface('127.0.0.1');
    const texts = Array.from({ length: 100 }, (_, index) => `datagram ${index}`);
    for (const text of texts) await peer.send(text, all.port, GROUP);
    for (const { log, received } of all.members) {
      await log.next('onReceive', 100);
      expect(textsIn(log)).toEqual(texts);
      expect(new Set(received.map(({ from }) => from?.port))).toEqual(new Set([peer.port]));
    }
  });

  test('a foreign member receives what members send, from the port of the group', async () => {
    await using all = await startMembers(['127.0.0.2'], { workerThreadCount });
    const { createSocket } = await import('node:dgram');
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    await new Promise<void>((resolve) => socket.bind(all.port, resolve));
    socket.addMembership(GROUP, '127.0.0.1');
    const arrival = new Promise((resolve) =>
      socket.once('message', (data, { address, port }) => resolve([String(data), address, port])),
    );
    all.members[0]!.member.send(Buffer.from('hello, all'));
    expect(await arrival).toEqual(['hello, all', '127.0.0.2', all.port]);
    socket.close();
  });

  test('remoteAddress: the sender inside onReceive, the group everywhere else', async () => {
    const seen: unknown[] = [];
    const look = (it: UdpCast) => void seen.push(it.remoteAddress);
    await using all = await startMembers(
      ['127.0.0.1'],
      { workerThreadCount },
      {
        onConnect: look,
        onReceive: (it) => {
          look(it);
          queueMicrotask(() => look(it));
        },
        onSend: look,
        onClose: look,
      },
    );
    const { member, log } = all.members[0]!;
    member.send(Buffer.from('x'));
    await log.next('onReceive');
    await log.next('onSend');
    await eventually(() => seen.length === 4, 'The looks');
    look(member);
    await member.stop();

    const group = { address: GROUP, port: all.port };
    const sender = { address: '127.0.0.1', port: all.port };
    expect(seen.filter((address) => (address as { address: string }).address === '127.0.0.1')).toEqual([
      sender,
    ]);
    expect(seen).toHaveLength(6);
    expect(seen.at(-1)).toEqual(group);
    expect(member.remoteAddress).toBeUndefined();
  });

  test.each(['owned', 'borrowed'] as const)(
    'remoteAddress is right where one receive brings datagrams of many; %s',
    async (receiveBuffer) => {
      await using all = await startMembers(three.slice(0, 2), { workerThreadCount, receiveBuffer });
      const peers = await Promise.all(Array.from({ length: 20 }, () => DatagramPeer.bind()));
      for (const peer of peers) {
        peer.socket.setMulticastInterface('127.0.0.1');
        await peer.send(`from ${peer.port}`, all.port, GROUP);
      }
      for (const { log, received } of all.members) {
        await log.next('onReceive', 20);
        for (const { from, text } of received) expect(text).toBe(`from ${from?.port}`);
        expect(new Set(received.map(({ text }) => text)).size).toBe(20);
      }
      for (const peer of peers) await peer.close();
    },
  );

  test.each(['owned', 'borrowed'] as const)(
    'remoteAddress is right for what a pause has held back; %s',
    async (receiveBuffer) => {
      await using all = await startMembers(
        ['127.0.0.1'],
        { workerThreadCount, receiveBuffer },
        {
          onReceive: (it) => {
            it.pauseReceive();
            setImmediate(() => it.pauseReceive(false));
          },
        },
      );
      const { log, received } = all.members[0]!;
      const peers = await Promise.all(Array.from({ length: 20 }, () => DatagramPeer.bind()));
      for (const peer of peers) {
        peer.socket.setMulticastInterface('127.0.0.1');
        await peer.send(`from ${peer.port}`, all.port, GROUP);
      }
      await log.next('onReceive', 20);

      expect(received.map(({ from, text }) => [from?.address, text])).toEqual(
        peers.map(({ port }) => ['127.0.0.1', `from ${port}`]),
      );
      for (const { from, text } of received) expect(text).toBe(`from ${from?.port}`);
      for (const peer of peers) await peer.close();
    },
  );

  test('pauseReceive holds datagrams back, and all of them come once it is lifted', async () => {
    await using all = await startMembers(three.slice(0, 2), { workerThreadCount });
    const [paused, other] = all.members;
    paused!.member.pauseReceive();
    await eventually(() => paused!.member.stats().readPauses === 1, 'The pause');
    const texts = Array.from({ length: 30 }, (_, index) => `datagram ${index}`);
    for (const text of texts) other!.member.send(Buffer.from(text));
    await other!.log.next('onReceive', 30);
    expect(paused!.log.count('onReceive')).toBe(0);
    paused!.member.pauseReceive(false);
    await paused!.log.next('onReceive', 30);

    expect(textsIn(paused!.log)).toEqual(texts);
  });

  test('datagrams of no bytes are sent and told', async () => {
    await using all = await startMembers(three.slice(0, 2), { workerThreadCount });
    const [one, other] = all.members;
    expect(one!.member.send(Buffer.alloc(0))).toBe(true);
    expect(one!.member.sendPackets([Buffer.alloc(0), Buffer.alloc(0)])).toBe(true);
    one!.member.send(Buffer.from('x'));
    await other!.log.next('onReceive', 3);

    expect(other!.received).toEqual(
      ['', '', 'x'].map((text) => ({ from: { address: '127.0.0.1', port: all.port }, text })),
    );
  });

  test('sends are limited to maxDatagramSize, and sendPackets is one datagram', async () => {
    await using all = await startMembers(['127.0.0.1'], { workerThreadCount, maxDatagramSize: 10 });
    const { member, log } = all.members[0]!;
    expect(member.send(Buffer.alloc(11))).toBe(false);
    expect(member.lastErrorCode).toBe(ErrorCode.InvalidArgument);
    expect(member.sendPackets([Buffer.alloc(10), Buffer.alloc(1)])).toBe(false);
    expect(member.lastErrorCode).toBe(ErrorCode.MessageSize);
    expect(member.sendPackets([])).toBe(false);
    expect(member.lastErrorCode).toBe(ErrorCode.InvalidArgument);
    expect(member.sendPackets([Buffer.from('01234'), Buffer.from('56789')])).toBe(true);
    await log.next('onReceive');

    expect(textsIn(log)).toEqual(['0123456789']);
  });

  test('65,507 bytes arrive whole', async () => {
    await using all = await startMembers(three.slice(0, 2), { workerThreadCount, maxDatagramSize: 65_507 });
    const [one, other] = all.members;
    expect(one!.member.send(new Pattern().take(65_507))).toBe(true);
    await other!.log.next('onReceive');

    expect(other!.log.receivedLength()).toBe(65_507);
    expect(() => new Pattern().check(other!.log.received())).not.toThrow();
  });

  test('a datagram that is too large: (Receive, EMSGSIZE), for that member alone', async () => {
    const port = await closedDatagramPort();
    const address = { localAddress: '127.0.0.1' };
    await using small = makeMember({ workerThreadCount, maxDatagramSize: 10, multiCastLoop: true });
    await using large = makeMember({ workerThreadCount, multiCastLoop: true });
    for (const { member } of [small, large]) member.start(GROUP, port, address);
    large.member.send(Buffer.from('short'));
    large.member.send(Buffer.from('eleven byte'));
    expect(await small.log.next('onClose')).toMatchObject({
      operation: Receive,
      errorCode: ErrorCode.MessageSize,
    });
    await small.member.wait();
    await large.log.next('onReceive', 2);

    expect(textsIn(small.log)).toEqual(['short']);
    expect(small.member.state).toBe(ServiceState.Stopped);
    expect(large.member.isConnected).toBe(true);
  });

  test('members of different groups on one port do not hear each other', async () => {
    const port = await closedDatagramPort();
    const groups = ['239.255.77.1', '239.255.77.2'];
    const members = groups.map((group) => {
      const made = makeMember({ workerThreadCount, multiCastLoop: true });
      made.member.start(group, port, { localAddress: '127.0.0.1' });
      return made;
    });
    for (const { member } of members) member.send(Buffer.from('to my own'));
    for (const { member } of members) member.send(Buffer.from('the end'));
    for (const { log } of members) {
      await log.next('onReceive', 2);
      expect(textsIn(log)).toEqual(['to my own', 'the end']);
    }
    await Promise.all(members.map(({ member }) => member.stop()));
  });

  test('what is sent to its port alone is received too', async () => {
    await using all = await startMembers(['127.0.0.1'], { workerThreadCount });
    await using peer = await DatagramPeer.bind();
    await peer.send('to you', all.port);
    await all.members[0]!.log.next('onReceive');

    expect(all.members[0]!.received).toEqual([
      { from: { address: '127.0.0.1', port: peer.port }, text: 'to you' },
    ]);
  });

  // Over loopback multiCastLoop has no effect; networks.test.ts shows the one it has.
  test('TTL, loop and membership are those of the socket, and end with it', async () => {
    for (const [multiCastTtl, multiCastLoop] of [
      [0, true],
      [1, false],
      [255, true],
    ] as const) {
      const group = '239.255.77.99';
      await using side = makeMember({ workerThreadCount, multiCastTtl, multiCastLoop });
      expect(isJoined(group)).toBe(false);
      side.member.start(group, await closedDatagramPort(), { localAddress: '127.0.0.1' });
      expect(socketOf(side.member).getOption(...ttlOption)).toBe(multiCastTtl);
      expect(socketOf(side.member).getOption(...loopOption)).toBe(Number(multiCastLoop));
      expect(isJoined(group)).toBe(true);
      await side.member.stop();
      expect(isJoined(group)).toBe(false);
    }
  });
});
