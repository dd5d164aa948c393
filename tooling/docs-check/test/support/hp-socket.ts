// SPDX-License-Identifier: Apache-2.0
// The names of HP-Socket's interfaces, from the guide of 3.5 and later releases, by the headings of the porting guide.
import { accessors, type NameTable } from '@hp/testkit/docs';

const complexSocket = [
  ...['Stop', 'Send', 'SendPackets', 'Disconnect', 'DisconnectLongConnections'],
  ...['DisconnectSilenceConnections', 'HasStarted', 'GetState', 'GetConnectionCount', 'GetAllConnectionIDs'],
  ...['GetConnectPeriod', 'GetSilencePeriod', 'GetLocalAddress', 'GetRemoteAddress', 'GetLastError'],
  ...['GetLastErrorDesc', 'GetPendingDataLength', 'SetMarkSilence', 'IsMarkSilence', 'PauseReceive'],
  ...['IsPauseReceive', 'IsConnected', 'IsSecure', 'Wait'],
  ...accessors('ConnectionExtra', 'SendPolicy', 'FreeSocketObjLockTime', 'FreeSocketObjPool'),
  ...accessors('FreeSocketObjHold', 'FreeBufferObjPool', 'FreeBufferObjHold', 'WorkerThreadCount'),
  ...accessors('MaxConnectionCount', 'OnSendSyncPolicy', 'ReuseAddressPolicy'),
];

const client = [
  ...['Start', 'Stop', 'Send', 'SendPackets', 'SetExtra', 'GetExtra', 'HasStarted', 'GetState'],
  ...['GetLastError', 'GetLastErrorDesc', 'GetConnectionID', 'GetLocalAddress', 'GetPendingDataLength'],
  ...['GetRemoteHost', 'PauseReceive', 'IsPauseReceive', 'IsConnected', 'IsSecure', 'Wait'],
  ...accessors('FreeBufferPoolSize', 'FreeBufferPoolHold', 'ReuseAddressPolicy'),
];

const stream = [
  ...['SendSmallFile', 'SetNoDelay', 'IsNoDelay'],
  ...accessors('SocketBufferSize', 'KeepAliveTime', 'KeepAliveInterval'),
];

const detection = accessors('MaxDatagramSize', 'DetectAttempts', 'DetectInterval');

/** Each interface of HP-Socket, and the classes that stand for it. */
export const interfaces: readonly NameTable[] = [
  {
    heading: '### IComplexSocket',
    owners: ['TcpServer', 'TcpAgent', 'UdpServer', 'SslServer', 'SslAgent'],
    theirs: complexSocket,
  },
  { heading: '### IServer', owners: ['TcpServer', 'UdpServer'], theirs: ['Start', 'GetListenAddress'] },
  {
    heading: '### ITcpServer',
    owners: ['TcpServer', 'SslServer'],
    theirs: [...stream, ...accessors('AcceptSocketCount', 'SocketListenQueue')],
  },
  {
    heading: '### IUdpServer',
    owners: ['UdpServer'],
    theirs: [...detection, ...accessors('PostReceiveCount')],
  },
  {
    heading: '### IAgent, ITcpAgent',
    owners: ['TcpAgent', 'SslAgent'],
    theirs: [
      ...['Start', 'Connect', 'GetRemoteHost', 'SetReuseAddress', 'IsReuseAddress', 'SetSyncConnectTimeout'],
      ...stream,
    ],
  },
  { heading: '### IClient', owners: ['TcpClient', 'UdpClient', 'UdpCast'], theirs: client },
  {
    heading: '### ITcpClient',
    owners: ['TcpClient', 'SslClient'],
    theirs: [...stream, 'SetSyncConnectTimeout'],
  },
  { heading: '### IUdpClient', owners: ['UdpClient'], theirs: detection },
  {
    heading: '### IUdpCast',
    owners: ['UdpCast'],
    theirs: [
      ...accessors('MaxDatagramSize', 'CastMode', 'MultiCastTtl', 'BindAddress'),
      ...['SetMultiCastLoop', 'IsMultiCastLoop', 'SetReuseAddress', 'IsReuseAddress', 'GetRemoteAddress'],
    ],
  },
  {
    heading: '### IPullSocket, IPullClient',
    owners: [
      'TcpPullServer',
      'TcpPullAgent',
      'TcpPullClient',
      'SslPullServer',
      'SslPullAgent',
      'SslPullClient',
    ],
    theirs: ['Fetch', 'Peek'],
  },
  {
    heading: '### IPackSocket, IPackClient',
    owners: [
      'TcpPackServer',
      'TcpPackAgent',
      'TcpPackClient',
      'SslPackServer',
      'SslPackAgent',
      'SslPackClient',
    ],
    theirs: accessors('MaxPackSize', 'PackHeaderFlag'),
  },
  {
    heading: '### SSL functions and contexts',
    owners: ['SslServer', 'SslAgent', 'SslClient'],
    theirs: [
      ...['HP_SSL_Initialize', 'HP_SSL_Cleanup', 'HP_SSL_IsValid', 'HP_SSL_RemoveThreadLocalState'],
      ...['SetupSSLContext', 'SetupSSLContextByMemory', 'AddSSLContext', 'AddSSLContextByMemory'],
      ...['BindSSLServerName', 'CleanupSSLContext', 'StartSSLHandShake', 'SetSSLAutoHandShake'],
      ...['IsSSLAutoHandShake', 'SetSSLCipherList', 'GetSSLCipherList', 'GetSSLSessionInfo'],
    ],
  },
  {
    heading: '### Helper functions',
    theirs: [
      ...['HP_GetSocketErrorDesc', 'SYS_GetLastError', 'SYS_WSAGetLastError', 'SYS_SetSocketOption'],
      ...['SYS_GetSocketOption', 'SYS_IoctlSocket', 'SYS_WSAIoctl', 'SYS_GetSocketLocalAddress'],
      ...['SYS_GetSocketRemoteAddress', 'HP_GetHPSocketVersion', 'SYS_GetLastErrorStr', 'SYS_SSO_NoBlock'],
      ...['SYS_SSO_NoDelay', 'SYS_SSO_DontLinger', 'SYS_SSO_Linger', 'SYS_SSO_RecvBuffSize'],
      ...['SYS_SSO_SendBuffSize', 'SYS_SSO_RecvTimeOut', 'SYS_SSO_SendTimeOut', 'SYS_SSO_ReuseAddress'],
      ...['SYS_EnumHostIPAddresses', 'SYS_FreeHostIPAddresses', 'SYS_IsIPAddress', 'SYS_GetIPAddress'],
    ],
  },
];

