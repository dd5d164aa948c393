// SPDX-License-Identifier: Apache-2.0

/** Life of a component. HP-Socket: `EnServiceState`. */
export enum ServiceState {
  /** `start` has begun. */
  Starting = 0,
  /** Running. */
  Started = 1,
  /** `stop` has begun. */
  Stopping = 2,
  /** At rest; may be started. */
  Stopped = 3,
}

/** The step of a connection's life that a close is charged to. HP-Socket: `EnSocketOperation`. */
export enum SocketOperation {
  /** Not known. */
  Unknown = 0,
  /** Accepting. */
  Accept = 1,
  /** Connecting. */
  Connect = 2,
  /** Sending. */
  Send = 3,
  /** Receiving, the receive model and the listener's `onReceive` included. */
  Receive = 4,
  /** An orderly end. */
  Close = 5,
}

/** What a listener's callback says of an event. HP-Socket: `EnHandleResult`. */
export enum HandleResult {
  /** Handled. Returning nothing means the same. */
  Ok = 0,
  /** Not handled; same effect as `Ok`. */
  Ignore = 1,
  /** Refused: ends the connection, or the `start` or `connect` under way. */
  Error = 2,
}

/** How sends reach the system. HP-Socket: `EnSendPolicy`. */
export enum SendPolicy {
  /** The sends of one connection in one batch leave in one system call. */
  Pack = 0,
  /** As `Pack`, and at most `socketBufferSize` bytes wait unsent in the kernel. */
  Safe = 1,
  /** One system call for each send, at once. */
  Direct = 2,
}

/** Whom a `UdpCast` sends to. HP-Socket: `EnCastMode`. */
export enum CastMode {
  /** A multicast group, which it joins. */
  Multicast = 0,
  /** Everybody within reach of a broadcast. */
  Broadcast = 1,
}

/** Which sockets may share an address. HP-Socket: `EnReuseAddressPolicy`. */
export enum ReuseAddressPolicy {
  /** None. */
  None = 0,
  /** An address left behind in TIME_WAIT may be bound again (`SO_REUSEADDR`). */
  AddressOnly = 1,
  /** Several sockets may listen on one address and port (`SO_REUSEPORT`). */
  AddressAndPort = 2,
}

/** Why a lifecycle or configuration call failed. HP-Socket: `EnSocketError`. */
export enum SocketError {
  /** No error. */
  Ok = 0,
  /** `start` while running, or a setting changed while running. */
  IllegalState = 1,
  /** An argument or setting is out of its range. */
  InvalidParam = 2,
  /** The socket could not be made. */
  SocketCreate = 3,
  /** The address could not be bound. */
  SocketBind = 4,
  /** The listener refused in `onPrepareListen` or `onPrepareConnect`. */
  SocketPrepare = 5,
  /** Listening failed. */
  SocketListen = 6,
  /** The poller could not be made. */
  CpCreate = 7,
  /** A thread could not be started. */
  WorkerThreadCreate = 8,
  /** The probe thread could not be started; kept for its number. */
  DetectThreadCreate = 9,
  /** The socket could not be attached to the poller. */
  SocketAttachToCp = 10,
  /** Connecting failed. */
  ConnectServer = 11,
  /** Another failure of the network. */
  Network = 12,
  /** Processing data failed. */
  DataProc = 13,
  /** Sending data failed. */
  DataSend = 14,
  /** The TLS context is missing. */
  SslEnvNotReady = 101,
}

/** What a fetch or a peek says. HP-Socket: `EnFetchResult`. */
export enum FetchResult {
  /** The bytes are there. */
  Ok = 0,
  /** Fewer bytes have arrived; none was taken. */
  LengthTooLong = 1,
  /** There is no such connection. */
  DataNotFound = 2,
}
