// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { LoggedEvent } from '../../src/console/protocol.js';
import { timeOfDay } from './format.js';
import { useWindow } from './use-window.js';

/** Pixels; the style sheet says the same. */
const ROW_HEIGHT = 20;

/** The events, the newest last. It follows them for as long as its end is in view. */
export function EventList({ events }: { readonly events: readonly LoggedEvent[] }): VNode {
  const { scroller, first, count, onScroll } = useWindow(ROW_HEIGHT);
  const follows = useRef(true);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element !== null && follows.current) element.scrollTop = element.scrollHeight;
  }, [events.length, events.at(-1)?.number, scroller]);
  const scroll = (): void => {
    const element = scroller.current;
    if (element !== null) {
      follows.current = element.scrollTop + element.clientHeight > element.scrollHeight - 2 * ROW_HEIGHT;
    }
    onScroll();
  };
  return (
    <div
      class="log"
      role="log"
      aria-live="off"
      aria-label="Events"
      tabIndex={0}
      ref={scroller}
      onScroll={scroll}
    >
      <div class="rows" style={{ height: `${events.length * ROW_HEIGHT}px` }}>
        {events.slice(first, first + count).map((event, index) => (
          <EventRow key={event.number} event={event} top={(first + index) * ROW_HEIGHT} />
        ))}
      </div>
    </div>
  );
}

function EventRow({ event, top }: { readonly event: LoggedEvent; readonly top: number }): VNode {
  const { at, source, name, connection, detail } = event;
  return (
    <div class="event" data-event={name} style={{ top: `${top}px` }}>
      <time>{timeOfDay(at)}</time>
      <span>{source}</span>
      <span class="number">{connection === undefined ? '' : `#${connection}`}</span>
      <b>{name}</b>
      <span title={detail}>{detail}</span>
    </div>
  );
}
