// SPDX-License-Identifier: Apache-2.0
import { SocketError } from './enums.js';
import { binding } from './load-binding.js';

/**
 * Numbers in `onClose` and `lastErrorCode`, the same on every system: Linux errno values for what
 * the system reports, and from 1001 on for what this framework refuses.
 */
export enum ErrorCode {
  /** No error. */
  Ok = 0,
  /** Not permitted (EPERM). */
  NotPermitted = 1,
  /** No such file (ENOENT). */
  FileNotFound = 2,
  /** Out of memory (ENOMEM). */
  OutOfMemory = 12,
  /** Not allowed: a low port or a file of somebody else (EACCES). */
  AccessDenied = 13,
  /** A directory, not a file (EISDIR). */
  IsDirectory = 21,
  /** A bad argument (EINVAL). HP-Socket: `ERROR_INVALID_PARAMETER`. */
  InvalidArgument = 22,
  /** The system is out of file descriptors (ENFILE). */
  SystemFileLimit = 23,
  /** The process is out of file descriptors (EMFILE). */
  ProcessFileLimit = 24,
  /** The peer no longer receives (EPIPE). */
  BrokenPipe = 32,
  /** The peer broke the protocol (EBADMSG). HP-Socket: `ERROR_INVALID_DATA`. */
  BadMessage = 74,
  /** A wrong length (EMSGSIZE). HP-Socket: `ERROR_BAD_LENGTH`. */
  MessageSize = 90,
  /** The socket has no such option (ENOPROTOOPT). */
  UnknownOption = 92,
  /** The addresses are of two families (EAFNOSUPPORT). */
  AddressFamily = 97,
  /** The address is in use (EADDRINUSE). */
  AddressInUse = 98,
  /** The address does not exist here (EADDRNOTAVAIL). */
  AddressNotAvailable = 99,
  /** The network cannot be reached (ENETUNREACH). */
  NetworkUnreachable = 101,
  /** The connection was aborted (ECONNABORTED). */
  ConnectionAborted = 103,
  /** The peer reset the connection (ECONNRESET). */
  ConnectionReset = 104,
  /** No time left (ETIMEDOUT). */
  TimedOut = 110,
  /** Nobody listens there (ECONNREFUSED). */
  ConnectionRefused = 111,
  /** The host cannot be reached (EHOSTUNREACH). */
  HostUnreachable = 113,
  /** A listener refused, or the attempt was called off (ECANCELED). HP-Socket: `ERROR_CANCELLED`. */
  Canceled = 125,
  /** No such connection. HP-Socket: `ERROR_OBJECT_NOT_FOUND`. */
  ObjectNotFound = 1001,
  /** Not in the state for it. HP-Socket: `ERROR_INVALID_STATE`. */
  InvalidState = 1002,
  /** `maxPendingBytes` would be exceeded. */
  PendingLimit = 1003,
  /** More than a small file may have. HP-Socket: `ERROR_FILE_TOO_LARGE`. */
  FileTooLarge = 1004,
  /** The file is empty. HP-Socket: `ERROR_EMPTY`. */
  Empty = 1005,
  /** `maxConnections` is reached. HP-Socket: `ERROR_CONNECTION_COUNT_LIMIT`. */
  ConnectionLimit = 1006,
  /** A connect reached its own socket. */
  SelfConnect = 1007,
  /** The component does not offer it. HP-Socket: `ERROR_CALL_NOT_IMPLEMENTED`. */
  NotSupported = 1008,
  /** The peer ended the stream without saying so within TLS (no close_notify): more may have been meant to follow. */
  Truncated = 1009,
  /** The password of a private key is wrong or absent, or the key is none. HP-Socket: `ERROR_INVALID_PASSWORD`. */
  InvalidPassword = 1010,
  /** A private key does not belong to its certificate. HP-Socket: `ERROR_INVALID_ACCESS`. */
  KeyMismatch = 1011,
  /** Neither a file nor a directory. HP-Socket: `ERROR_BAD_FILE_TYPE`. */
  BadFileType = 1012,
  /** Done already. HP-Socket: `ERROR_ALREADY_INITIALIZED`. */
  AlreadyInitialized = 1013,
}

/** What is above is a number of Winsock's that Linux has no equal for. */
const OWN_ERRORS: readonly [from: number, to: number] = [1001, 9999];

function isOwnError(code: number): boolean {
  return code >= OWN_ERRORS[0] && code <= OWN_ERRORS[1];
}

