// SPDX-License-Identifier: Apache-2.0
import { EventLog, type LoggedEvent } from '@hp/testkit';
import type { AgentListener, ClientListener, ServerListener, SslAgent, SslClient, SslServer } from '@hp/ssl';
import { agentListener, clientListener, serverListener } from '../../../tcp/test/support/listeners.js';

/** A close, and what `closeReason` said in it. */
export interface ReasonedClose extends LoggedEvent {
  readonly reason: string | undefined;
}

/** An EventLog that keeps the reasons of closes too. */
export class SecureLog extends EventLog {
  readonly #reasons = new Map<number, string | undefined>();

  note(id: number, reason: string | undefined): void {
    this.#reasons.set(id, reason);
  }

  /** The close of a connection, waiting for it. */
  async closeOf(id: number): Promise<ReasonedClose> {
    const find = () => this.all('onClose').find((event) => event.id === id);
    await this.until(
      () => find() !== undefined,
      () => `The close of ${id} (so far: ${this.names(id).join(', ')})`,
    );
    return { name: 'onClose', id, ...find(), reason: this.#reasons.get(id) };
  }

  /** The `count`-th close, waiting for it. */
  async closed(count = 1): Promise<ReasonedClose> {
    const event = await this.next('onClose', count);
    return { ...event, reason: this.#reasons.get(event.id) };
  }
}

/** A listener of a server that notes each event and then does what `hooks` say. */
export function notedServer(
  log: SecureLog,
  hooks: ServerListener<SslServer> = {},
): ServerListener<SslServer> {
  const onClose: ServerListener<SslServer>['onClose'] = (server, id, ...why) => {
    log.note(id, server.closeReason(id));
    return hooks.onClose?.(server, id, ...why);
  };
  const listener: unknown = serverListener(log, { ...hooks, onClose });
  return listener as ServerListener<SslServer>;
}

/** As `notedServer`, for an agent. */
export function notedAgent(log: SecureLog, hooks: AgentListener<SslAgent> = {}): AgentListener<SslAgent> {
  const onClose: AgentListener<SslAgent>['onClose'] = (agent, id, ...why) => {
    log.note(id, agent.closeReason(id));
    return hooks.onClose?.(agent, id, ...why);
  };
  const listener: unknown = agentListener(log, { ...hooks, onClose });
  return listener as AgentListener<SslAgent>;
}

/** As `notedServer`, for a client. */
export function notedClient(
  log: SecureLog,
  hooks: ClientListener<SslClient> = {},
): ClientListener<SslClient> {
  const onClose: ClientListener<SslClient>['onClose'] = (client, ...why) => {
    log.note(client.connectionId, client.closeReason);
    return hooks.onClose?.(client, ...why);
  };
  const listener: unknown = clientListener(log, { ...hooks, onClose });
  return listener as ClientListener<SslClient>;
}
