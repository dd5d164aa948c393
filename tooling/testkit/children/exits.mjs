// SPDX-License-Identifier: Apache-2.0
// Ends in one of several ways while the components of a module are busy.
import { pathToFileURL } from 'node:url';

const [busy, way] = process.argv.slice(2);
const { startBusyComponents } = await import(pathToFileURL(busy));
let armed = false;

const components = await startBusyComponents(() => {
  if (!armed) return;
  armed = false;
  if (way === 'exit in a callback') process.exit(7);
  if (way === 'uncaught exception in a callback') throw new Error('nobody catches this');
});
armed = true;
console.log('busy');
if (way === 'exit') process.exit(7);
if (way === 'uncaught exception') throw new Error('nobody catches this');
if (way === 'unhandled rejection') void Promise.reject(new Error('nobody catches this'));
if (way === 'normal end') for (const component of components) component.unref();
if (way === 'stop') await Promise.all(components.map((component) => component.stop()));
if (way === 'exit while stopping') {
  for (const component of components) void component.stop();
  process.exit(7);
}
