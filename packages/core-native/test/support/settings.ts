// SPDX-License-Identifier: Apache-2.0
// What the settings of a component are held against: their ranges, their words, their defaults.
import { describe, expect, test } from 'vitest';
import { type Component, HpSocketError, SocketError } from '@hp/core-native';
import { thrownBy } from './thrown.js';

/** The largest number that most settings take. */
export const MOST = 2_147_483_647;

/** Smallest and largest value, and what is allowed besides. */
export type Range = readonly [least: number, most: number, besides?: unknown];

type Settings = Record<string, unknown>;

/** What the settings of a class are to be: all of them. */
export interface ExpectedSettings {
  readonly name: string;
  readonly make: (options?: object) => Component;
  readonly ranges: Readonly<Record<string, Range>>;
  readonly flags: readonly string[];
  readonly choices: Readonly<Record<string, readonly string[]>>;
  readonly defaults: Readonly<Settings>;
}

type Part = Omit<ExpectedSettings, 'name' | 'make'>;

/** Settings that every component has. */
export const common: Part = {
  ranges: {
    reuseAddressPolicy: [0, 2],
    maxPendingBytes: [1, MOST],
    highWaterMarkBytes: [1, MOST],
    lowWaterMarkBytes: [0, MOST],
    idleTimeoutMs: [0, MOST],
    maxLifetimeMs: [0, MOST],
    workerThreadCount: [process.platform === 'win32' ? 1 : 0, 512, 'auto'],
  },
  flags: ['asyncContext'],
  choices: { idleTimeoutOn: ['receive', 'send', 'both'], receiveBuffer: ['owned', 'borrowed'] },
  defaults: {
    highWaterMarkBytes: 1024 * 1024,
    lowWaterMarkBytes: 256 * 1024,
    idleTimeoutMs: 0,
    idleTimeoutOn: 'receive',
    maxLifetimeMs: 0,
    receiveBuffer: 'owned',
    workerThreadCount: 'auto',
    asyncContext: false,
  },
};

/** What those with many connections have besides. */
export const ofMany: Omit<Part, 'choices'> = {
  ranges: {
    sendPolicy: [0, 2],
    maxConnections: [0, 5_000_000],
    freeSocketObjLockTime: [1000, MOST],
    freeSocketObjPool: [0, MOST],
    freeSocketObjHold: [0, MOST],
    freeBufferObjPool: [0, MOST],
    freeBufferObjHold: [0, MOST],
  },
  flags: ['markSilence'],
  defaults: {
    sendPolicy: 0,
    markSilence: true,
    freeSocketObjLockTime: 20_000,
    freeSocketObjPool: 600,
    freeSocketObjHold: 600,
    freeBufferObjPool: 1024,
    freeBufferObjHold: 1024,
  },
};

/** What clients have besides. */
export const ofClients: Pick<Part, 'ranges' | 'defaults'> = {
  ranges: { connectTimeoutMs: [0, MOST], freeBufferPoolSize: [0, MOST], freeBufferPoolHold: [0, MOST] },
  defaults: { connectTimeoutMs: 0, freeBufferPoolSize: 60, freeBufferPoolHold: 60 },
};

/** Makes the tests of one class. */
export function describeSettings({ name, make, ranges, flags, choices, defaults }: ExpectedSettings): void {
  const made = (options?: object): Settings => make(options) as unknown as Settings;

  describe(`settings of ${name}`, () => {
    test.each(Object.entries(ranges))(
      '%s: its limits are accepted, what lies beyond throws',
      (key, range) => {
        const [least, most, besides] = range;
        for (const value of [least, most, ...(besides === undefined ? [] : [besides])]) {
          expect(made({ [key]: value })[key]).toBe(value);
          const component = made();
          component[key] = value;
          expect(component[key]).toBe(value);
        }
        const beyond = [
          least - 1,
          most + 1,
          least + 0.5,
          Number.NaN,
          Infinity,
          String(least),
          null,
          true,
          {},
        ];
        for (const value of beyond.filter((each) => each !== besides)) {
          const component = make();
          const settings = component as unknown as Settings;
          const before = settings[key];
          const error = thrownBy(() => (settings[key] = value));

          expect(error).toBeInstanceOf(HpSocketError);
          expect(error.socketError).toBe(SocketError.InvalidParam);
          expect(error.message.startsWith(`${key} must be `)).toBe(true);
          expect(component.lastError).toBe(SocketError.InvalidParam);
          expect(settings[key]).toBe(before);
          expect(thrownBy(() => make({ [key]: value })).message).toBe(error.message);
        }
      },
    );

    test.each(flags)('%s: true or false, nothing else', (key) => {
      for (const value of [true, false]) expect(made({ [key]: value })[key]).toBe(value);
      for (const value of [0, 1, 'true', null, {}]) {
        const { message } = thrownBy(() => make({ [key]: value }));
        expect(message.startsWith(`${key} must be true or false`)).toBe(true);
      }
    });

    test.each(Object.entries(choices))('%s: one of its words, nothing else', (key, words) => {
      for (const value of words) expect(made({ [key]: value })[key]).toBe(value);
      for (const value of ['Receive', 'none', '', 0, true, null]) {
        const { message } = thrownBy(() => make({ [key]: value }));
        expect(message.startsWith(`${key} must be one of`)).toBe(true);
      }
    });

    test('a setting that does not exist throws and is named', () => {
      const error = thrownBy(() => make({ maxPendingByte: 4096 }));

      expect(error.socketError).toBe(SocketError.InvalidParam);
      expect(error.message).toContain('maxPendingByte');
    });

    test('undefined leaves a setting as it is', () => {
      expect(made({ highWaterMarkBytes: undefined })['highWaterMarkBytes']).toBe(1024 * 1024);
    });

    test('each setting is listed here, and is a property', () => {
      const names = [...Object.keys(ranges), ...flags, ...Object.keys(choices)].sort();
      const prototype = Object.getPrototypeOf(make()) as object;
      const properties = Object.keys(prototype).filter((key) => isSetting(prototype, key));

      expect(properties.sort()).toEqual(names);
      expect(Object.keys(defaults).sort()).toEqual(names);
    });

    test('defaults', () => {
      const component = made();
      for (const [key, value] of Object.entries(defaults)) expect(component[key]).toEqual(value);
    });
  });
}

/** Settings alone are properties that can be enumerated and set. */
function isSetting(prototype: object, key: string): boolean {
  return Object.getOwnPropertyDescriptor(prototype, key)?.set !== undefined;
}
