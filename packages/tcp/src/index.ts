// SPDX-License-Identifier: Apache-2.0
export { TcpServer, type ServerOptions } from './server.js';
export { TcpAgent, type AgentOptions, type ConnectAsyncOptions, type ConnectOptions } from './agent.js';
export {
  TcpClient,
  type ClientOptions,
  type ClientStartAsyncOptions,
  type ClientStartOptions,
} from './client.js';
export type { ServerListener } from './listeners.js';
export type {
  AgentSettings,
  ClientSettings,
  ConnectionSettings,
  MultiConnectionSettings,
  ServerSettings,
} from './settings.js';
// Here every connection is a stream: a function that takes any component may use `end`, `reset` and `sendSmallFile`.
export {
  MultiStreamComponent as MultiConnectionComponent,
  StreamClient as SingleConnectionComponent,
} from '@hp/core-native';
export {
  Component,
  describeError,
  describeSocketError,
  ErrorCode,
  errorName,
  HandleResult,
  HpSocketError,
  iterateBytes,
  iterateConnections,
  relay,
  ReuseAddressPolicy,
  SendPolicy,
  ServiceState,
  SocketError,
  SocketOperation,
  toDuplex,
  type ToDuplexOptions,
  type AgentListener,
  type CallbackResult,
  type ClientListener,
  type ComponentStats,
  type MultiConnectionListener,
  type PayloadHead,
  type ReceiveModel,
  type ReconnectOptions,
  type SocketAddress,
  type SocketHandle,
} from '@hp/core-native';
