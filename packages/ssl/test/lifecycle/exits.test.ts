// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { testExits } from '@hp/testkit/lifecycle';
import { certifyChildren } from '../support/child-certificates.js';

certifyChildren();
testExits(path.join(import.meta.dirname, 'children/busy.mjs'), 50);
