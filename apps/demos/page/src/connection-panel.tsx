// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { MAX_ROWS, type ComponentView } from '../../src/console/protocol.js';
import { ConnectionActions } from './connection-actions.js';
import { ConnectionTable, ROW_HEIGHT } from './connection-table.js';
import type { ConsoleStore } from './console-store.js';
import { count } from './format.js';
import { useWindow } from './use-window.js';

interface ConnectionPanelProps {
  readonly store: ConsoleStore;
  readonly component: ComponentView;
}

const none = { offset: 0, total: 0, rows: [] };

/** The connections of the selected component, and what can be done with the selected one. */
export function ConnectionPanel({ store, component }: ConnectionPanelProps): VNode {
  const list = useWindow(ROW_HEIGHT);
  const [selected, select] = useState(0);
  const isOpen = store.connection === 'open';
  const limit = Math.min(list.count, MAX_ROWS);
  useEffect(() => {
    if (!isOpen) return;
    void store
      .ask({ type: 'watch', component: component.id, offset: list.first, limit })
      .catch(() => undefined);
  }, [store, isOpen, component.id, list.first, limit]);
  const slice = store.connections.component === component.id ? store.connections : none;
  const { rows, total } = slice;
  // Of a client there is but one.
  const chosen = rows.find(({ id }) => id === selected) ?? (total === 1 ? rows[0] : undefined);
  return (
    <section class="panel connections" aria-label="Connections">
      <div class="row">
        <h2>Connections</h2>
        <span class="number">{count(total)}</span>
      </div>
      <ConnectionTable slice={slice} selected={chosen?.id} onSelect={select} list={list} />
      <ConnectionActions store={store} component={component} connection={chosen} />
    </section>
  );
}
