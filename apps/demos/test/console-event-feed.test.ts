// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { EventFeed } from '../src/console/event-feed.js';
import type { EventName } from '../src/console/protocol.js';

const source = { id: 7, name: 'TcpServer 7' };

function add(feed: EventFeed, name: EventName, count: number): number {
  let described = 0;
  for (let index = 0; index < count; index++) feed.add(source, name, index + 1, () => `event ${++described}`);
  return described;
}

describe('the feed of events', () => {
  it('keeps events with their numbers, oldest first', () => {
    const feed = new EventFeed();
    feed.add(source, 'onPrepareListen', undefined, () => '');
    feed.add(source, 'onAccept', 1, () => '127.0.0.1:5');
    expect(feed.since(0)).toMatchObject([
      { number: 1, component: 7, source: 'TcpServer 7', name: 'onPrepareListen', detail: '' },
      { number: 2, name: 'onAccept', connection: 1, detail: '127.0.0.1:5' },
    ]);
    expect(feed.since(0)[0]).not.toHaveProperty('connection');
    expect(feed.since(1).map(({ number }) => number)).toEqual([2]);
    expect(feed.since(2)).toEqual([]);
  });

  it('leaves data out under load, without describing it, and still counts it', () => {
    const feed = new EventFeed();
    const described = add(feed, 'onReceive', 100_000);
    expect(described).toBe(feed.since(0).length);
    expect(described).toBeLessThan(100);
    expect(feed.lastNumber).toBe(100_000);
  });

  it('has room for other events while there is a load', () => {
    const feed = new EventFeed();
    add(feed, 'onReceive', 1000);
    add(feed, 'onClose', 1);
    expect(feed.since(0).at(-1)).toMatchObject({ name: 'onClose', number: 1001 });
    expect(add(feed, 'onAccept', 100_000)).toBeLessThan(300);
  });

  it('goes on after a refill', () => {
    const feed = new EventFeed();
    add(feed, 'onReceive', 1000);
    const before = feed.lastNumber;
    expect(add(feed, 'onReceive', 1)).toBe(0);
    feed.refill();
    expect(add(feed, 'onReceive', 1)).toBe(1);
    expect(feed.since(before).map(({ number }) => number)).toEqual([1002]);
  });

  it('keeps a thousand events, however many there were', () => {
    const feed = new EventFeed();
    for (let round = 0; round < 100; round++) {
      add(feed, 'onAccept', 100);
      feed.refill();
      expect(feed.since(0).length).toBeLessThanOrEqual(1000);
    }
    const kept = feed.since(0);
    expect([kept.length, kept[0]?.number, kept.at(-1)?.number]).toEqual([1000, 9001, 10_000]);
  });
});
