// SPDX-License-Identifier: Apache-2.0
import type { MultiConnectionComponent } from '@hp/core-native';
import { quantity } from '../terminal/text.js';
import { answer, componentCommands, type Controls } from './component-commands.js';
import type { InteractiveCommand } from './shell.js';

/** A component with many connections that is run by typing. */
export interface ConnectionControls extends Controls {
  readonly component: MultiConnectionComponent;
  /** How text is sent; absent: as it is. */
  readonly send?: (id: number, text: Buffer) => boolean;
  /** Settles when every connect that is under way has ended. */
  connected?(): Promise<void>;
}

const DEFAULT_PERIOD_SECONDS = 60;

/** The commands of a component with many connections, each known by its id. */
export function connectionCommands(controls: ConnectionControls): InteractiveCommand[] {
  const { component, send = (id: number, text: Buffer) => component.send(id, text) } = controls;
  return [
    ...componentCommands(controls),
    {
      usage: 'send {id} {text}',
      meaning: 'send text',
      run: async (words) => {
        const id = words.id();
        const text = Buffer.from(words.text());
        await controls.connected?.();
        answer(controls, send(id, text), 'queued');
      },
    },
    {
      usage: 'pause {id} [0|1]',
      meaning: 'stop (1) or resume (0) reading a connection',
      run: (words) => {
        const id = words.id();
        const pause = words.flag(true);
        words.end();
        answer(controls, component.pauseReceive(id, pause), pause ? 'paused' : 'resumed');
      },
    },
    ...closingCommands(controls),
  ];
}

/** Those for who only watches and closes connections: what goes over them is somebody else's business. */
export function supervisionCommands(controls: ConnectionControls): InteractiveCommand[] {
  return [...componentCommands(controls), ...closingCommands(controls)];
}

function closingCommands(controls: ConnectionControls): InteractiveCommand[] {
  const { component } = controls;
  const sweep = (
    name: string,
    meaning: string,
    disconnect: (periodMs: number, force: boolean) => boolean,
  ): InteractiveCommand => ({
    usage: `${name} [seconds=${DEFAULT_PERIOD_SECONDS}] [0|1]`,
    meaning,
    run: (words) => {
      const periodMs = words.milliseconds(DEFAULT_PERIOD_SECONDS);
      const force = words.flag(true);
      words.end();
      answer(controls, disconnect(periodMs, force), 'done');
    },
  });
  return [
    {
      usage: 'kick {id} [0|1]',
      meaning: 'close a connection, by force (1) or not (0)',
      run: (words) => {
        const id = words.id();
        const force = words.flag(true);
        words.end();
        answer(controls, component.disconnect(id, force), 'kicked');
      },
    },
    sweep('kickl', 'close connections that are that old', (periodMs, force) =>
      component.disconnectLongConnections(periodMs, force),
    ),
    sweep('kicks', 'close connections that have been silent for so long', (periodMs, force) =>
      component.disconnectSilenceConnections(periodMs, force),
    ),
  ];
}

/** The connections of a component, for its status: `2 connections: #1 #3`. */
export function listConnections(component: MultiConnectionComponent): string {
  const ids = component.getAllConnectionIds();
  const shown = ids.slice(0, 20).map((id) => ` #${id}`);
  const more = ids.length > shown.length ? ' …' : '';
  return `${quantity(ids.length, 'connection')}${ids.length > 0 ? ':' : ''}${shown.join('')}${more}`;
}
