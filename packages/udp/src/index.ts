// SPDX-License-Identifier: Apache-2.0
export { UdpServer, type UdpServerOptions } from './server.js';
export { UdpClient, type UdpClientOptions } from './client.js';
export { UdpCast, type UdpCastOptions, type UdpCastStartOptions } from './cast.js';
export type { UdpClientListener, UdpServerListener } from './listeners.js';
export type {
  DatagramSettings,
  DetectSettings,
  UdpCastSettings,
  UdpClientSettings,
  UdpServerSettings,
} from './settings.js';
export {
  CastMode,
  Component,
  describeError,
  describeSocketError,
  ErrorCode,
  errorName,
  HandleResult,
  HpSocketError,
  MultiConnectionComponent,
  ReuseAddressPolicy,
  SendPolicy,
  ServiceState,
  SingleConnectionComponent,
  SocketError,
  SocketOperation,
  type CallbackResult,
  type ClientStartAsyncOptions,
  type ClientStartOptions,
  type ComponentStats,
  type ReconnectOptions,
  type SocketAddress,
  type SocketHandle,
} from '@hp/core-native';
