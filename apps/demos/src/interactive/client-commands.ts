// SPDX-License-Identifier: Apache-2.0
import type { SingleConnectionComponent } from '@hp/core-native';
import { answer, componentCommands, type Controls } from './component-commands.js';
import type { InteractiveCommand } from './shell.js';

/** A component with one connection that is run by typing. */
export interface ClientControls extends Controls {
  readonly component: SingleConnectionComponent;
  /** How text is sent; absent: as it is. */
  readonly send?: (text: Buffer) => boolean;
  /** Settles when a connect that is under way has ended. */
  connected(): Promise<void>;
}

/** The commands of a component with one connection: they need no id. */
export function clientCommands(controls: ClientControls): InteractiveCommand[] {
  const { component, send = (text: Buffer) => component.send(text) } = controls;
  return [
    ...componentCommands(controls),
    {
      usage: 'send {text}',
      meaning: 'send text',
      run: async (words) => {
        const text = Buffer.from(words.text());
        await controls.connected();
        answer(controls, send(text), 'queued');
      },
    },
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