const DESCRIPTIONS: Readonly<Record<number, readonly [name: string, text: string]>> = {
  [ErrorCode.Ok]: ['OK', 'no error'],
  [ErrorCode.NotPermitted]: ['EPERM', 'not permitted'],
  [ErrorCode.FileNotFound]: ['ENOENT', 'no such file or directory'],
  [ErrorCode.OutOfMemory]: ['ENOMEM', 'out of memory'],
  [ErrorCode.AccessDenied]: ['EACCES', 'access is denied'],
  [ErrorCode.IsDirectory]: ['EISDIR', 'that is a directory'],
  [ErrorCode.InvalidArgument]: ['EINVAL', 'invalid argument'],
  [ErrorCode.SystemFileLimit]: ['ENFILE', 'the system is out of file descriptors'],
  [ErrorCode.ProcessFileLimit]: ['EMFILE', 'the process is out of file descriptors'],
  [ErrorCode.BrokenPipe]: ['EPIPE', 'the peer no longer receives'],
  [ErrorCode.BadMessage]: ['EBADMSG', 'the peer broke the protocol'],
  [ErrorCode.MessageSize]: ['EMSGSIZE', 'the length is not allowed'],
  [ErrorCode.UnknownOption]: ['ENOPROTOOPT', 'the socket has no such option'],
  [ErrorCode.AddressFamily]: ['EAFNOSUPPORT', 'the addresses are not of one family'],
  [ErrorCode.AddressInUse]: ['EADDRINUSE', 'the address is already in use'],
  [ErrorCode.AddressNotAvailable]: ['EADDRNOTAVAIL', 'the address is not available'],
  [ErrorCode.NetworkUnreachable]: ['ENETUNREACH', 'the network cannot be reached'],
  [ErrorCode.ConnectionAborted]: ['ECONNABORTED', 'the connection was aborted'],
  [ErrorCode.ConnectionReset]: ['ECONNRESET', 'the peer reset the connection'],
  [ErrorCode.TimedOut]: ['ETIMEDOUT', 'the time is over'],
  [ErrorCode.ConnectionRefused]: ['ECONNREFUSED', 'nobody listens at the address'],
  [ErrorCode.HostUnreachable]: ['EHOSTUNREACH', 'the host cannot be reached'],
  [ErrorCode.Canceled]: ['ECANCELED', 'refused by the listener or called off'],
  [ErrorCode.ObjectNotFound]: ['ERR_HP_OBJECT_NOT_FOUND', 'no such connection'],
  [ErrorCode.InvalidState]: ['ERR_HP_INVALID_STATE', 'not possible in this state'],
  [ErrorCode.PendingLimit]: ['ERR_HP_PENDING_LIMIT', 'too many bytes are waiting to be sent'],
  [ErrorCode.FileTooLarge]: ['ERR_HP_FILE_TOO_LARGE', 'the file is too large for one send'],
  [ErrorCode.Empty]: ['ERR_HP_EMPTY', 'the file is empty'],
  [ErrorCode.ConnectionLimit]: ['ERR_HP_CONNECTION_LIMIT', 'the connection limit is reached'],
  [ErrorCode.SelfConnect]: ['ERR_HP_SELF_CONNECT', 'the connect reached its own socket'],
  [ErrorCode.NotSupported]: ['ERR_HP_NOT_SUPPORTED', 'the component does not offer it'],
  [ErrorCode.Truncated]: ['ERR_HP_TRUNCATED', 'the peer ended the stream without a TLS close_notify'],
  [ErrorCode.InvalidPassword]: ['ERR_HP_INVALID_PASSWORD', 'the password of the private key is wrong'],
  [ErrorCode.KeyMismatch]: ['ERR_HP_KEY_MISMATCH', 'the private key does not belong to the certificate'],
  [ErrorCode.BadFileType]: ['ERR_HP_BAD_FILE_TYPE', 'that is neither a file nor a directory'],
  [ErrorCode.AlreadyInitialized]: ['ERR_HP_ALREADY_INITIALIZED', 'that has been done already'],
};

/** The name of an error code, such as `'ECONNRESET'`; `'E<number>'` for one without a name here. */
export function errorName(code: number): string {
  return DESCRIPTIONS[code]?.[0] ?? `E${String(code)}`;
}

/** An error code in words; `'system error <number>'` for one without words here. HP-Socket: `SYS_GetLastErrorStr`. */
export function describeError(code: number): string {
  const kind = isOwnError(code) ? 'unknown error' : 'system error';
  return DESCRIPTIONS[code]?.[1] ?? `${kind} ${String(code)}`;
}

