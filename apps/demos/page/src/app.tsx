// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { ComponentForm } from './component-form.js';
import { ComponentHead } from './component-head.js';
import { ComponentList } from './component-list.js';
import { ConnectionPanel } from './connection-panel.js';
import type { ConsoleStore } from './console-store.js';
import { EventPanel } from './event-panel.js';
import { useStore } from './hooks.js';
import { RatePanel } from './rate-panel.js';
import { ThemeSwitch } from './theme-switch.js';

/** The whole page. */
export function App({ store }: { readonly store: ConsoleStore }): VNode {
  useStore(store);
  const [selected, select] = useState(0);
  const component = store.components.find(({ id }) => id === selected) ?? store.components.at(-1);
  return (
    <>
      <header class="top">
        <h1>HP-Socket console</h1>
        <span class="status" role="status" data-state={store.connection}>
          {store.connection === 'closed' ? 'The console has ended.' : ''}
        </span>
        <ThemeSwitch />
      </header>
      <div class="body">
        <aside>
          <ComponentForm store={store} onStarted={select} />
          <ComponentList components={store.components} selected={component?.id} onSelect={select} />
        </aside>
        <main>
          {component === undefined ? (
            <Welcome />
          ) : (
            <>
              <ComponentHead key={`head ${component.id}`} store={store} component={component} />
              <RatePanel samples={store.history.get(component.id) ?? []} />
              <ConnectionPanel key={`connections ${component.id}`} store={store} component={component} />
            </>
          )}
          <EventPanel store={store} />
        </main>
      </div>
    </>
  );
}

function Welcome(): VNode {
  return (
    <section class="panel welcome">
      <h2>Nothing runs yet</h2>
      <p>
        Start a <b>TcpServer</b>, which echoes, then a <b>TcpAgent</b>: it connects to that server. Give the
        agent a load, and the charts show what goes through.
      </p>
    </section>
  );
}
