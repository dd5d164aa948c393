// SPDX-License-Identifier: Apache-2.0
import { ReuseAddressPolicy, SendPolicy } from '@hp/tcp';
import { Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { defineCommand } from '../src/options/command.js';
import { letters, type OptionValues } from '../src/options/letters.js';
import {
  toDatagramSettings,
  toDetectSettings,
  toDialSettings,
  toPackSettings,
  toSettings,
} from '../src/options/settings.js';

const everyName = Object.keys(letters) as (keyof OptionValues)[];

interface Parsed {
  readonly options: Partial<OptionValues>;
  readonly args: readonly string[];
  readonly error: string;
}

async function parse(line: string, defaults: Partial<OptionValues> = {}): Promise<Parsed> {
  let error = '';
  let parsed: Parsed = { options: {}, args: [], error };
  const command = new Command()
    .exitOverride()
    .configureOutput({ writeErr: (text) => (error += text), writeOut: () => undefined });
  defineCommand(command, {
    summary: 'a test',
    options: everyName,
    defaults,
    run: (options, args) => {
      parsed = { options, args, error };
      return Promise.resolve();
    },
  });
  try {
    await command.parseAsync(line.split(' ').filter(Boolean), { from: 'user' });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
  }
  return { ...parsed, error };
}

describe('options', () => {
  it('have the letters and defaults of the command-line model', async () => {
    const { options } = await parse('');
    expect(options).toEqual({
      address: '127.0.0.1',
      bind: '0.0.0.0',
      connections: 100,
      localPort: 0,
      rounds: 1000,
      interval: 1,
      size: 5000,
      maxConnections: 10_000,
      asyncConnect: true,
      port: 5555,
      keepAlive: true,
      reuseAddress: 1,
      sendPolicy: 0,
      flag: 0,
      maxPack: 262_144,
      castMode: 0,
      ttl: 1,
      loop: true,
      maxDatagram: 1432,
      detectAttempts: 3,
      detectInterval: 60,
      closeNotify: false,
      verify: 1,
      timeout: 60,
    });
    const written = Object.values(letters).map(({ flags }) => /^-(\w)/.exec(flags)?.[1] ?? '');
    expect([...written].sort().join('')).toBe('abcdeijklmnopqrstu');
  });

  it('are taken by letter', async () => {
    const { options } = await parse(
      '-a ::1 -b - -c 7 -d 1234 -e 3 -i 0.5 -j 10.0.0.1 -k 0 -l 8 -m 0 -n 0 -o 1 -p 0 -q 0 -r 2 -s 1 -t 4 -u 0',
    );
    expect(options).toMatchObject({
      address: '::1',
      bind: '',
      connections: 7,
      localPort: 1234,
      rounds: 3,
      interval: 0.5,
      reject: '10.0.0.1',
      size: 8,
      maxConnections: 0,
      asyncConnect: false,
      port: 0,
      keepAlive: false,
      reuseAddress: 2,
      sendPolicy: 1,
      threads: 4,
      castMode: 1,
      ttl: 0,
      loop: false,
    });
  });

  it('are taken by long name', async () => {
    const { options } = await parse('--port 80 --bind localhost --send-policy 2 --flag 1023 --max-pack 1');
    expect(options).toMatchObject({ port: 80, bind: '127.0.0.1', sendPolicy: 2, flag: 1023, maxPack: 1 });
    const { options: secure } = await parse(
      '--cert a.crt --key a.key --ca certificates --verify 3 --server-name localhost',
    );
    expect(secure).toMatchObject({
      cert: 'a.crt',
      key: 'a.key',
      ca: 'certificates',
      verify: 3,
      serverName: 'localhost',
    });
    const { options: more } = await parse(
      '--max-datagram 65507 --detect-attempts 0 --detect-interval 2 --close-notify 1',
    );
    expect(more).toMatchObject({
      maxDatagram: 65_507,
      detectAttempts: 0,
      detectInterval: 2,
      closeNotify: true,
    });
  });

  it('may have another default in one command', async () => {
    const { options } = await parse('-i 2', { port: 9901, bind: '' });
    expect(options).toMatchObject({ port: 9901, bind: '', interval: 2 });
  });

  it('may mean something else in one command, and exclude each other', async () => {
    let help = '';
    let error = '';
    const command = new Command()
      .exitOverride()
      .configureOutput({ writeErr: (text) => (error += text), writeOut: (text) => (help += text) });
    defineCommand(command, {
      summary: 'a test',
      options: ['port', 'localPort'],
      meanings: { port: 'port of everybody' },
      conflict: ({ port, localPort }) => (port === localPort ? 'the ports are the same' : undefined),
      run: () => Promise.reject(new Error('it must not run')),
    });
    await expect(command.parseAsync(['--help'], { from: 'user' })).rejects.toThrow(CommanderError);
    expect(help).toMatch(/--port <port> +port of everybody \(default: 5555\)/);
    await expect(command.parseAsync(['-d', '5555'], { from: 'user' })).rejects.toThrow(CommanderError);
    expect(error).toBe('error: the ports are the same\n');
  });

  it.each([
    ['-p 70000', 'a whole number from 0 to 65535'],
    ['-p 1e3', 'a whole number'],
    ['-c 0', 'a whole number from 1'],
    ['-c -5', 'a whole number from 1'],
    ['-i x', 'a number of seconds'],
    ['-n yes', '0 or 1'],
    ['-s 3', 'from 0 to 2'],
    ['-k 256', 'from 0 to 255'],
    ['-o 2', 'from 0 to 1'],
    ['-u no', '0 or 1'],
    ['--max-datagram 65508', 'from 1 to 65507'],
    ['--detect-interval 0.5', 'a whole number from 0'],
    ['--flag 1024', 'from 0 to 1023'],
    ['--max-pack 0', 'from 1 to 4194303'],
    ['--verify 2', 'one of 0, 1, 3'],
    ['--cert=', 'the path of a file'],
    ['--server-name -', 'a host name or an IP address'],
    ['-b nowhere', 'an IP address'],
    ['-j example.org', 'an IP address'],
    ['-a a/b', 'a host name or an IP address'],
    ['-z', "unknown option '-z'"],
    ['-p', 'argument missing'],
    ['extra', 'too many arguments'],
  ])('say in one line what is wrong with %s', async (line, reason) => {
    const { error } = await parse(line);
    expect(error).toContain(reason);
    expect(error.trimEnd().split('\n')).toHaveLength(1);
  });

  it('can be listed as they are in force', async () => {
    const { args } = await parse('-p 80 -b - -q 0');
    expect(args).toContain('-p, --port <port>              80');
    expect(args).toContain('-b, --bind <address>           -');
    expect(args).toContain('-q, --keep-alive <0|1>         0');
    expect(args).toContain('-t, --threads <count>          not set');
  });

  it('become settings only where they were given', () => {
    expect(toSettings({ keepAlive: true })).toEqual({});
    expect(
      toSettings({
        keepAlive: false,
        maxConnections: 9,
        reuseAddress: ReuseAddressPolicy.AddressAndPort,
        sendPolicy: SendPolicy.Safe,
        threads: 3,
      }),
    ).toEqual({
      keepAliveTime: 0,
      keepAliveInterval: 0,
      maxConnections: 9,
      reuseAddressPolicy: 2,
      sendPolicy: 1,
      workerThreadCount: 3,
    });
    expect(toPackSettings({ flag: 7, maxPack: 8 })).toEqual({ headerFlag: 7, maxPackSize: 8 });
    expect(toDialSettings({ serverName: undefined })).toEqual({});
    expect(toDialSettings({ serverName: 'localhost' })).toEqual({ serverName: 'localhost' });
    expect(toDatagramSettings({})).toEqual({ recvBufferSize: 4 * 1024 * 1024 });
    expect(toDatagramSettings({ maxDatagram: 9 })).toMatchObject({ maxDatagramSize: 9 });
    expect(toDetectSettings({ detectAttempts: 1, detectInterval: 2, closeNotify: true })).toEqual({
      detectAttempts: 1,
      detectInterval: 2000,
      closeNotify: true,
    });
  });
});
