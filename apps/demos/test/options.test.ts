// SPDX-License-Identifier: Apache-2.0
import { ReuseAddressPolicy, SendPolicy } from '@hp/tcp';
import { Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { defineCommand } from '../src/options/command.js';
import { letters, type OptionValues } from '../src/options/letters.js';
import { toPackSettings, toSettings } from '../src/options/settings.js';

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
    });
    const written = Object.values(letters).map(({ flags }) => /^-(\w)/.exec(flags)?.[1] ?? '');
    expect([...written].sort().join('')).toBe('abcdeijlmnpqrst');
  });

  it('are taken by letter', async () => {
    const { options } = await parse(
      '-a ::1 -b - -c 7 -d 1234 -e 3 -i 0.5 -j 10.0.0.1 -l 8 -m 0 -n 0 -p 0 -q 0 -r 2 -s 1 -t 4',
    );
    expect(options).toEqual({
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
      flag: 0,
      maxPack: 262_144,
    });
  });

  it('are taken by long name', async () => {
    const { options } = await parse('--port 80 --bind localhost --send-policy 2 --flag 1023 --max-pack 1');
    expect(options).toMatchObject({ port: 80, bind: '127.0.0.1', sendPolicy: 2, flag: 1023, maxPack: 1 });
  });

  it('may have another default in one command', async () => {
    const { options } = await parse('-i 2', { port: 9901, bind: '' });
    expect(options).toMatchObject({ port: 9901, bind: '', interval: 2 });
  });

  it.each([
    ['-p 70000', 'a whole number from 0 to 65535'],
    ['-p 1e3', 'a whole number'],
    ['-c 0', 'a whole number from 1'],
    ['-c -5', 'a whole number from 1'],
    ['-i x', 'a number of seconds'],
    ['-n yes', '0 or 1'],
    ['-s 3', 'from 0 to 2'],
    ['--flag 1024', 'from 0 to 1023'],
    ['--max-pack 0', 'from 1 to 4194303'],
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
  });
});
