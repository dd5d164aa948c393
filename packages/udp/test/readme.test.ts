// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { expect, test } from 'vitest';
import { accessors, type NameTable, Readme, testRoleReadme } from '@hp/testkit/docs';
import * as udp from '@hp/udp';
import { castRules, clientRules, serverRules } from '../src/settings.js';

const folder = path.join(import.meta.dirname, '..');

test.each([
  ['an echo', 0, 'echoed: Hello, HP-Socket'],
  ['a group', 1, '127.0.0.1 says: hello, all'],
])('the example runs by itself against the built package: %s', async (_name, index, output) => {
  const result = await new Readme(folder).run(index);

  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(result.stdout).toContain(output);
});

const tables: readonly NameTable[] = [
  {
    heading: '### IComplexSocket, IServer, IUdpServer',
    owners: ['UdpServer'],
    theirs: [
      ...['Start', 'Stop', 'GetListenAddress', 'Send', 'SendPackets', 'Disconnect'],
      ...['DisconnectLongConnections', 'DisconnectSilenceConnections', 'HasStarted', 'GetState'],
      ...['GetConnectionCount', 'GetAllConnectionIDs', 'GetConnectPeriod', 'GetSilencePeriod'],
      ...['GetLocalAddress', 'GetRemoteAddress', 'GetLastError', 'GetLastErrorDesc', 'GetPendingDataLength'],
      ...accessors('ConnectionExtra', 'MaxDatagramSize', 'PostReceiveCount', 'DetectAttempts'),
      ...accessors('DetectInterval', 'SendPolicy', 'MaxConnectionCount', 'WorkerThreadCount'),
      ...accessors('ReuseAddressPolicy', 'FreeSocketObjLockTime', 'FreeSocketObjPool', 'FreeSocketObjHold'),
      ...accessors('FreeBufferObjPool', 'FreeBufferObjHold', 'OnSendSyncPolicy'),
      ...['SetMarkSilence', 'IsMarkSilence', 'PauseReceive', 'IsPauseReceive', 'IsConnected', 'IsSecure'],
      'Wait',
    ],
  },
  {
    heading: '### IClient, IUdpClient, IUdpCast',
    theirs: [
      ...['Start', 'Stop', 'Send', 'SendPackets', 'SetExtra', 'GetExtra', 'HasStarted', 'GetState'],
      ...['GetLastError', 'GetLastErrorDesc', 'GetConnectionID', 'GetLocalAddress', 'GetPendingDataLength'],
      ...accessors('FreeBufferPoolSize', 'FreeBufferPoolHold', 'ReuseAddressPolicy', 'MaxDatagramSize'),
      ...accessors('DetectAttempts', 'DetectInterval', 'CastMode', 'MultiCastTtl'),
      ...['SetMultiCastLoop', 'IsMultiCastLoop', 'SetReuseAddress', 'IsReuseAddress', 'GetRemoteAddress'],
      ...['GetRemoteHost', 'PauseReceive', 'IsPauseReceive', 'IsConnected', 'IsSecure', 'Wait'],
    ],
  },
  {
    heading: '### Enumerations',
    owners: [],
    theirs: ['EnCastMode', 'EnServiceState', 'EnSocketOperation', 'EnHandleResult', 'EnSocketError'],
  },
];

testRoleReadme({
  folder,
  exports: udp,
  roles: {
    S: { className: 'UdpServer', listener: 'UdpServerListener', rules: serverRules },
    C: { className: 'UdpClient', listener: 'UdpClientListener', rules: clientRules },
    G: { className: 'UdpCast', listener: 'UdpClientListener', rules: castRules },
  },
  tables,
  eventTables: ['## Events', '### Listeners: IUdpServerListener, IUdpClientListener, IUdpCastListener'],
});