/** The events of all listeners. */
export const events: readonly string[] = [
  ...['OnPrepareListen', 'OnPrepareConnect', 'OnAccept', 'OnConnect', 'OnHandShake', 'OnReceive', 'OnSend'],
  ...['OnClose', 'OnShutdown'],
];

/** The members of the enumerations that have a counterpart, and their numbers. */
export const enumerations: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  EnServiceState: { SS_STARTING: 0, SS_STARTED: 1, SS_STOPPING: 2, SS_STOPPED: 3 },
  EnSocketOperation: {
    SO_UNKNOWN: 0,
    SO_ACCEPT: 1,
    SO_CONNECT: 2,
    SO_SEND: 3,
    SO_RECEIVE: 4,
    SO_CLOSE: 5,
  },
  EnHandleResult: { HR_OK: 0, HR_IGNORE: 1, HR_ERROR: 2 },
  EnFetchResult: { FR_OK: 0, FR_LENGTH_TOO_LONG: 1, FR_DATA_NOT_FOUND: 2 },
  EnSendPolicy: { SP_PACK: 0, SP_SAFE: 1, SP_DIRECT: 2 },
  EnReuseAddressPolicy: { RAP_NONE: 0, RAP_ADDR_ONLY: 1, RAP_ADDR_AND_PORT: 2 },
  EnCastMode: { CM_MULTICAST: 0, CM_BROADCAST: 1, CM_UNICAST: -1 },
  EnSSLSessionMode: { SSL_SM_CLIENT: 0, SSL_SM_SERVER: 1 },
  EnSSLVerifyMode: {
    SSL_VM_NONE: 0,
    SSL_VM_PEER: 1,
    SSL_VM_FAIL_IF_NO_PEER_CERT: 2,
    SSL_VM_CLIENT_ONCE: 4,
  },
  EnSocketError: {
    SE_OK: 0,
    SE_ILLEGAL_STATE: 1,
    SE_INVALID_PARAM: 2,
    SE_SOCKET_CREATE: 3,
    SE_SOCKET_BIND: 4,
    SE_SOCKET_PREPARE: 5,
    SE_SOCKET_LISTEN: 6,
    SE_CP_CREATE: 7,
    SE_WORKER_THREAD_CREATE: 8,
    SE_DETECT_THREAD_CREATE: 9,
    SE_SOCKE_ATTACH_TO_CP: 10,
    SE_CONNECT_SERVER: 11,
    SE_NETWORK: 12,
    SE_DATA_PROC: 13,
    SE_DATA_SEND: 14,
    SE_SSL_ENV_NOT_READY: 101,
  },
};

/** What the guide has to mention somewhere: what is later than the interfaces, or has no counterpart. */
export const mentioned: readonly string[] = [
  ...['EnRecvPolicy', 'EnOnSendSyncPolicy', 'EnIPAddrType', 'EnSSLSessionInfo', 'Fn_SNI_ServerNameCallback'],
  ...['HttpServer', 'HttpAgent', 'HttpClient', 'HttpSyncClient', 'UdpArqServer', 'UdpArqClient', 'UdpNode'],
];

/** The system errors that HP-Socket has names for. */
export const systemErrors: readonly string[] = [
  ...['ERROR_INVALID_PARAMETER', 'ERROR_INVALID_STATE', 'ERROR_OBJECT_NOT_FOUND', 'ERROR_CANCELLED'],
  ...[
    'ERROR_INVALID_DATA',
    'ERROR_BAD_LENGTH',
    'ERROR_INCORRECT_SIZE',
    'ERROR_EMPTY',
    'ERROR_FILE_TOO_LARGE',
  ],
  ...['ERROR_CONNECTION_COUNT_LIMIT', 'ERROR_CALL_NOT_IMPLEMENTED', 'ERROR_INVALID_OPERATION'],
  ...['ERROR_ALREADY_INITIALIZED', 'ERROR_FILE_NOT_FOUND', 'ERROR_INVALID_PASSWORD', 'ERROR_INVALID_ACCESS'],
  'ERROR_BAD_FILE_TYPE',
];
