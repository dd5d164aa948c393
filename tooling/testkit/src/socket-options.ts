// SPDX-License-Identifier: Apache-2.0

type OptionName =
  | 'reuseAddress'
  | 'sendBuffer'
  | 'receiveBuffer'
  | 'keepAlive'
  | 'linger'
  | 'reusePort'
  | 'bindToDevice'
  | 'typeOfService'
  | 'noDelay'
  | 'keepAliveIdle'
  | 'keepAliveInterval'
  | 'keepAliveCount'
  | 'congestion'
  | 'info'
  | 'unsentLimit';

type OptionNumbers = Readonly<Record<OptionName, readonly [level: number, name: number]>>;

const none = [0, 0] as const;

const onLinux: OptionNumbers = {
  reuseAddress: [1, 2],
  sendBuffer: [1, 7],
  receiveBuffer: [1, 8],
  keepAlive: [1, 9],
  linger: [1, 13],
  reusePort: [1, 15],
  bindToDevice: [1, 25],
  typeOfService: [0, 1],
  noDelay: [6, 1],
  keepAliveIdle: [6, 4],
  keepAliveInterval: [6, 5],
  keepAliveCount: [6, 6],
  congestion: [6, 13],
  info: [6, 11],
  unsentLimit: [6, 25],
};

const onWindows: OptionNumbers = {
  reuseAddress: [0xffff, 4],
  sendBuffer: [0xffff, 0x1001],
  receiveBuffer: [0xffff, 0x1002],
  keepAlive: [0xffff, 8],
  linger: [0xffff, 0x80],
  reusePort: none,
  bindToDevice: none,
  typeOfService: [0, 3],
  noDelay: [6, 1],
  keepAliveIdle: [6, 3],
  keepAliveInterval: [6, 17],
  keepAliveCount: [6, 16],
  congestion: none,
  info: none,
  unsentLimit: [0xffff, 0x1001],
};

/** Numbers of socket options here: level and name. */
export const option: OptionNumbers = process.platform === 'win32' ? onWindows : onLinux;
