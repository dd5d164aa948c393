// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import {
  type ComponentOptions,
  initialOptions,
  isMeaningful,
  type KindName,
  kindNames,
  kinds,
  type OptionName,
} from '../../src/console/kinds.js';
import type { ComponentView } from '../../src/console/protocol.js';
import type { ConsoleStore } from './console-store.js';
import { useAsking } from './hooks.js';
import { OptionField } from './option-field.js';

type Edits = Partial<Record<KindName, Partial<ComponentOptions>>>;

interface FormProps {
  readonly store: ConsoleStore;
  readonly onStarted: (component: number) => void;
}

/** Asks for a component with its options, and starts it. */
export function ComponentForm({ store, onStarted }: FormProps): VNode {
  const [kind, setKind] = useState<KindName>('TcpServer');
  const [edits, setEdits] = useState<Edits>({});
  const asking = useAsking();
  const options = { ...initialOptions(kind), ...suggestion(kind, store.components), ...edits[kind] };

  const edit = (name: OptionName, value: string | number | boolean): void => {
    setEdits({ ...edits, [kind]: { ...edits[kind], [name]: value } });
  };
  const choose = (name: KindName): void => {
    setKind(name);
    asking.clear();
  };
  const start = (event: Event): void => {
    event.preventDefault();
    if (asking.isBusy) return;
    const known = [...kinds[kind].options, ...kinds[kind].more].map((name) => [name, options[name]]);
    asking.run(async () => {
      const chosen = Object.fromEntries(known) as Partial<ComponentOptions>;
      const { component } = await store.ask({ type: 'create', kind, options: chosen });
      onStarted(component ?? 0);
    });
  };
  const show = (names: readonly OptionName[]): VNode[] =>
    names
      .filter((name) => isMeaningful(name, options))
      .map((name) => (
        <OptionField key={name} name={name} value={options[name]} onChange={(value) => edit(name, value)} />
      ));

  return (
    <form class="panel form" aria-label="New component" noValidate onSubmit={start}>
      <h2>New component</h2>
      <div class="fields">
        <label for="kind">Kind</label>
        <select
          id="kind"
          value={kind}
          onChange={({ currentTarget }) => choose(currentTarget.value as KindName)}
        >
          {kindNames.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        {show(kinds[kind].options)}
      </div>
      <details>
        <summary>More options</summary>
        <div class="fields">{show(kinds[kind].more)}</div>
      </details>
      <button type="submit" class="primary" aria-disabled={asking.isBusy}>
        Start
      </button>
      {asking.error !== '' && (
        <p class="error" role="alert">
          {asking.error}
        </p>
      )}
    </form>
  );
}

/** What dials goes to the server of its transport that was started last. */
function suggestion(kind: KindName, components: readonly ComponentView[]): Partial<ComponentOptions> {
  const { transport, role } = kinds[kind];
  if (role === 'server') return {};
  const port = components.findLast(
    (component) => component.port !== undefined && kinds[component.kind].transport === transport,
  )?.port;
  return port === undefined ? {} : { port };
}
