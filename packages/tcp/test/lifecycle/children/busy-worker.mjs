// SPDX-License-Identifier: Apache-2.0
// A worker with busy components, which ends in the way that it is told.
import { parentPort, workerData } from 'node:worker_threads';
import { startBusyComponents } from './busy.mjs';

let armed = false;
const components = await startBusyComponents(() => {
  if (!armed) return;
  armed = false;
  if (workerData === 'exit in a callback') process.exit();
  if (workerData === 'uncaught exception in a callback') throw new Error('nobody catches this');
});
armed = true;
parentPort.postMessage('busy');
if (workerData === 'exit') process.exit();
if (workerData === 'uncaught exception') throw new Error('nobody catches this');
if (workerData === 'normal end') for (const component of components) component.unref();
if (workerData === 'stop') await Promise.all(components.map((component) => component.stop()));
