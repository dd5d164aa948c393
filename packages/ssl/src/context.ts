// SPDX-License-Identifier: Apache-2.0
import { HpSocketError, SocketError } from '@hp/core-native';
import type { NativeSslContext } from './binding.js';
import { makeContext, verifiesServers } from './context-config.js';
import {
  type CompleteOptions,
  INITIAL_OPTIONS,
  type SslContextOptions,
  withOptions,
} from './context-options.js';
import { binding } from './load-binding.js';
import { nodeRoots } from './roots.js';

/** What is behind a context, for this package alone. */
export interface ContextParts {
  /** One for the life of the context: a reload changes what it has. */
  readonly native: NativeSslContext;
  /** What it was made of; it also keeps the contexts of `serverNames` alive. */
  options: CompleteOptions;
  /** Agents or clients use it, or have used it. */
  servesClients: boolean;
}

let readParts: (context: SslContext) => ContextParts;

/** What is behind a context. */
export function partsOf(context: SslContext): ContextParts {
  return readParts(context);
}

/** Whether `value` is a context of this copy of the package. */
export function isContext(value: unknown): value is SslContext {
  return value instanceof SslContext;
}

/** Lets agents and clients verify servers by Node's root certificates too; reading them takes a while, the first time. */
export function serveClients(parts: ContextParts): void {
  parts.servesClients = true;
  if (verifiesServers(parts.options) && !binding.hasRoots(parts.native)) {
    binding.setRoots(parts.native, nodeRoots());
  }
}

function complete(options: CompleteOptions, more: SslContextOptions): CompleteOptions {
  const completed = withOptions(options, more);
  for (const [name, context] of Object.entries(completed.serverNames ?? {})) {
    if (isContext(context)) continue;
    throw new HpSocketError(SocketError.InvalidParam, `serverNames['${name}'] must be an SslContext.`);
  }
  return completed;
}

function setServerNames({ native, options }: ContextParts): void {
  const names = Object.entries(options.serverNames ?? {});
  binding.setServerNames(
    native,
    names.map(([name, context]) => ({ name: name.toLowerCase(), context: partsOf(context).native })),
  );
}

/**
 * Certificate, key, who is trusted and how TLS is spoken: what the option `context` of an SSL component takes.
 * Any number of components may share one; agents and clients of one context also share the sessions that they
 * resume. HP-Socket: `SetupSSLContext`, `SetupSSLContextByMemory`, `AddSSLContext`.
 *
 * @example
 * ```ts
 * const context = new SslContext({ cert: 'server.crt', key: 'server.key' });
 * const server = new SslServer({ onReceive: (server, id, data) => void server.send(id, data) }, { context });
 * process.on('SIGHUP', () => context.reload());
 * ```
 */
export class SslContext {
  static {
    readParts = (context) => context.#parts;
  }

  readonly #parts: ContextParts;

  /**
   * Reads the files that are named.
   * @throws HpSocketError (`SE_INVALID_PARAM`) for an option out of its range and for what cannot be used; `errno` says
   * why: `FileNotFound`, `BadFileType`, `InvalidArgument` (a certificate without its key), `InvalidPassword`,
   * `KeyMismatch`, `BadMessage` (no PEM, or not of the kind), `Empty` (no cipher), or what the system says of a file.
   */
  constructor(options: SslContextOptions = {}) {
    const completed = complete(INITIAL_OPTIONS, options);
    this.#parts = { native: makeContext(completed), options: completed, servesClients: false };
    setServerNames(this.#parts);
  }

  /**
   * Reads all files again, for new connections; those that live keep what they have.
   * @param options - what is to be different from now on; what is absent stays.
   * @throws HpSocketError as the constructor; nothing is changed then.
   */
  reload(options: SslContextOptions = {}): void {
    const parts = this.#parts;
    const completed = complete(parts.options, options);
    const next: ContextParts = { native: makeContext(completed), options: completed, servesClients: false };
    if (parts.servesClients) serveClients(next);
    binding.replaceContext(parts.native, next.native);
    parts.options = completed;
    setServerNames(parts);
  }
}
