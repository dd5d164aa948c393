// SPDX-License-Identifier: Apache-2.0
import './node-tls.js';
import { blockNowAndThen } from '../block.js';

blockNowAndThen();
