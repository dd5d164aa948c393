// SPDX-License-Identifier: Apache-2.0
import type { MultiConnectionComponent } from '@hp/core-native';
import type { ComponentStats, ServerListener, TcpServer } from '@hp/tcp';
import { quantity, megabytes, seconds } from '../console/text.js';
import { echoBack } from '../echo-back.js';
import { LiveRate } from '../load/live-rate.js';

const LIVE_MS = 1000;

/**
 * An echo server's listener that shows what goes through: a line a second while connections are
 * open, and the sums when the last one has gone. It reads the component's own counters, so that it
 * costs nothing per message.
 */
export class TrafficReport implements ServerListener<TcpServer> {
  readonly onReceive: typeof echoBack = echoBack;
  readonly #print: (line: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #open = 0;
  #accepted = 0;
  #startedAt = 0;
  #before: ComponentStats | undefined;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  onAccept(server: TcpServer): void {
    if (this.#open++ === 0) this.#begin(server);
    this.#accepted++;
  }

  onClose(server: TcpServer): void {
    if (--this.#open > 0) return;
    clearInterval(this.#timer);
    const { received, sent } = this.#traffic(server);
    this.#print(
      `all closed: ${quantity(this.#accepted, 'connection')}, received ${quantity(received, 'byte')}, ` +
        `sent ${quantity(sent, 'byte')} in ${seconds(performance.now() - this.#startedAt)}`,
    );
  }

  #begin(component: MultiConnectionComponent): void {
    this.#before = component.stats();
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

  #traffic(component: MultiConnectionComponent): { received: number; sent: number } {
    const now = component.stats();
    return {
      received: now.bytesReceived - (this.#before?.bytesReceived ?? 0),
      sent: now.bytesSent - (this.#before?.bytesSent ?? 0),
    };
  }
}
