// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { expect, test } from 'vitest';
import { accessors, type NameTable, Readme, testRoleReadme } from '@hp/testkit/docs';
import * as tcp from '@hp/tcp';
import { agentRules, clientRules, serverRules } from '../src/settings.js';

const folder = path.join(import.meta.dirname, '..');

test('the example runs by itself against the built package and finds its echo right', async () => {
  const result = await new Readme(folder).run();

  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(result.stdout).toContain('echoed: Hello, HP-Socket');
});

const tables: readonly NameTable[] = [
  {
    heading: '### IComplexSocket: servers and agents',
    owners: ['TcpServer', 'TcpAgent'],
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
    owners: ['TcpServer'],
    theirs: [
      ...['Start', 'GetListenAddress', 'SendSmallFile', 'SetNoDelay', 'IsNoDelay', 'SetupSSLContext'],
      ...accessors('AcceptSocketCount', 'SocketBufferSize', 'SocketListenQueue'),
      ...accessors('KeepAliveTime', 'KeepAliveInterval'),
    ],
  },
  {
    heading: '### IAgent, ITcpAgent',
    owners: ['TcpAgent'],
    theirs: [
      ...['Start', 'Connect', 'GetRemoteHost', 'SendSmallFile', 'SetReuseAddress', 'IsReuseAddress'],
      ...accessors('SocketBufferSize', 'KeepAliveTime', 'KeepAliveInterval'),
      ...['SetNoDelay', 'IsNoDelay', 'SetSyncConnectTimeout', 'SetupSSLContext'],
    ],
  },
  {
    heading: '### IClient, ITcpClient',
    owners: ['TcpClient'],
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
    owners: ['TcpServer', 'TcpAgent', 'TcpClient'],
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

testRoleReadme({
  folder,
  exports: tcp,
  roles: {
    S: { className: 'TcpServer', listener: 'ServerListener', rules: serverRules },
    A: { className: 'TcpAgent', listener: 'AgentListener', rules: agentRules },
    C: { className: 'TcpClient', listener: 'ClientListener', rules: clientRules },
  },
  tables,
  eventTables: ['## Events', '### Listeners: ITcpServerListener, ITcpAgentListener, ITcpClientListener'],
});
