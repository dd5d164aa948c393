// SPDX-License-Identifier: Apache-2.0
import { listen } from '../bun-echo.js';

listen();
