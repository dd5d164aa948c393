// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { testWorkerEndings } from '@hp/testkit/lifecycle';
import { certifyChildren } from '../support/child-certificates.js';

certifyChildren();
testWorkerEndings(path.join(import.meta.dirname, 'children/busy.mjs'), 50, 8);
