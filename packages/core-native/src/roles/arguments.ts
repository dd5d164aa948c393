// SPDX-License-Identifier: Apache-2.0
import { SocketError } from '../enums.js';
import { HpSocketError } from '../errors.js';
import { checkSetting, flag } from '../settings.js';

function refuse(name: string, range: string, value: unknown): never {
  throw new HpSocketError(SocketError.InvalidParam, `${name} must be ${range}; it is ${String(value)}.`);
}

const EVENTS = [
  'onPrepareListen',
  'onPrepareConnect',
  'onAccept',
  'onConnect',
  'onHandshake',
  'onReceive',
  'onSend',
  'onDrain',
  'onClose',
  'onShutdown',
  'onReject',
  'onAcceptPause',
];

/** Throws unless `listener` is an object, and each event in it a function. */
export function checkListener(listener: unknown): void {
  if (typeof listener !== 'object' || listener === null) {
    refuse('listener', 'an object with functions such as onReceive', listener);
  }
  for (const event of EVENTS) {
    const callback: unknown = Reflect.get(listener, event);
    if (callback !== undefined && typeof callback !== 'function') {
      refuse(`listener.${event}`, 'a function', callback);
    }
  }
}

/** Throws unless `value` is an object. */
export function checkObject(value: unknown, name = 'options'): void {
  if (typeof value !== 'object' || value === null) refuse(name, 'an object', value);
}

/** Throws unless `model` can be one, or is absent. */
export function checkModel(model: unknown): void {
  if (model === undefined) return;
  checkObject(model, 'model');
  const { open } = model as { open?: unknown };
  if (typeof open !== 'function') refuse('model', 'a receive model, with a function open', model);
}

/** Throws unless `signal` is an AbortSignal, or absent. */
export function checkSignal(signal: unknown): void {
  if (signal === undefined || signal instanceof AbortSignal) return;
  refuse('signal', 'an AbortSignal', signal);
}

/** Throws unless `asyncConnect` is true or false. */
export function checkAsyncConnect(asyncConnect: unknown): void {
  checkSetting('asyncConnect', flag(true), asyncConnect);
}
