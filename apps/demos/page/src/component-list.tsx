// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import type { ComponentView } from '../../src/console/protocol.js';
import { count } from './format.js';

interface ComponentListProps {
  readonly components: readonly ComponentView[];
  readonly selected: number | undefined;
  readonly onSelect: (id: number) => void;
}

/** All components; the selected one is shown beside. */
export function ComponentList({ components, selected, onSelect }: ComponentListProps): VNode {
  return (
    <nav class="panel" aria-label="Components">
      <h2>Components</h2>
      {components.length === 0 && <p class="empty">None.</p>}
      <ul class="components">
        {components.map(({ id, name, state, place, connectionCount }) => (
          <li key={id}>
            <button type="button" aria-current={id === selected} onClick={() => onSelect(id)}>
              <span class="dot" data-state={state} />
              <b>{name}</b>
              <span class="number">{state === 'started' ? count(connectionCount) : state}</span>
              <small>{place}</small>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
