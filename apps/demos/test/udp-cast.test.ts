// SPDX-License-Identifier: Apache-2.0
import { CastMode, ReuseAddressPolicy, SocketOperation } from '@hp/udp';
import { describe, expect, it } from 'vitest';
import { Attendance } from '../src/udp-cast/attendance.js';
import { toGroup, toMember } from '../src/udp-cast/group.js';
import { freeDatagramPort, launch } from './launch.js';

const lo = ['-b', '127.0.0.1'];

describe('udp-cast check', () => {
  it.each([
    ['multicast', [], '233.0.0.1'],
    ['multicast to another group', ['-a', '239.255.1.2'], '239.255.1.2'],
    ['broadcast', ['-o', '1'], '127.255.255.255'],
  ])('passes on loopback: %s', async (_, options, group) => {
    await using check = launch('udp-cast', 'check', '-p', '0', ...options);
    await check.exits(0);
    const [, port = ''] = await check.shows(/^two members of [\d.]+:(\d+) on 127\.0\.0\.1\n/m);
    expect(check.output).toContain(`two members of ${group}:${port} `);
    const heard = [...check.output.matchAll(/#(\d) +onReceive +from (\S+), \d+ bytes: (member \w+) of/g)];
    expect(heard.map(([, id, from, who]) => [id, from, who].join(' ')).sort()).toEqual([
      `1 127.0.0.1:${port} member one`,
      `1 127.0.0.1:${port} member two`,
      `2 127.0.0.1:${port} member one`,
      `2 127.0.0.1:${port} member two`,
    ]);
    expect(check.output).toMatch(/^PASSED: every member has heard every member, and who said it\n/m);
  });

  it.each([
    ['the group is none', ['-a', '127.0.0.1'], 'could not be connected: invalid argument (EINVAL)'],
    ['the own address is none', ['-b', '192.0.2.77'], 'could not be connected: the address is not available'],
    ['a broadcast is IPv6', ['-o', '1', '-a', 'ff02::1', '-b', '::1'], 'EAFNOSUPPORT'],
  ])('says what is wrong where %s', async (_, options, problem) => {
    await using check = launch('udp-cast', 'check', '-p', '0', ...options);
    await check.exits(1);
    expect(check.output).toContain(problem);
    expect(check.output).not.toContain('PASSED');
  });
});

describe('udp-cast', () => {
  it('lets members talk, and shows who said what', async () => {
    const port = await freeDatagramPort();
    await using first = launch('udp-cast', 'member', '-p', port, ...lo, '-k', '0');
    await using second = launch('udp-cast', '-p', port, '-b', '127.0.0.2', '-t', '1', '-r', '2');
    for (const member of [first, second]) {
      await member.shows(new RegExp(`onConnect +233\\.0\\.0\\.1:${port} from 0\\.0\\.0\\.0:${port}\n`));
    }
    first.type('sendc  grüße');
    second.type('hello, all');
    for (const member of [first, second]) {
      await member.shows(new RegExp(`onReceive +from 127\\.0\\.0\\.1:${port}, 7 bytes: grüße\n`));
      await member.shows(new RegExp(`onReceive +from 127\\.0\\.0\\.2:${port}, 10 bytes: hello, all\n`));
    }
    first.type('status');
    await first.shows(new RegExp(`started, connected to 233\\.0\\.0\\.1:${port} as #1\n`));
    first.type('?');
    await first.shows(/sendc \{text\} +send text\n +\{text\} +send text\n/);
    first.type('stop');
    await first.shows(/onClose +closed\n/);
    first.type('anybody there');
    await first.shows(/refused: /);
    first.type('start');
    await first.shows(/onConnect[^]*onConnect/);
    second.type('welcome back');
    await first.shows(/12 bytes: welcome back\n/);
    for (const member of [first, second]) await member.quits();
    expect(second.output).not.toContain('anybody there');
  });

  it('sends what was typed before the input ended', async () => {
    const port = await freeDatagramPort();
    await using listener = launch('udp-cast', '-p', port, ...lo);
    await listener.shows(/onConnect/);
    await using speaker = launch('udp-cast', '-p', port, ...lo);
    speaker.type('and out');
    await speaker.quits();
    await listener.shows(/onReceive +from 127\.0\.0\.1:\d+, 7 bytes: and out\n/);
    await listener.quits();
    expect(listener.output).not.toContain('onSend');
  });

  it('broadcasts', async () => {
    const port = await freeDatagramPort();
    const options = ['-p', port, '-o', '1', '-a', '127.255.255.255', ...lo];
    await using first = launch('udp-cast', ...options);
    await using second = launch('udp-cast', ...options);
    for (const member of [first, second]) await member.shows(/onConnect/);
    first.type('hello');
    for (const member of [first, second]) {
      await member.shows(new RegExp(`onReceive +from 127\\.0\\.0\\.1:${port}, 5 bytes: hello\n`));
      await member.quits();
    }
    expect(first.output).toContain(`onConnect        127.255.255.255:${port} from 0.0.0.0:${port}\n`);
  });

  it('says that the port is taken where it may not be shared', async () => {
    const port = await freeDatagramPort();
    await using first = launch('udp-cast', '-p', port, ...lo);
    await first.shows(/onConnect/);
    await using second = launch('udp-cast', '-p', port, ...lo, '-r', '0');
    await second.shows(/onClose +Connect failed with 98: .*EADDRINUSE/);
    for (const member of [first, second]) await member.quits();
    expect(second.output).not.toContain('onConnect');
  });
});

describe('a member', () => {
  it('has the settings that options ask for', () => {
    expect(toMember({ castMode: CastMode.Multicast })).toEqual({
      recvBufferSize: 4 * 1024 * 1024,
      castMode: CastMode.Multicast,
      multiCastTtl: 1,
      multiCastLoop: true,
    });
    expect(
      toMember({
        castMode: CastMode.Broadcast,
        ttl: 3,
        loop: false,
        reuseAddress: ReuseAddressPolicy.AddressAndPort,
        threads: 1,
      }),
    ).toMatchObject({
      castMode: CastMode.Broadcast,
      multiCastTtl: 3,
      multiCastLoop: false,
      reuseAddressPolicy: ReuseAddressPolicy.AddressAndPort,
      workerThreadCount: 1,
    });
  });

  it.each([
    [CastMode.Multicast, '', '233.0.0.1'],
    [CastMode.Multicast, '239.0.0.1', '239.0.0.1'],
    [CastMode.Broadcast, '', '255.255.255.255'],
    [CastMode.Broadcast, '10.0.0.255', '10.0.0.255'],
  ])('joins in mode %i, told %j: %s', (castMode, address, group) => {
    expect(toGroup({ castMode, address }, '255.255.255.255')).toBe(group);
  });
});

describe('the attendance of a meeting', () => {
  const sender = { port: 5, bind: '127.0.0.1' };

  it('is complete when all have heard all, whatever else they hear', async () => {
    const attendance = new Attendance(sender);
    for (const listener of [0, 1]) {
      for (const text of attendance.texts) {
        attendance.take(listener, 'something else', undefined);
        attendance.take(listener, text, { address: '127.0.0.1', port: 5 });
      }
    }
    await attendance.complete;
    expect(() => attendance.judge()).not.toThrow();
  });

  it('names what has not been heard', () => {
    const attendance = new Attendance(sender);
    const [first = ''] = attendance.texts;
    attendance.take(0, first, { address: '127.0.0.1', port: 5 });
    expect(() => attendance.judge()).toThrow(/^member two has not heard 'member one of \w+ says hello'$/);
  });

  it.each([
    [{ address: '127.0.0.1', port: 6 }, '127.0.0.1:6'],
    [{ address: '127.0.0.2', port: 5 }, '127.0.0.2:5'],
    [undefined, 'unknown address'],
  ])('names a wrong sender', (from, shown) => {
    const attendance = new Attendance(sender);
    const [first = ''] = attendance.texts;
    attendance.take(0, first, from);
    expect(() => attendance.judge()).toThrow(`'${first}' came from ${shown}, not from 127.0.0.1 and port 5`);
  });

  it('ends where a member has gone', async () => {
    const attendance = new Attendance(sender);
    attendance.leave(SocketOperation.Send, 101);
    await attendance.complete;
    expect(() => attendance.judge()).toThrow('a member has gone: Send failed with 101: ');
  });
});
