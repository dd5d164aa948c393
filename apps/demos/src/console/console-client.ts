// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { ComponentOptions, KindName } from './kinds.js';
import type { Answer, Message, Request, Update } from './protocol.js';

const PATIENCE_MS = 15_000;

/** Talks with a console as its page does, without one. */
export class ConsoleClient implements Disposable {
  readonly socket: WebSocket;
  readonly #listeners: Set<(message: Message) => void> = new Set();
  #lastRequest = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Message;
      for (const listener of this.#listeners) listener(message);
    });
    socket.on('close', () => this.#listeners.clear());
  }

  /** @param url - the address of the page. */
  static async connect(url: string): Promise<ConsoleClient> {
    const { host, origin, search } = new URL(url);
    const socket = new WebSocket(`ws://${host}/socket${search}`, { origin });
    await once(socket, 'open');
    return new ConsoleClient(socket);
  }

  /** Asks for something. Rejects with the console's reason where it is not done. */
  async ask(request: Request): Promise<Answer> {
    const number = ++this.#lastRequest;
    const answered = this.#message((message) =>
      message.type === 'answer' && message.request === number ? message : undefined,
    );
    this.socket.send(JSON.stringify({ ...request, request: number }));
    const answer = await answered;
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  /** Has a component made and started; returns its id. */
  async create(kind: KindName, options: Partial<ComponentOptions> = {}): Promise<number> {
    const { component = 0 } = await this.ask({ type: 'create', kind, options });
    return component;
  }

  /** Waits until an update has something. */
  shown<T>(find: (update: Update) => T | undefined): Promise<T> {
    return this.#message((message) => (message.type === 'update' ? find(message) : undefined));
  }

  [Symbol.dispose](): void {
    this.socket.terminate();
  }

  #message<T>(find: (message: Message) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#listeners.delete(look);
        reject(new Error('the console has not said what was waited for'));
      }, PATIENCE_MS);
      const look = (message: Message): void => {
        const found = find(message);
        if (found === undefined) return;
        clearTimeout(timer);
        this.#listeners.delete(look);
        resolve(found);
      };
      this.#listeners.add(look);
    });
  }
}
