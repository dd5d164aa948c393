// SPDX-License-Identifier: Apache-2.0
export { TcpServer, type ServerOptions } from './server.js';
export { TcpAgent, type AgentOptions, type ConnectAsyncOptions, type ConnectOptions } from './agent.js';
export {
  TcpClient,
  type ClientOptions,
  type ClientStartAsyncOptions,
  type ClientStartOptions,
} from './client.js';
export type { AgentListener, ClientListener, MultiConnectionListener, ServerListener } from './listeners.js';
export type { ReconnectOptions } from './reconnect.js';
export type {
  AgentSettings,
  ClientSettings,
  ConnectionSettings,
  MultiConnectionSettings,
  ServerSettings,
} from './settings.js';
export {
  Component,
  describeError,
  describeSocketError,
  ErrorCode,
  errorName,
  HandleResult,
  HpSocketError,
  MultiConnectionComponent,
  iterateBytes,
  iterateConnections,
  relay,
  ReuseAddressPolicy,
  SendPolicy,
  SingleConnectionComponent,
  ServiceState,
  SocketError,
  SocketOperation,
  toDuplex,
  type ToDuplexOptions,
  type CallbackResult,
  type ComponentStats,
  type PayloadHead,
  type ReceiveModel,
  type SocketAddress,
  type SocketHandle,
} from '@hp/core-native';
