// SPDX-License-Identifier: Apache-2.0
import './hp-ssl.js';
import { blockNowAndThen } from '../block.js';

blockNowAndThen();
