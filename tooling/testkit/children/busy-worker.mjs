// SPDX-License-Identifier: Apache-2.0
// A worker with the busy components of a module, which ends in the way that it is told.
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

const { busy, way } = workerData;
const { startBusyComponents } = await import(pathToFileURL(busy));
let armed = false;
const components = await startBusyComponents(() => {
  if (!armed) return;
  armed = false;
  if (way === 'exit in a callback') process.exit();
  if (way === 'uncaught exception in a callback') throw new Error('nobody catches this');
});
armed = true;
parentPort.postMessage('busy');
if (way === 'exit') process.exit();
if (way === 'uncaught exception') throw new Error('nobody catches this');
if (way === 'normal end') for (const component of components) component.unref();
if (way === 'stop') await Promise.all(components.map((component) => component.stop()));
