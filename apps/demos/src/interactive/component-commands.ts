// SPDX-License-Identifier: Apache-2.0
import type { Component } from '@hp/core-native';
import { describeError, ServiceState } from '@hp/tcp';
import { count } from '../terminal/text.js';
import type { InteractiveCommand } from './shell.js';
import type { Words } from './words.js';

/** A component that is run by typing. */
export interface Controls {
  readonly component: Component;
  /** The options in force, a line each. */
  readonly args: readonly string[];
  readonly print: (line: string) => void;
  start(): void | Promise<void>;
  /** Where it listens or what it is connected to. */
  status(): string;
}

/** The commands that every component has. */
export function componentCommands(controls: Controls): InteractiveCommand[] {
  const { component, args, print } = controls;
  const command = (usage: string, meaning: string, run: () => void | Promise<void>): InteractiveCommand => ({
    usage,
    meaning,
    run: (words: Words) => {
      words.end();
      return run();
    },
  });
  return [
    command('start', 'start the component', () => controls.start()),
    command('stop', 'stop it and close every connection', () => component.stop()),
    command('status', 'whether it runs, where, and with which connections', () => {
      const state = ServiceState[component.state].toLowerCase();
      print(component.hasStarted ? `${state}, ${controls.status()}` : state);
    }),
    command('stat', 'counters since the start', () => {
      for (const [name, value] of Object.entries(component.stats())) {
        print(`  ${name.padEnd(18)} ${count(Number(value))}`);
      }
    }),
    command('args', 'the options in force', () => {
      for (const line of args) print(`  ${line}`);
    }),
  ];
}

/** What a call that returns whether it was done has to say. */
export function answer(controls: Controls, isDone: boolean, done: string): void {
  controls.print(isDone ? done : `refused: ${describeError(controls.component.lastErrorCode)}`);
}
