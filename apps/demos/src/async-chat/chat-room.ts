// SPDX-License-Identifier: Apache-2.0
import type { ServerListener, SocketOperation, TcpServer } from '@hp/tcp';
import { describeClose } from '../terminal/event-log.js';
import { dateAndTime, endpoint, printable } from '../terminal/text.js';
import { type Message, MessageSplitter } from './message-splitter.js';
import { acknowledge, QUIT } from './protocol.js';

/** How long a client that has been told `quit` may take to close its side. */
const FAREWELL_MS = 1000;

/** What the server knows of a client. */
interface Guest {
  readonly name: string;
  readonly splitter: MessageSplitter;
  hasQuit: boolean;
}

type ChatServer = TcpServer<Guest>;

/** The server's side of the chat: shows what clients say, and answers each. */
export class ChatRoom implements ServerListener<ChatServer> {
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  onAccept(server: ChatServer, id: number): void {
    const name = `Client[${endpoint(server.getRemoteAddress(id))}]`;
    server.setConnectionExtra(id, { name, splitter: new MessageSplitter(), hasQuit: false });
    this.#show(`${name} has come, ${server.connectionCount} here`);
  }

  onReceive(server: ChatServer, id: number, data: Buffer): void {
    const guest = server.getConnectionExtra(id);
    if (guest === undefined) return;
    for (const message of guest.splitter.push(data)) {
      if (guest.hasQuit) return;
      this.#hear(guest, message);
      guest.hasQuit = message.text === QUIT;
      const reply = guest.hasQuit ? QUIT : acknowledge(message.text);
      server.send(id, Buffer.from(reply + message.lineBreak));
      if (guest.hasQuit) letGo(server, id);
    }
  }

  onClose(server: ChatServer, id: number, operation: SocketOperation, errorCode: number): void {
    const guest = server.getConnectionExtra(id);
    if (guest === undefined) return;
    for (const message of guest.splitter.finish()) this.#hear(guest, message);
    this.#show(`${guest.name} has gone: ${describeClose(operation, errorCode)}`);
  }

  #hear(guest: Guest, { text }: Message): void {
    this.#show(`Recv From ${guest.name}:${printable(text)}`);
  }

  #show(text: string): void {
    this.#print(`${dateAndTime()}, ${text}`);
  }
}

/** Ends a connection after what has been sent on it; `disconnect` would drop that. */
function letGo(server: ChatServer, id: number): void {
  server.end(id);
  setTimeout(() => server.disconnect(id), FAREWELL_MS).unref();
}
