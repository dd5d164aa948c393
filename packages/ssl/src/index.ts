// SPDX-License-Identifier: Apache-2.0
export { SslServer, type SslServerOptions } from './server.js';
export {
  SslAgent,
  type SslAgentOptions,
  type SslConnectAsyncOptions,
  type SslConnectOptions,
} from './agent.js';
export {
  SslClient,
  type SslClientOptions,
  type SslClientStartAsyncOptions,
  type SslClientStartOptions,
} from './client.js';
export { SslContext } from './context.js';
export type { SslContextOptions, SslServerNameAnswer, SslSource, SslVersion } from './context-options.js';
export { SslSessionMode, SslVerifyMode } from './enums.js';
export { cleanupSsl, initializeSsl, isSslValid, type SslEnvironmentOptions } from './environment.js';
export type { SslConnectionInfo } from './info.js';
export type { SslContextProperty, SslDialSettings, SslSettings } from './settings.js';
// The rest is what @hp/tcp exports too, but for its components.
export type {
  AgentSettings,
  ClientSettings,
  ConnectionSettings,
  MultiConnectionSettings,
  ServerListener,
  ServerSettings,
} from '@hp/tcp';
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
  MultiConnectionComponent,
  relay,
  ReuseAddressPolicy,
  SendPolicy,
  ServiceState,
  SingleConnectionComponent,
  SocketError,
  SocketOperation,
  toDuplex,
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
  type ToDuplexOptions,
} from '@hp/tcp';
