// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { codeIn, faultsOf, nameIn, PublicTypes, Readme } from '@hp/testkit/docs';
import * as tcp from '@hp/tcp';
import type { SettingRules } from '@hp/core-native';
import { agentRules, clientRules, serverRules } from '../src/settings.js';

const folder = path.join(import.meta.dirname, '..');
const readme = new Readme(folder);
const types = new PublicTypes(folder);

const classes = { S: 'TcpServer', A: 'TcpAgent', C: 'TcpClient' } as const;
const listeners = { S: 'ServerListener', A: 'AgentListener', C: 'ClientListener' } as const;
const rules: Readonly<Record<keyof typeof classes, SettingRules>> = {
  S: serverRules,
  A: agentRules,
  C: clientRules,
};
const letters = ['S', 'A', 'C'] as const;

function lettersIn(cell: string): (keyof typeof classes)[] {
  return letters.filter((letter) => cell.includes(letter));
}

/** Whether `name` is a member of every one of `owners`, a member `Type.member`, or an export. */
function exists(name: string, owners: readonly string[]): boolean {
  const [type = '', member] = name.split('.');
  if (member !== undefined) return types.membersOf(type).has(member);
  return types.has(name) || (owners.length > 0 && owners.every((owner) => types.membersOf(owner).has(name)));
}

// -------------------------------------------------------------------------- the tests

test('the example runs by itself against the built package and finds its echo right', async () => {
  const result = await readme.run();

  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(result.stdout).toContain('echoed: Hello, HP-Socket');
});

/** The names of HP-Socket that each table must have, beside whatever else it has. */
const accessors = (...names: string[]) => names.flatMap((name) => [`Set${name}`, `Get${name}`]);
const tables: readonly { heading: string; owners: readonly string[]; theirs: readonly string[] }[] = [
  {
    heading: '### IComplexSocket: servers and agents',
    owners: [classes.S, classes.A],
    theirs: [
      ...['Stop', 'Send', 'SendPackets', 'Disconnect', 'DisconnectLongConnections'],
      ...['DisconnectSilenceConnections', 'HasStarted', 'GetState', 'GetConnectionCount'],
      ...['GetAllConnectionIDs', 'GetConnectPeriod', 'GetSilencePeriod', 'GetLocalAddress'],
      ...['GetRemoteAddress', 'GetLastError', 'GetLastErrorDesc', 'GetPendingDataLength'],
      ...accessors('ConnectionExtra', 'SendPolicy', 'FreeSocketObjLockTime', 'FreeSocketObjPool'),
      ...accessors('FreeSocketObjHold', 'FreeBufferObjPool', 'FreeBufferObjHold', 'WorkerThreadCount'),
      ...['SetMarkSilence', 'IsMarkSilence', 'PauseReceive', 'IsPauseReceive', 'IsConnected', 'IsSecure'],
      ...['Wait', ...accessors('MaxConnectionCount', 'OnSendSyncPolicy', 'ReuseAddressPolicy')],
    ],
  },
  {
    heading: '### IServer, ITcpServer',
    owners: [classes.S],
    theirs: [
      ...['Start', 'GetListenAddress', 'SendSmallFile', 'SetNoDelay', 'IsNoDelay', 'SetupSSLContext'],
      ...accessors('AcceptSocketCount', 'SocketBufferSize', 'SocketListenQueue'),
      ...accessors('KeepAliveTime', 'KeepAliveInterval'),
    ],
  },
  {
    heading: '### IAgent, ITcpAgent',
    owners: [classes.A],
    theirs: [
      ...['Start', 'Connect', 'GetRemoteHost', 'SendSmallFile', 'SetReuseAddress', 'IsReuseAddress'],
      ...accessors('SocketBufferSize', 'KeepAliveTime', 'KeepAliveInterval'),
      ...['SetNoDelay', 'IsNoDelay', 'SetSyncConnectTimeout', 'SetupSSLContext'],
    ],
  },
  {
    heading: '### IClient, ITcpClient',
    owners: [classes.C],
    theirs: [
      ...['Start', 'Stop', 'Send', 'SendPackets', 'SetExtra', 'GetExtra', 'HasStarted', 'GetState'],
      ...['GetLastError', 'GetLastErrorDesc', 'GetConnectionID', 'GetLocalAddress', 'GetPendingDataLength'],
      ...accessors('FreeBufferPoolSize', 'FreeBufferPoolHold', 'ReuseAddressPolicy', 'SocketBufferSize'),
      ...accessors('KeepAliveTime', 'KeepAliveInterval'),
      ...['GetRemoteHost', 'PauseReceive', 'IsPauseReceive', 'IsConnected', 'IsSecure', 'Wait'],
      ...['SendSmallFile', 'SetNoDelay', 'IsNoDelay', 'SetSyncConnectTimeout', 'SetupSSLContext'],
    ],
  },
  {
    heading: '### Helper functions that concern TCP',
    owners: Object.values(classes),
    theirs: [
      ...['HP_GetSocketErrorDesc', 'SYS_GetLastError', 'SYS_WSAGetLastError', 'SYS_SetSocketOption'],
      ...['SYS_GetSocketOption', 'SYS_IoctlSocket', 'SYS_WSAIoctl', 'SYS_GetSocketLocalAddress'],
      ...['SYS_GetSocketRemoteAddress', 'HP_GetHPSocketVersion', 'SYS_GetLastErrorStr', 'SYS_SSO_NoBlock'],
      ...['SYS_SSO_NoDelay', 'SYS_SSO_DontLinger', 'SYS_SSO_Linger', 'SYS_SSO_RecvBuffSize'],
      ...['SYS_SSO_SendBuffSize', 'SYS_SSO_RecvTimeOut', 'SYS_SSO_SendTimeOut', 'SYS_SSO_ReuseAddress'],
      ...['SYS_EnumHostIPAddresses', 'SYS_FreeHostIPAddresses', 'SYS_IsIPAddress', 'SYS_GetIPAddress'],
    ],
  },
  {
    heading: '### Enumerations',
    owners: [],
    theirs: ['EnServiceState', 'EnSocketOperation', 'EnHandleResult', 'EnSocketError', 'EnSendPolicy'],
  },
];

