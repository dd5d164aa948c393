// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it, vi } from 'vitest';
import { demos } from '../src/catalogue.js';
import type { Demo } from '../src/demo.js';
import { runSmoke } from '../src/smoke/run-smoke.js';
import { launch } from './launch.js';

async function outputOf(code: number, ...args: string[]): Promise<string> {
  await using demo = launch(...args);
  await demo.exits(code);
  return demo.output;
}

describe('the command line', () => {
  it('lists the demos', async () => {
    const list = await outputOf(0, '--list');
    expect(list.split('\n').map((line) => line.split(' ')[0])).toEqual([
      ...demos.map(({ name }) => name),
      '',
    ]);
  });

  it('shows help where no demo is named', async () => {
    expect(await outputOf(0)).toContain('Usage: npm run demo -- <demo> [options]');
  });

  it.each([
    ['start', '--seconds'],
    ['echo server', '--reject'],
    ['echo client', '--address'],
    ['echo-pull server', '--reject'],
    ['echo-pull client', '--address'],
    ['echo-pull-fn server', '--reject'],
    ['echo-pull-fn client', '--address'],
    ['echo-pack server', '--flag <0..1023>'],
    ['echo-pack client', '--max-pack <bytes>'],
    ['agent-pull', '--rounds'],
    ['agent-pull-fn', '--connections'],
    ['echo-pfm server', '--threads'],
    ['echo-pfm client', '--rounds'],
    ['agent-pfm', '--send-policy'],
    ['echo-ssl server', '--verify <0|1|3>'],
    ['echo-ssl client', '--server-name <name>'],
    ['echo-ssl-pull-fn server', '--cert <file>'],
    ['echo-ssl-pull-fn client', '--key <file>'],
    ['echo-ssl-pack server', '--flag <0..1023>'],
    ['echo-ssl-pack client', '--ca <file>'],
    ['echo-ssl-pfm server', '--verify <0|1|3>'],
    ['echo-ssl-pfm client', '--rounds'],
    ['echo-udp server', '--detect-attempts'],
    ['echo-udp client', '--max-datagram <bytes>'],
    ['echo-udp-pfm server', '--max-datagram <bytes>'],
    ['echo-udp-pfm client', '(default: 1024)'],
    ['udp-cast', 'member [options]'],
    ['udp-cast member', '--ttl <hops>'],
    ['udp-cast check', 'two members in this process'],
    ['http-proxy', 'everybody who reaches it'],
    ['async-chat server', '9901'],
    ['async-chat client', '9901'],
    ['console', 'port of the page; 0: any that is free'],
  ])('has help for %s', async (name, expected) => {
    expect(await outputOf(0, ...name.split(' '), '--help')).toContain(expected);
  });

  it.each([
    ['nonsense', "there is no demo 'nonsense'"],
    ['--nonsense', 'unknown option'],
    ['start --seconds 0', 'from 0.1'],
    ['echo server -p 70000', 'from 0 to 65535'],
    ['echo-pack client --flag 1024', 'from 0 to 1023'],
    ['agent-pfm -l 0', 'from 1'],
    ['echo-ssl server --verify 2', 'one of 0, 1, 3'],
    ['echo-ssl client --cert x.crt', '--cert and --key belong together'],
    ['echo-ssl-pfm server --server-name localhost', 'unknown option'],
    ['echo-udp server -l 10', 'unknown option'],
    ['echo-udp-pfm client -l 1433', 'more than --max-datagram, 1432'],
    ['echo-udp-pfm client -l 7', '--size must be at least 8'],
    ['udp-cast -p 0', '--port must be one that all members know'],
    ['udp-cast -k 256', 'from 0 to 255'],
    ['udp-cast hello', 'too many arguments'],
    ['udp-cast check -u 0', 'unknown option'],
    ['http-proxy --timeout 0', 'from 0.1'],
    ['async-chat client more', 'too many arguments'],
  ])('answers %s with one line and exit code 2', async (line, reason) => {
    const output = await outputOf(2, ...line.split(' '));
    expect(output).toMatch(/^error: .*\n$/);
    expect(output).toContain(reason);
  });

  it('asks for the command of a demo that has several', async () => {
    expect(await outputOf(2, 'echo')).toContain('server [options]');
  });
});

describe('the smoke run', () => {
  it('passes', async () => {
    await using run = launch('--smoke');
    for (const { name } of demos) await run.shows(new RegExp(`^(passed|FAILED) {2}${name}[ :]`, 'm'));
    await run.exits(0);
    expect(run.output.match(/^passed {2}\S+/gm)).toEqual(demos.map(({ name }) => `passed  ${name}`));
  }, 120_000);

  it('fails when a demo does, after it has tried the others', async () => {
    const lines: unknown[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((line) => lines.push(line));
    const demo = (name: string, smoke: Demo['smoke']): Demo => ({
      name,
      summary: '',
      define: () => undefined,
      smoke,
    });
    const broken = demo('broken', () => Promise.reject(new Error('no echo')));
    const sound = demo('sound', () => Promise.resolve());
    await expect(runSmoke([broken, sound], launch)).rejects.toThrow('1 of 2 demos failed');
    log.mockRestore();
    expect(lines).toEqual(['FAILED  broken: no echo', expect.stringMatching(/^passed {2}sound /)]);
  });
});
