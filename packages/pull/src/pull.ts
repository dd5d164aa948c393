// SPDX-License-Identifier: Apache-2.0
import {
  type Component,
  type FetchResult,
  type ModelConnection,
  type ModelDecoder,
  type ReceiveModel,
  SettingStore,
} from '@hp/core-native';
import { count, find, take } from './access.js';
import { PullDecoder } from './decoder.js';
import { pullRules, type PullSettings } from './settings.js';

/** The PULL model with its calls; each names the component and the connection's id, a client's `connectionId`. */
export interface PullModel extends ReceiveModel<number> {
  /** As `PullSocket.fetch`. */
  fetch(component: Component, id: number, length: number): Buffer | undefined;
  /** As `PullSocket.fetch`. */
  fetch(component: Component, id: number, target: Uint8Array): FetchResult;
  /** As `PullSocket.peek`. */
  peek(component: Component, id: number, length: number): Buffer | undefined;
  /** As `PullSocket.peek`. */
  peek(component: Component, id: number, target: Uint8Array): FetchResult;
  /** As `PullSocket.indexOf`. */
  indexOf(component: Component, id: number, bytes: Uint8Array | number, from?: number): number;
  /** As `PullSocket.fetchableLength`. */
  fetchableLength(component: Component, id: number): number;
}

/**
 * The PULL receive model, for the option `model` of a component: received bytes are kept until they are
 * fetched, and `onReceive` gets the number of all that are there. It tells only of new arrivals, so fetch in a
 * loop for as long as there is enough. HP-Socket: the PULL components.
 * @throws HpSocketError where an option is out of its range.
 *
 * @example
 * ```ts
 * const model = pull();
 * const server = new TcpServer({ onReceive: (server, id, total) => console.log(model.fetch(server, id, total)) }, { model });
 * ```
 */
export function pull(options: Partial<PullSettings> = {}): PullModel {
  const settings = new SettingStore(pullRules);
  settings.setAll(options);
  const maxBufferedBytes = settings.get('maxBufferedBytes') as number;
  return {
    name: 'pull',
    open: (connection: ModelConnection<number>): ModelDecoder =>
      new PullDecoder(connection, maxBufferedBytes),
    fetch: ((component, id, wanted) => take(component, id, wanted, false)) as PullModel['fetch'],
    peek: ((component, id, wanted) => take(component, id, wanted, true)) as PullModel['peek'],
    indexOf: (component, id, bytes, from = 0) => find(component, id, bytes, from),
    fetchableLength: count,
  };
}
