// SPDX-License-Identifier: Apache-2.0
import type { SocketAddress } from '@hp/tcp';
import { EventLog } from '../terminal/event-log.js';
import { endpoint, printable, quantity } from '../terminal/text.js';
import type { Outcome } from './exchange.js';
import type { Request } from './message/request.js';
import type { Refusal } from './refusal.js';

const LONGEST_LINE_CHARACTERS = 100;

/** Shows what a proxy does. Ids are those of the clients' connections. */
export class ProxyLog extends EventLog {
  request(id: number, { head }: Request): void {
    this.event('request', id, printable(head.startLine, LONGEST_LINE_CHARACTERS));
  }

  connectedTo(
    id: number,
    agentId: number,
    remote: SocketAddress | undefined,
    local: SocketAddress | undefined,
  ): void {
    this.event('onConnect', id, `${endpoint(remote)} from ${endpoint(local)}, #${agentId} of the agent`);
  }

  response(id: number, { status, bytes }: Outcome, elapsedMs: number): void {
    this.event('response', id, `${status}, ${quantity(bytes, 'byte')} in ${elapsedMs.toFixed(0)} ms`);
  }

  refused(id: number, { status, message }: Refusal): void {
    this.event('refused', id, `${status}: ${printable(message)}`);
  }
}
