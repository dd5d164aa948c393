// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import type { ConnectionSlice, ConnectionView } from '../../src/console/protocol.js';
import { age, bytes } from './format.js';
import type { ListWindow } from './use-window.js';

/** Pixels; the style sheet says the same. */
export const ROW_HEIGHT = 26;

interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
  readonly show: (connection: ConnectionView) => string;
}

const columns: readonly Column[] = [
  { title: 'Id', isNumber: true, show: ({ id }) => String(id) },
  { title: 'State', show: ({ state }) => state },
  { title: 'Remote address', show: ({ remote }) => remote },
  { title: 'Local address', show: ({ local }) => local },
  { title: 'Age', isNumber: true, show: ({ ageMs }) => age(ageMs) },
  { title: 'In', isNumber: true, show: ({ bytesIn }) => bytes(bytesIn) },
  { title: 'Out', isNumber: true, show: ({ bytesOut }) => bytes(bytesOut) },
  { title: 'Pending', isNumber: true, show: ({ pending }) => bytes(pending) },
];

interface ConnectionTableProps {
  readonly slice: Pick<ConnectionSlice, 'offset' | 'total' | 'rows'>;
  readonly selected: number | undefined;
  readonly onSelect: (id: number) => void;
  readonly list: ListWindow;
}

/** A table of which only the rows in view exist. Arrow keys select, Escape selects none. */
export function ConnectionTable({ slice, selected, onSelect, list }: ConnectionTableProps): VNode {
  const { offset, total, rows } = slice;
  const at = rows.findIndex(({ id }) => id === selected);
  const go = (index: number): void => {
    const next = Math.min(Math.max(index, 0), total - 1);
    const row = rows[next - offset];
    const scroller = list.scroller.current;
    if (row === undefined || scroller === null) return;
    onSelect(row.id);
    const top = next * ROW_HEIGHT;
    const lowest = top - scroller.clientHeight + 2 * ROW_HEIGHT;
    scroller.scrollTop = Math.max(Math.min(scroller.scrollTop, top), lowest);
  };
  const steer = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onSelect(0);
    else if (event.key === 'ArrowDown') go(at < 0 ? list.first : offset + at + 1);
    else if (event.key === 'ArrowUp') go(at < 0 ? list.first : offset + at - 1);
    else return;
    event.preventDefault();
  };
  return (
    <div
      class="grid"
      role="grid"
      aria-label="Connections"
      aria-rowcount={total + 1}
      aria-activedescendant={at < 0 ? undefined : `connection-${selected ?? 0}`}
      tabIndex={0}
      ref={list.scroller}
      onScroll={list.onScroll}
      onKeyDown={steer}
    >
      <div class="cells titles" role="row" aria-rowindex={1}>
        {columns.map(({ title, isNumber }) => (
          <span key={title} role="columnheader" class={isNumber === true ? 'number' : undefined}>
            {title}
          </span>
        ))}
      </div>
      <div class="rows" role="rowgroup" style={{ height: `${total * ROW_HEIGHT}px` }}>
        {rows.map((connection, index) => (
          <div
            key={connection.id}
            id={`connection-${connection.id}`}
            class="cells"
            role="row"
            aria-rowindex={offset + index + 2}
            aria-selected={connection.id === selected}
            data-state={connection.state}
            style={{ top: `${(offset + index) * ROW_HEIGHT}px` }}
            onClick={() => onSelect(connection.id)}
          >
            {columns.map(({ title, isNumber, show }) => (
              <span key={title} role="gridcell" class={isNumber === true ? 'number' : undefined}>
                {show(connection)}
              </span>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