const SOCKET_ERRORS: Readonly<Record<SocketError, readonly [code: string, text: string]>> = {
  [SocketError.Ok]: ['SE_OK', 'no error'],
  [SocketError.IllegalState]: ['SE_ILLEGAL_STATE', 'not possible in the present state'],
  [SocketError.InvalidParam]: ['SE_INVALID_PARAM', 'an argument or setting is out of its range'],
  [SocketError.SocketCreate]: ['SE_SOCKET_CREATE', 'the socket could not be made'],
  [SocketError.SocketBind]: ['SE_SOCKET_BIND', 'the address could not be bound'],
  [SocketError.SocketPrepare]: ['SE_SOCKET_PREPARE', 'the listener refused to go on'],
  [SocketError.SocketListen]: ['SE_SOCKET_LISTEN', 'listening failed'],
  [SocketError.CpCreate]: ['SE_CP_CREATE', 'the poller could not be made'],
  [SocketError.WorkerThreadCreate]: ['SE_WORKER_THREAD_CREATE', 'a thread could not be started'],
  [SocketError.DetectThreadCreate]: ['SE_DETECT_THREAD_CREATE', 'the probe thread could not be started'],
  [SocketError.SocketAttachToCp]: ['SE_SOCKE_ATTACH_TO_CP', 'the socket could not be attached to the poller'],
  [SocketError.ConnectServer]: ['SE_CONNECT_SERVER', 'connecting failed'],
  [SocketError.Network]: ['SE_NETWORK', 'the network failed'],
  [SocketError.DataProc]: ['SE_DATA_PROC', 'processing data failed'],
  [SocketError.DataSend]: ['SE_DATA_SEND', 'sending data failed'],
  [SocketError.SslEnvNotReady]: ['SE_SSL_ENV_NOT_READY', 'the TLS context is missing'],
};

/** A socket error in words; `'unknown error'` for any other number. HP-Socket: `HP_GetSocketErrorDesc`. */
export function describeSocketError(error: SocketError): string {
  return (SOCKET_ERRORS[error] as readonly [string, string] | undefined)?.[1] ?? 'unknown error';
}

/** What is known of a failure besides its kind. */
export interface HpSocketErrorDetails {
  /** The ErrorCode behind it. */
  readonly errno?: ErrorCode | undefined;
  /** The system call that failed, such as `'bind'`. */
  readonly syscall?: string | undefined;
  /** The address it was about. */
  readonly address?: string | undefined;
  /** The port it was about. */
  readonly port?: number | undefined;
}

function systemNumber(errno: ErrorCode | undefined): number | undefined {
  return errno === undefined || isOwnError(errno) ? undefined : binding.systemNumber(errno);
}

const MARK = Symbol.for('@hp/core-native.HpSocketError');

/**
 * What lifecycle and configuration calls throw. `code` names the kind (`'SE_SOCKET_BIND'`),
 * `systemCode` what the system said (`'EADDRINUSE'`), and the message what to do.
 */
export class HpSocketError extends Error {
  /** `'HpSocketError'`. */
  override readonly name = 'HpSocketError';
  /** HP-Socket's number of the kind of failure: `EnSocketError`. */
  readonly socketError: SocketError;
  /** The kind of failure as a string, such as `'SE_SOCKET_BIND'`. */
  readonly code: string;
  /** The ErrorCode behind it, or `undefined`. */
  readonly errno: ErrorCode | undefined;
  /**
   * The operating system's own number for `errno`: on Linux the same, on Windows Winsock's, such as
   * 10048 for `EADDRINUSE`. `undefined` where this framework refused.
   */
  readonly systemErrno: number | undefined;
  /** The name of `errno`, such as `'EADDRINUSE'`, or `undefined`. */
  readonly systemCode: string | undefined;
  /** The system call that failed, or `undefined`. */
  readonly syscall: string | undefined;
  /** The address it was about, or `undefined`. */
  readonly address: string | undefined;
  /** The port it was about, or `undefined`. */
  readonly port: number | undefined;

  constructor(socketError: SocketError, message: string, details: HpSocketErrorDetails = {}) {
    super(message);
    this.socketError = socketError;
    this.code = SOCKET_ERRORS[socketError][0];
    this.errno = details.errno;
    this.systemErrno = systemNumber(details.errno);
    this.systemCode = details.errno === undefined ? undefined : errorName(details.errno);
    this.syscall = details.syscall;
    this.address = details.address;
    this.port = details.port;
    // Recognises errors of another copy of this package too.
    Object.defineProperty(this, MARK, { value: true });
  }

  /** Whether `value` is an HpSocketError, of whichever copy of this package. */
  static isInstance(value: unknown): value is HpSocketError {
    return typeof value === 'object' && value !== null && MARK in value;
  }
}
