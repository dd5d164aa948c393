// SPDX-License-Identifier: Apache-2.0
import { TcpAgent, TcpClient, TcpServer } from '@hp/tcp';
import { UdpCast } from '@hp/udp';
import { describe, expect, it } from 'vitest';
import { agentCommands } from '../src/interactive/agent-commands.js';
import { clientCommands } from '../src/interactive/client-commands.js';
import { connectionCommands, supervisionCommands } from '../src/interactive/connection-commands.js';
import { execute, type InteractiveCommand, runShell } from '../src/interactive/shell.js';
import { CommandError, Words } from '../src/interactive/words.js';

describe('the words of a command', () => {
  it('are taken one by one', () => {
    const words = new Words('  12   0  90 two  words ');
    expect(words.id()).toBe(12);
    expect(words.flag(true)).toBe(false);
    expect(words.milliseconds(60)).toBe(90_000);
    expect(words.text()).toBe('two  words');
    words.end();
  });

  it('may name a host and a port', () => {
    const words = new Words('example.org 80');
    expect(words.host()).toBe('example.org');
    expect(words.port()).toBe(80);
    expect(words.host()).toBeUndefined();
  });

  it('may be left out where there is a default', () => {
    const words = new Words('');
    expect(words.milliseconds(60)).toBe(60_000);
    expect(words.flag(true)).toBe(true);
    words.end();
  });

  it.each([
    ['', (words: Words) => words.id(), 'missing'],
    ['0', (words: Words) => words.id(), "'0' is none"],
    ['-1', (words: Words) => words.id(), 'is none'],
    ['1x', (words: Words) => words.id(), 'is none'],
    ['', (words: Words) => words.port(), 'missing'],
    ['65536', (words: Words) => words.port(), "'65536' is none"],
    ['2', (words: Words) => words.flag(true), '0 or 1'],
    ['soon', (words: Words) => words.milliseconds(1), 'seconds'],
    ['', (words: Words) => words.text(), 'text'],
    ['more', (words: Words) => words.end(), 'too much'],
  ])('are refused: %j', (text, take, reason) => {
    expect(() => take(new Words(text))).toThrow(CommandError);
    expect(() => take(new Words(text))).toThrow(reason);
  });
});

/** Executes lines and returns what was shown. */
async function typed(commands: readonly InteractiveCommand[], ...lines: string[]): Promise<string[]> {
  const shown: string[] = [];
  for (const line of lines) await execute(line, commands, (text) => shown.push(text));
  return shown;
}

describe('the shell', () => {
  const said: string[] = [];
  const commands: InteractiveCommand[] = [
    { usage: 'say {text}', meaning: 'says it', run: (words) => void said.push(words.text()) },
    {
      usage: 'break',
      meaning: 'has a bug',
      run: () => {
        throw new TypeError('bug');
      },
    },
  ];

  it('runs the command that the first word names', async () => {
    expect(await typed(commands, 'say hello you', '   ', '')).toEqual([]);
    expect(said).toEqual(['hello you']);
  });

  it('says what is wrong and goes on', async () => {
    expect(await typed(commands, 'shout', 'say')).toEqual([
      "error: there is no command 'shout'; ? lists them",
      'error: the text is missing; say {text}',
    ]);
  });

  it('takes other lines as they are where there is a command for plain text', async () => {
    const lines: string[] = [];
    const chat: InteractiveCommand[] = [
      ...commands,
      { usage: '{text}', meaning: 'says it', run: (words) => void lines.push(words.text()) },
    ];
    expect(await typed(chat, 'shout  it out', 'say hello')).toEqual([]);
    expect(lines).toEqual(['shout  it out']);
    expect(said.at(-1)).toBe('hello');
  });

  it('does not hide a bug', async () => {
    await expect(typed(commands, 'break')).rejects.toThrow(TypeError);
  });

  it('lists the commands', async () => {
    expect(await typed(commands, '?')).toEqual([
      '  say {text}  says it',
      '  break       has a bug',
      '  ?           this list',
      '  Ctrl-D      quit',
    ]);
  });

  it('ends with the input', async () => {
    async function* lines(): AsyncGenerator<string> {
      yield await Promise.resolve('say last');
    }
    await runShell(lines(), commands, () => undefined);
    expect(said.at(-1)).toBe('last');
  });
});

describe('the commands of components', () => {
  const controls = { args: ['-p 1'], print: () => undefined, start: () => undefined, status: () => 'here' };
  const names = (commands: readonly InteractiveCommand[]): string[] =>
    commands.map(({ usage }) => usage.split(' ')[0] ?? '');

  it('are those of the behaviour document', () => {
    const server = connectionCommands({ ...controls, component: new TcpServer({}) });
    expect(names(server)).toEqual([
      'start',
      'stop',
      'status',
      'stat',
      'args',
      'send',
      'pause',
      'kick',
      'kickl',
      'kicks',
    ]);
    const supervisor = supervisionCommands({ ...controls, component: new TcpServer({}) });
    expect(names(supervisor)).toEqual(names(server).filter((name) => !['send', 'pause'].includes(name)));
    const agent = agentCommands({
      ...controls,
      component: new TcpAgent({}),
      address: '127.0.0.1',
      port: 1,
      connect: () => undefined,
    });
    expect(names(agent)).toEqual([...names(server), 'connect']);
    const client = clientCommands({
      ...controls,
      component: new TcpClient({}),
      connected: () => Promise.resolve(),
    });
    expect(names(client)).toEqual(['start', 'stop', 'status', 'stat', 'args', 'send', 'pause']);
  });

  it('connect to where they are told, or to where the options say', async () => {
    const reached: string[] = [];
    const commands = agentCommands({
      ...controls,
      component: new TcpAgent({}),
      address: '127.0.0.1',
      port: 1,
      connect: (host, port) => void reached.push(`${host} ${port}`),
    });
    expect(await typed(commands, 'connect', 'connect example.org 80', 'connect example.org')).toEqual([
      'error: the port is missing; connect [host port]',
    ]);
    expect(reached).toEqual(['127.0.0.1 1', 'example.org 80']);
  });

  it('send as they are told to', async () => {
    const sent: string[] = [];
    const server = connectionCommands({
      ...controls,
      component: new TcpServer({}),
      send: (id, text) => sent.push(`${id} ${String(text)}`) > 0,
    });
    const client = clientCommands({
      ...controls,
      component: new TcpClient({}),
      connected: () => Promise.resolve(),
      send: (text) => sent.push(String(text)) > 0,
    });
    const member = clientCommands({
      ...controls,
      component: new UdpCast({}),
      connected: () => Promise.resolve(),
      send: (text) => sent.push(`to all: ${String(text)}`) > 0,
      sendUsages: ['sendc {text}', '{text}'],
    });
    await typed(server, 'send 7 hello');
    await typed(client, 'send hello');
    await typed(member, 'sendc hello', 'send hello');
    expect(sent).toEqual(['7 hello', 'hello', 'to all: hello', 'to all: send hello']);
  });

  it('say when the component does not run', async () => {
    const shown: string[] = [];
    const print = (line: string): void => void shown.push(line);
    const commands = connectionCommands({ ...controls, component: new TcpServer({}), print });
    for (const line of ['status', 'kick 1', 'send 1 x', 'pause 1', 'kickl', 'kicks 5 0', 'args', 'stop']) {
      await execute(line, commands, print);
    }
    const refusal = 'refused: no such connection';
    expect(shown).toEqual(['stopped', ...Array<string>(5).fill(refusal), '  -p 1']);
  });
});
