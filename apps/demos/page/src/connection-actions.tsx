// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { ComponentView, ConnectionView, Encoding } from '../../src/console/protocol.js';
import type { ConsoleStore } from './console-store.js';
import { useAsking } from './hooks.js';

interface ConnectionActionsProps {
  readonly store: ConsoleStore;
  readonly component: ComponentView;
  readonly connection: ConnectionView | undefined;
}

const encodings: readonly Encoding[] = ['text', 'hex'];

/** Sends to the selected connection, pauses its receiving, and ends it. */
export function ConnectionActions({ store, component, connection }: ConnectionActionsProps): VNode {
  const [data, setData] = useState('');
  const [encoding, setEncoding] = useState<Encoding>('text');
  const asking = useAsking();
  const isNone = connection === undefined;
  const isPaused = connection?.state === 'paused';
  const subject = { component: component.id, connection: connection?.id ?? 0 };
  const send = (event: Event): void => {
    event.preventDefault();
    if (data === '') return;
    asking.run(async () => {
      await store.ask({ type: 'send', ...subject, encoding, data });
      setData('');
    });
  };
  const pause = (): void =>
    asking.run(async () => {
      await store.ask({ type: 'pause', ...subject, isPaused: !isPaused });
    });
  const disconnect = (): void =>
    asking.run(async () => {
      await store.ask({ type: 'disconnect', ...subject });
    });
  return (
    <form class="row actions" aria-label="Connection" noValidate onSubmit={send}>
      <span class="subject">{isNone ? 'Select one to talk to it.' : `#${connection.id}`}</span>
      <input
        type="text"
        aria-label="Data to send"
        placeholder={encoding === 'hex' ? '48 69 0a' : 'text to send'}
        spellcheck={false}
        autocomplete="off"
        value={data}
        disabled={isNone}
        onInput={({ currentTarget }) => setData(currentTarget.value)}
      />
      <fieldset class="choice" disabled={isNone}>
        <legend class="hidden">What the data is</legend>
        {encodings.map((name) => (
          <label key={name}>
            <input
              type="radio"
              name="encoding"
              checked={encoding === name}
              onChange={() => setEncoding(name)}
            />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
      <button type="submit" disabled={isNone}>
        Send
      </button>
      <button type="button" disabled={isNone} aria-pressed={isPaused} onClick={pause}>
        {isPaused ? 'Resume' : 'Pause'}
      </button>
      <button type="button" disabled={isNone} onClick={disconnect}>
        Kick
      </button>
      {asking.error !== '' && (
        <p class="error" role="alert">
          {asking.error}
        </p>
      )}
    </form>
  );
}
