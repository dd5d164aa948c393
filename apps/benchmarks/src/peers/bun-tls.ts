// SPDX-License-Identifier: Apache-2.0
// Bun sends two session tickets after a handshake and has no option for their number.
import { listen } from '../bun-echo.js';

const [, , cert, key] = process.argv;
listen(cert, key);