describe.each(tables)('$heading', ({ heading, owners, theirs }) => {
  const rows = readme.rows(heading);

  test('every name of ours exists, and where there is none the remark says why', () => {
    const wrong = rows.flatMap(([hp = '', ours = '', remark = '']) => {
      const names = codeIn(ours).map(nameIn);
      if (names.length === 0) return ours === '–' && remark !== '' ? [] : [`${hp}: no reason`];
      return names.filter((name) => !exists(name, owners)).map((name) => `${hp}: no ${name}`);
    });

    expect(rows.length).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });

  test('no row of HP-Socket is missing', () => {
    const present = new Set(rows.flatMap(([hp = '']) => codeIn(hp)));
    expect(theirs.filter((name) => !present.has(name))).toEqual([]);
  });
});

describe('the settings table', () => {
  const rows = readme.rows('### Settings').map(([name = '', of = '', values = '', initial = '']) => ({
    name: codeIn(name)[0] ?? '',
    of: lettersIn(of),
    values,
    initial,
  }));

  /** A value as the table writes it: a number, a string, true, false, or `Enum.Member`. */
  function valueOf(code: string): unknown {
    if (/^[\d,]+$/.test(code)) return Number(code.replaceAll(',', ''));
    if (code === 'true' || code === 'false') return code === 'true';
    if (code.startsWith("'")) return code.slice(1, -1);
    const [type = '', member = ''] = code.split('.');
    const value = (tcp as unknown as Record<string, Record<string, unknown>>)[type]?.[member];
    if (value === undefined) throw new Error(`${code} is not a value.`);
    return value;
  }

  /** The default for one role: "`true` (S), `false` (A C)", or just one. */
  function initialFor(letter: keyof typeof classes, cell: string): unknown {
    const options = [...cell.matchAll(/`([^`]+)`(?: \(([SAC ]+)\))?/g)];
    const option = options.find(([, , of]) => of?.includes(letter) ?? true);
    return valueOf(option?.[1] ?? '');
  }

  test.each(letters)('%s: has every setting', (letter) => {
    const own = rows.filter(({ of }) => of.includes(letter)).map(({ name }) => name);
    expect(own.sort()).toEqual(Object.keys(rules[letter]).sort());
  });

  test.each(letters)('%s: the defaults are right', (letter) => {
    const own = rows.filter(({ of }) => of.includes(letter));
    const initial = Object.fromEntries(own.map((row) => [row.name, initialFor(letter, row.initial)]));
    const right = Object.entries(rules[letter]).map(([name, rule]) => [name, rule.initial]);
    expect(initial).toEqual(Object.fromEntries(right));
  });

  test.each(letters)('%s: the ranges are right', (letter) => {
    const own = rows.filter(({ of }) => of.includes(letter));
    const faults = own.flatMap(({ name, values }) =>
      faultsOf(rules[letter][name]!, values, valueOf).map((fault) => `${name} ${fault}`),
    );
    expect(faults).toEqual([]);
  });
});

describe('the events', () => {
  test.each(['## Events', '### Listeners: ITcpServerListener, ITcpAgentListener, ITcpClientListener'])(
    '%s: each is an event of just the roles it names',
    (heading) => {
      const isEvent = (cell: string) => /^`on\w+`$/.test(cell);
      const rows = readme.rows(heading).filter((row) => row.some(isEvent));
      const wrong = rows.filter((row) => {
        const at = row.findIndex(isEvent);
        const [name = ''] = codeIn(row[at] ?? '');
        const roles = letters.filter((letter) => types.membersOf(listeners[letter]).has(name));
        return roles.join() !== lettersIn(row[at + 1] ?? '').join();
      });

      expect(rows.length).toBeGreaterThan(8);
      expect(wrong).toEqual([]);
    },
  );

  test('none is missing', () => {
    const all = new Set(letters.flatMap((letter) => [...types.membersOf(listeners[letter])]));
    const present = new Set(readme.rows('## Events').flatMap(([name = '']) => codeIn(name)));
    expect([...all].filter((name) => !present.has(name))).toEqual([]);
  });
});

test.each(letters)('%s: every public method and property is in the README', (letter) => {
  const { names } = readme;
  expect([...types.membersOf(classes[letter])].filter((name) => !names.has(name))).toEqual([]);
});

test('every export is in the README', () => {
  const { words } = readme;
  const values = types.names.filter((name) => !/(Options|Settings|Listener)$/.test(name));
  expect(values.filter((name) => !words.has(name))).toEqual([]);
});
