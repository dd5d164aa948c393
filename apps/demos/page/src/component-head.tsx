// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { canLoad, kinds } from '../../src/console/kinds.js';
import type { ComponentView, Request } from '../../src/console/protocol.js';
import type { ConsoleStore } from './console-store.js';
import { count } from './format.js';
import { useAsking } from './hooks.js';

interface ComponentHeadProps {
  readonly store: ConsoleStore;
  readonly component: ComponentView;
}

/** What the selected component is, and what can be done with it as a whole. */
export function ComponentHead({ store, component }: ComponentHeadProps): VNode {
  const asking = useAsking();
  const { id, kind, name, state, place, connectionCount } = component;
  const { role } = kinds[kind];
  const isStopped = state === 'stopped';
  const ask = (request: Request): void => {
    asking.run(async () => {
      await store.ask(request);
    });
  };
  const problem = asking.error === '' ? component.problem : asking.error;
  return (
    <section class="panel head" aria-label={name}>
      <div class="row">
        <h2>
          <span class="dot" data-state={state} />
          {name}
        </h2>
        <span>
          {state}, {role === 'server' ? 'listening on' : 'to'} <code>{place}</code>, {count(connectionCount)}{' '}
          {connectionCount === 1 ? 'connection' : 'connections'}
        </span>
        <span class="spring" />
        {isStopped ? (
          <>
            <button type="button" onClick={() => ask({ type: 'start', component: id })}>
              Start again
            </button>
            <button type="button" onClick={() => ask({ type: 'remove', component: id })}>
              Remove
            </button>
          </>
        ) : (
          <button type="button" onClick={() => ask({ type: 'stop', component: id })}>
            Stop
          </button>
        )}
      </div>
      {canLoad(kind) && !isStopped && (
        <div class="row">
          <LoadSwitch component={component} onAsk={ask} />
          {role === 'agent' && (
            <ConnectMore onConnect={(more) => ask({ type: 'connect', component: id, count: more })} />
          )}
        </div>
      )}
      {problem !== '' && (
        <p class="error" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}

function ConnectMore({ onConnect }: { readonly onConnect: (count: number) => void }): VNode {
  const [more, setMore] = useState(10);
  return (
    <form
      class="group"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onConnect(more);
      }}
    >
      <label>
        <NumberInput value={more} width={4} onChange={setMore} />
        more connections
      </label>
      <button type="submit">Connect</button>
    </form>
  );
}

interface LoadSwitchProps {
  readonly component: ComponentView;
  readonly onAsk: (request: Request) => void;
}

function LoadSwitch({ component: { id, load }, onAsk }: LoadSwitchProps): VNode {
  const [size, setSize] = useState(load?.size ?? 1024);
  const [intervalMs, setIntervalMs] = useState(load?.intervalMs ?? 0);
  const isOn = load !== undefined;
  return (
    <form
      class="group"
      aria-label="Load"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(
          isOn
            ? { type: 'unload', component: id }
            : { type: 'load', component: id, load: { size, intervalMs } },
        );
      }}
    >
      <span>Load of</span>
      <label>
        <NumberInput value={size} width={6} isDisabled={isOn} onChange={setSize} />
        bytes
      </label>
      <label>
        every
        <NumberInput value={intervalMs} width={4} isDisabled={isOn} onChange={setIntervalMs} />
        ms <small>(0: after each echo)</small>
      </label>
      <button type="submit" aria-pressed={isOn}>
        {isOn ? 'Stop load' : 'Start load'}
      </button>
    </form>
  );
}

interface NumberInputProps {
  readonly value: number;
  /** Digits that must be seen. */
  readonly width: number;
  readonly isDisabled?: boolean;
  readonly onChange: (value: number) => void;
}

function NumberInput({ value, width, isDisabled = false, onChange }: NumberInputProps): VNode {
  return (
    <input
      type="number"
      style={{ width: `${width + 3}ch` }}
      value={Number.isNaN(value) ? '' : value}
      disabled={isDisabled}
      onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber)}
    />
  );
}
