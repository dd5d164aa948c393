// SPDX-License-Identifier: Apache-2.0
import {
  checkObject,
  checkSetting,
  type Component,
  ErrorCode,
  HpSocketError,
  oneOf,
  SocketError,
} from '@hp/core-native';
import { SslContext } from './context.js';
import type { SslContextOptions } from './context-options.js';
import { SslSessionMode } from './enums.js';

/** What `initializeSsl` takes: what a context is made of, and whose side it is for. */
export interface SslEnvironmentOptions extends SslContextOptions {
  /** The components it is for; absent: all of them. HP-Socket: `EnSSLSessionMode`. */
  readonly mode?: SslSessionMode | undefined;
}

interface Environment {
  readonly context: SslContext;
  readonly mode: SslSessionMode | undefined;
}

// HP-Socket has one for the process. Here each thread of JavaScript has its own, as it has its own components.
let environment: Environment | undefined;
const users: Set<Component> = new Set();

const MODE = oneOf(undefined, SslSessionMode.Client, SslSessionMode.Server);

/**
 * Makes the context of all SSL components of this thread that are given none of their own. HP-Socket:
 * `HP_SSL_Initialize`.
 * @throws HpSocketError as `new SslContext`; `SE_ILLEGAL_STATE` with `InvalidState` where it has been called already.
 *
 * @example
 * ```ts
 * initializeSsl({ mode: SslSessionMode.Server, cert: 'server.crt', key: 'server.key' });
 * ```
 */
export function initializeSsl(options: SslEnvironmentOptions = {}): void {
  checkObject(options);
  const { mode, ...contextOptions } = options;
  if (mode !== undefined) checkSetting('mode', MODE, mode);
  if (environment !== undefined) {
    throw new HpSocketError(
      SocketError.IllegalState,
      'initializeSsl has been called already; call cleanupSsl() first.',
      { errno: ErrorCode.InvalidState },
    );
  }
  environment = { context: new SslContext(contextOptions), mode };
}

/**
 * Gives up the context of `initializeSsl`, so that it may be called again; nothing where it has not been called.
 * HP-Socket: `HP_SSL_Cleanup`.
 * @throws HpSocketError (`SE_ILLEGAL_STATE`, `InvalidState`) while components that use it run.
 */
export function cleanupSsl(): void {
  if (users.size !== 0) {
    throw new HpSocketError(
      SocketError.IllegalState,
      `${String(users.size)} components use what initializeSsl made; await their stop() first.`,
      { errno: ErrorCode.InvalidState },
    );
  }
  environment = undefined;
}

/** Whether `initializeSsl` has been called, and `cleanupSsl` has not since. HP-Socket: `HP_SSL_IsValid`. */
export function isSslValid(): boolean {
  return environment !== undefined;
}

function notReady(message: string): HpSocketError {
  return new HpSocketError(SocketError.SslEnvNotReady, message);
}

/**
 * The context of a component that has none of its own; it counts as used until `leaveEnvironment`.
 * @throws HpSocketError (`SE_SSL_ENV_NOT_READY`) where there is none for its side.
 */
export function enterEnvironment(component: Component, mode: SslSessionMode): SslContext {
  if (environment === undefined) {
    throw notReady('There is no TLS context; give the option context, or call initializeSsl() first.');
  }
  if (environment.mode !== undefined && environment.mode !== mode) {
    throw notReady(
      `initializeSsl was given SslSessionMode.${SslSessionMode[environment.mode]}; this component needs its own context.`,
    );
  }
  users.add(component);
  return environment.context;
}

/** A component has stopped. */
export function leaveEnvironment(component: Component): void {
  users.delete(component);
}
