// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { eventNames, type LoggedEvent } from '../../src/console/protocol.js';
import type { ConsoleStore } from './console-store.js';
import { EventList } from './event-list.js';
import { count } from './format.js';

/** Which events are shown; empty: all. */
interface Filter {
  readonly source: string;
  readonly name: string;
  readonly text: string;
}

/** The log of all components. */
export function EventPanel({ store }: { readonly store: ConsoleStore }): VNode {
  const [filter, setFilter] = useState<Filter>({ source: '', name: '', text: '' });
  const [held, setHeld] = useState<readonly LoggedEvent[]>();
  const shown = (held ?? store.events).filter((event) => passes(event, filter));
  const lastHeld = held?.at(-1)?.number ?? 0;
  const waiting = held === undefined ? 0 : store.events.filter(({ number }) => number > lastHeld).length;
  const sources = new Set([
    ...store.components.map(({ name }) => name),
    ...store.events.map(({ source }) => source),
  ]);
  const clear = (): void => {
    store.clearEvents();
    setHeld(held && []);
  };
  return (
    <section class="panel events" aria-label="Events">
      <div class="row">
        <h2>Events</h2>
        <span class="number">
          {count(shown.length)}
          {waiting > 0 && <small> {count(waiting)} new</small>}
          {store.leftOut > 0 && <small> {count(store.leftOut)} left out</small>}
        </span>
        <span class="spring" />
        <Choice
          label="Component"
          all="all components"
          choices={[...sources]}
          value={filter.source}
          onChange={(source) => setFilter({ ...filter, source })}
        />
        <Choice
          label="Event"
          all="all events"
          choices={eventNames}
          value={filter.name}
          onChange={(name) => setFilter({ ...filter, name })}
        />
        <input
          type="search"
          aria-label="Text in events"
          placeholder="text"
          value={filter.text}
          onInput={({ currentTarget }) => setFilter({ ...filter, text: currentTarget.value })}
        />
        <button
          type="button"
          aria-pressed={held !== undefined}
          onClick={() => setHeld(held === undefined ? store.events : undefined)}
        >
          {held === undefined ? 'Pause log' : 'Resume log'}
        </button>
        <button type="button" onClick={clear}>
          Clear
        </button>
      </div>
      <EventList events={shown} />
    </section>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly all: string;
  readonly choices: readonly string[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Choice({ label, all, choices, value, onChange }: ChoiceProps): VNode {
  return (
    <select aria-label={label} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
      <option value="">{all}</option>
      {choices.map((choice) => (
        <option key={choice}>{choice}</option>
      ))}
    </select>
  );
}

function passes({ source, name, connection, detail }: LoggedEvent, filter: Filter): boolean {
  if (filter.source !== '' && filter.source !== source) return false;
  if (filter.name !== '' && filter.name !== name) return false;
  const text = `#${connection ?? ''} ${name} ${detail}`.toLowerCase();
  return text.includes(filter.text.toLowerCase());
}
