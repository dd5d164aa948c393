// SPDX-License-Identifier: Apache-2.0
import { useEffect, useReducer, useState } from 'preact/hooks';
import type { ConsoleStore } from './console-store.js';

/** Renders again whenever the store has changed. */
export function useStore(store: ConsoleStore): void {
  const [, renderAgain] = useReducer((count: number) => count + 1, 0);
  useEffect(() => store.subscribe(() => renderAgain(undefined)), [store]);
}

/** Something asked for: how to ask, whether it goes on, and why it was not done. */
export interface Asking {
  readonly isBusy: boolean;
  /** Empty where nothing went wrong. */
  readonly error: string;
  run(ask: () => Promise<void>): void;
  /** Takes the error away. */
  clear(): void;
}

/** For what a button asks for. */
export function useAsking(): Asking {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState('');
  return {
    isBusy,
    error,
    run: (ask) => {
      setBusy(true);
      ask()
        .then(() => setError(''))
        .catch((reason: unknown) => setError(reason instanceof Error ? reason.message : String(reason)))
        .finally(() => setBusy(false));
    },
    clear: () => setError(''),
  };
}
