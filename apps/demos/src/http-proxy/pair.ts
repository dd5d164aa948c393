// SPDX-License-Identifier: Apache-2.0
import { relay, type TcpAgent, type TcpServer } from '@hp/tcp';

/**
 * A connection of the server and one of the agent, each known by its id, and the ways between them. What goes
 * to a side that is slow waits there, and the other side is not read meanwhile.
 */
export class Pair {
  /** The connection to a host; `undefined` while there is none. */
  host: number | undefined;
  readonly client: number;
  readonly #server: TcpServer;
  readonly #agent: TcpAgent;
  #isJoined = false;

  constructor(server: TcpServer, client: number, agent: TcpAgent) {
    this.#server = server;
    this.client = client;
    this.#agent = agent;
  }

  /** Sends to the client, and stops reading from the host where the client is behind. `clientDrained` undoes that. */
  toClient(...pieces: readonly Buffer[]): void {
    // Refused: the connection is over, or has left more than it may unsent.
    if (!this.#server.sendPackets(this.client, pieces)) this.#server.disconnect(this.client);
    if (this.host !== undefined && this.isClientCongested) this.#agent.pauseReceive(this.host);
  }

  /** Whether the client is behind, until the server's `onDrain`. */
  get isClientCongested(): boolean {
    return this.#server.isCongested(this.client);
  }

  clientDrained(): void {
    if (this.host !== undefined) this.#agent.pauseReceive(this.host, false);
  }

  toHost(...pieces: readonly Buffer[]): void {
    if (this.host !== undefined && !this.#agent.sendPackets(this.host, pieces)) {
      this.#agent.disconnect(this.host);
    }
  }

  /** Whether the host is behind, until the agent's `onDrain`. */
  get isHostCongested(): boolean {
    return this.host !== undefined && this.#agent.isCongested(this.host);
  }

  /** Joins the two for good: from now on `onReceive` is called for neither, and the end of one is that of the other. */
  join(): void {
    const { client, host } = this;
    if (host === undefined || !this.#server.isConnected(client) || !this.#agent.isConnected(host)) return;
    this.#isJoined = true;
    void relay(this.#server, client, this.#agent, host);
    // They may have been behind each other before.
    this.#server.pauseReceive(client, false);
    this.#agent.pauseReceive(host, false);
  }

  get isJoined(): boolean {
    return this.#isJoined;
  }

  /** Ends the connection to the host, where there is one; what is joined ends by itself. */
  dropHost(): void {
    if (this.host === undefined || this.#isJoined) return;
    this.#agent.disconnect(this.host);
    this.host = undefined;
  }
}
