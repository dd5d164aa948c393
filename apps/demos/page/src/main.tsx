// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { App } from './app.js';
import { ConsoleStore } from './console-store.js';

const place = document.getElementById('app');
if (place === null) throw new Error('the page has no place for the console');
const { host, search } = globalThis.location;
const store = new ConsoleStore(new WebSocket(`ws://${host}/socket${search}`));
render(<App store={store} />, place);
