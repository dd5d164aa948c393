// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { LoggedEvent, Message, Sample, Update } from '../../src/console/protocol.js';
import { ConsoleStore, HISTORY, KEPT_EVENTS } from './console-store.js';

/** As much of a WebSocket as the store needs. */
class FakeSocket extends EventTarget {
  readonly sent: unknown[] = [];

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }

  open(): void {
    this.dispatchEvent(new Event('open'));
  }

  receive(message: Message): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }

  close(): void {
    this.dispatchEvent(new Event('close'));
  }
}

function connected(): { socket: FakeSocket; store: ConsoleStore } {
  const socket = new FakeSocket();
  const store = new ConsoleStore(socket as unknown as WebSocket);
  socket.open();
  return { socket, store };
}

function update(news: Partial<Update>): Update {
  const connections = { component: 0, offset: 0, total: 0, rows: [] };
  return { type: 'update', components: [], connections, samples: [], events: [], lastEvent: 0, ...news };
}

function event(number: number): LoggedEvent {
  return { number, at: 0, component: 1, source: 'TcpServer 1', name: 'onReceive', detail: '' };
}

function sample(component: number): Sample {
  return { component, messages: 1, bytesIn: 2, bytesOut: 3 };
}

const component = {
  id: 1,
  kind: 'TcpServer',
  name: 'TcpServer 1',
  state: 'started',
  place: '127.0.0.1:1',
  connectionCount: 0,
  problem: '',
} as const;

describe('the store of the page', () => {
  it('settles what was asked for with its own answer', async () => {
    const { socket, store } = connected();
    const first = store.ask({ type: 'stop', component: 1 });
    const second = store.ask({ type: 'stop', component: 2 });
    socket.receive({ type: 'answer', request: 2, error: 'there is no component 2' });
    socket.receive({ type: 'answer', request: 1, component: 5 });
    await expect(second).rejects.toThrow('there is no component 2');
    await expect(first).resolves.toMatchObject({ component: 5 });
    expect(socket.sent[0]).toEqual({ type: 'stop', component: 1, request: 1 });
  });

  it('lets nobody wait for a console that has ended', async () => {
    const { socket, store } = connected();
    const asked = store.ask({ type: 'stop', component: 1 });
    socket.close();
    await expect(asked).rejects.toThrow('the console has ended');
    await expect(store.ask({ type: 'stop', component: 1 })).rejects.toThrow('cannot be reached');
    expect(store.connection).toBe('closed');
  });

  it('counts the events that it was not told of', () => {
    const { socket, store } = connected();
    socket.receive(update({ events: [event(3), event(4)], lastEvent: 10 }));
    expect([store.events.length, store.leftOut]).toEqual([2, 8]);
    socket.receive(update({ events: [event(11)], lastEvent: 11 }));
    expect([store.events.length, store.leftOut]).toEqual([3, 8]);
    store.clearEvents();
    expect([store.events.length, store.leftOut]).toEqual([0, 0]);
  });

  it('keeps no more than some events', () => {
    const { socket, store } = connected();
    const events = Array.from({ length: KEPT_EVENTS }, (_, index) => event(index + 1));
    socket.receive(update({ events, lastEvent: KEPT_EVENTS }));
    socket.receive(update({ events: [event(KEPT_EVENTS + 1)], lastEvent: KEPT_EVENTS + 1 }));
    expect([store.events.length, store.events[0]?.number]).toEqual([KEPT_EVENTS, 2]);
  });

  it('keeps two minutes of samples, and those of components that are there', () => {
    const { socket, store } = connected();
    for (let second = 0; second < HISTORY + 5; second++) {
      socket.receive(update({ components: [component], samples: [sample(1)] }));
    }
    expect(store.history.get(1)).toHaveLength(HISTORY);
    socket.receive(update({ samples: [] }));
    expect(store.history.size).toBe(0);
  });

  it('tells who listens, until they no longer do', () => {
    const { socket, store } = connected();
    let changes = 0;
    const end = store.subscribe(() => changes++);
    socket.receive(update({}));
    end();
    socket.receive(update({}));
    expect(changes).toBe(1);
  });
});
