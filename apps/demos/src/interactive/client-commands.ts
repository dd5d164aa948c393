// SPDX-License-Identifier: Apache-2.0
import type { SingleConnectionComponent } from '@hp/core-native';
import { answer, componentCommands, type Controls } from './component-commands.js';
import type { InteractiveCommand } from './shell.js';
import type { Words } from './words.js';

/** A component with one connection that is run by typing. */
export interface ClientControls extends Controls {
  readonly component: SingleConnectionComponent;
  /** How text is sent; absent: as it is. */
  readonly send?: (text: Buffer) => boolean;
  /** The ways to say that text is to be sent; absent: `send {text}`. */
  readonly sendUsages?: readonly string[];
  /** Settles when a connect that is under way has ended. */
  connected(): Promise<void>;
}

/** The commands of a component with one connection: they need no id. */
export function clientCommands(controls: ClientControls): InteractiveCommand[] {
  const { component, send = (text: Buffer) => component.send(text) } = controls;
  const { sendUsages = ['send {text}'] } = controls;
  return [
    ...componentCommands(controls),
    ...sendUsages.map((usage) => ({
      usage,
      meaning: 'send text',
      run: async (words: Words) => {
        const text = Buffer.from(words.text());
        await controls.connected();
        answer(controls, send(text), 'queued');
      },
    })),
    {
      usage: 'pause [0|1]',
      meaning: 'stop (1) or resume (0) reading',
      run: (words) => {
        const pause = words.flag(true);
        words.end();
        answer(controls, component.pauseReceive(pause), pause ? 'paused' : 'resumed');
      },
    },
  ];
}
