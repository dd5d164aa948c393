// SPDX-License-Identifier: Apache-2.0
import type { MultiConnectionComponent, MultiConnectionListener } from '@hp/core-native';
import type { ComponentStats } from '@hp/tcp';
import { quantity, megabytes, seconds } from '../terminal/text.js';
import { echoBack } from '../echo-back.js';
import { LiveRate } from './live-rate.js';

const LIVE_MS = 1000;

/**
 * An echo server's listener that shows what goes through: a line a second while connections are
 * open, and the sums when the last one has gone. It reads the component's own counters, so that it
 * costs nothing per message.
 */
export class TrafficReport implements MultiConnectionListener<MultiConnectionComponent> {
  readonly onReceive: typeof echoBack = echoBack;
  readonly #print: (line: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #open = 0;
  #accepted = 0;
  #startedAt = 0;
  /** When the last connections had gone. The first bytes may be counted before the first event is told. */
  #before: ComponentStats | undefined;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  onAccept(server: MultiConnectionComponent): void {
    if (this.#open++ === 0) this.#begin(server);
    this.#accepted++;
  }

  onClose(server: MultiConnectionComponent): void {
    if (--this.#open > 0) return;
    clearInterval(this.#timer);
    const { received, sent, lost } = this.#traffic(server);
    this.#print(
      `all closed: ${quantity(this.#accepted, 'connection')}, received ${quantity(received, 'byte')}, ` +
        `sent ${quantity(sent, 'byte')} in ${seconds(performance.now() - this.#startedAt)}`,
    );
    if (lost > 0) this.#print(`${quantity(lost, 'datagram')} found no room in the buffer of the system`);
    this.#before = server.stats();
  }

  onShutdown(): void {
    this.#before = undefined;
  }

  #begin(component: MultiConnectionComponent): void {
    this.#startedAt = performance.now();
    this.#accepted = 0;
    const receiveRate = new LiveRate();
    const sendRate = new LiveRate();
    const showLive = (): void => {
      const { received, sent } = this.#traffic(component);
      const receivedPerSecond = receiveRate.update(received);
      const sentPerSecond = sendRate.update(sent);
      if (receivedPerSecond <= 0 && sentPerSecond <= 0) return;
      this.#print(
        `${quantity(this.#open, 'connection')}  received ${megabytes(receivedPerSecond)}/s  sent ${megabytes(sentPerSecond)}/s`,
      );
    };
    receiveRate.update(0);
    sendRate.update(0);
    this.#timer = setInterval(showLive, LIVE_MS);
  }

  #traffic(component: MultiConnectionComponent): { received: number; sent: number; lost: number } {
    const now = component.stats();
    return {
      received: now.bytesReceived - (this.#before?.bytesReceived ?? 0),
      sent: now.bytesSent - (this.#before?.bytesSent ?? 0),
      lost: now.lostDatagrams - (this.#before?.lostDatagrams ?? 0),
    };
  }
}
