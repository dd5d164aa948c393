// SPDX-License-Identifier: Apache-2.0
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** What a channel has published about a connection. */
export interface PublishedMessage {
  readonly channel: string;
  readonly component: number;
  readonly id: number;
  readonly operation?: number;
  readonly errorCode?: number;
}

/** What the diagnostics channels publish, until it is disposed of. */
export class PublishedConnections implements Disposable {
  readonly messages: PublishedMessage[] = [];
  readonly #open = (message: unknown): void => {
    this.messages.push({ channel: 'open', ...(message as Omit<PublishedMessage, 'channel'>) });
  };
  readonly #close = (message: unknown): void => {
    this.messages.push({ channel: 'close', ...(message as Omit<PublishedMessage, 'channel'>) });
  };

  constructor() {
    subscribe('hp-socket:connection:open', this.#open);
    subscribe('hp-socket:connection:close', this.#close);
  }

  [Symbol.dispose](): void {
    unsubscribe('hp-socket:connection:open', this.#open);
    unsubscribe('hp-socket:connection:close', this.#close);
  }
}
