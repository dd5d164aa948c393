// SPDX-License-Identifier: Apache-2.0
import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { deferred, once, within } from '@hp/testkit';

test('a deferred settles from outside', async () => {
  const resolved = deferred<number>();
  const rejected = deferred();
  resolved.resolve(7);
  rejected.reject(new Error('no'));

  await expect(resolved.promise).resolves.toBe(7);
  await expect(rejected.promise).rejects.toThrow('no');
});

test('within passes a value on and names what did not come', async () => {
  await expect(within(Promise.resolve('here'), 1000, 'the value')).resolves.toBe('here');
  await expect(within(deferred().promise, 1, 'onClose')).rejects.toThrow(
    'onClose did not happen within 1 ms',
  );
});

test('once returns the arguments of the event', async () => {
  const emitter = new EventEmitter();
  const arrival = once(emitter, 'data');
  emitter.emit('data', 1, 'two');

  await expect(arrival).resolves.toEqual([1, 'two']);
});

test('once rejects on an error and leaves no listener behind when the event does not come', async () => {
  const emitter = new EventEmitter();
  const failing = once(emitter, 'data');
  emitter.emit('error', new Error('broken'));

  await expect(failing).rejects.toThrow('broken');
  await expect(once(emitter, 'data', 1)).rejects.toThrow("'data'");
  expect(emitter.eventNames()).toEqual([]);
});
