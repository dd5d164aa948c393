// SPDX-License-Identifier: Apache-2.0
// The option letters of HP-Socket's demos, each with a long name: one table for all demos.
import { MAX_HEADER_FLAG, MAX_PACK_SIZE } from '@hp/pack';
import { SslVerifyMode } from '@hp/ssl';
import { ReuseAddressPolicy, SendPolicy } from '@hp/tcp';
import { CastMode } from '@hp/udp';
import {
  address,
  file,
  flag,
  host,
  oneOf,
  ownAddress,
  seconds,
  type ValueParser,
  wholeNumber,
} from './values.js';

/** What each option is, under its long name. */
export interface OptionValues {
  address: string;
  bind: string;
  connections: number;
  localPort: number;
  rounds: number;
  interval: number;
  reject: string | undefined;
  size: number;
  maxConnections: number;
  asyncConnect: boolean;
  port: number;
  keepAlive: boolean;
  reuseAddress: ReuseAddressPolicy;
  sendPolicy: SendPolicy;
  threads: number | undefined;
  flag: number;
  maxPack: number;
  castMode: CastMode;
  ttl: number;
  loop: boolean;
  maxDatagram: number;
  detectAttempts: number;
  detectInterval: number;
  closeNotify: boolean;
  cert: string | undefined;
  key: string | undefined;
  ca: string | undefined;
  verify: SslVerifyMode;
  serverName: string | undefined;
  timeout: number;
}

/** One option: how it is written, what it means, and what it is when nobody gives it. */
export interface Letter<T> {
  readonly flags: string;
  readonly meaning: string;
  readonly parse: ValueParser<T>;
  readonly initial: T;
}

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** The longest datagram of IPv4. */
const MAX_DATAGRAM_BYTES = 65_507;
const MAX_DETECT_SECONDS = 86_400;

/** The table; the defaults are HP-Socket's unless a demo says otherwise. What has no letter has none there either. */
export const letters: { readonly [Name in keyof OptionValues]: Letter<OptionValues[Name]> } = {
  address: {
    flags: '-a, --address <host>',
    meaning: 'address or name of the server',
    parse: host,
    initial: '127.0.0.1',
  },
  bind: {
    flags: '-b, --bind <address>',
    meaning: 'own address; - for every address',
    parse: ownAddress,
    initial: '0.0.0.0',
  },
  connections: {
    flags: '-c, --connections <count>',
    meaning: 'number of connections',
    parse: wholeNumber(1, 50_000),
    initial: 100,
  },
  localPort: {
    flags: '-d, --local-port <port>',
    meaning: 'own port of the connection; 0: any',
    parse: wholeNumber(0, 65_535),
    initial: 0,
  },
  rounds: {
    flags: '-e, --rounds <count>',
    meaning: 'messages each connection sends',
    parse: wholeNumber(1, 100_000_000),
    initial: 1000,
  },
  interval: {
    flags: '-i, --interval <seconds>',
    meaning: 'pause between rounds',
    parse: seconds(0, 3600),
    initial: 1,
  },
  reject: {
    flags: '-j, --reject <address>',
    meaning: 'address whose connections are refused',
    parse: address,
    initial: undefined,
  },
  size: {
    flags: '-l, --size <bytes>',
    meaning: 'length of a message',
    parse: wholeNumber(1, MAX_MESSAGE_BYTES),
    initial: 5000,
  },
  maxConnections: {
    flags: '-m, --max-connections <count>',
    meaning: 'connections at most; 0: no limit',
    parse: wholeNumber(0, 5_000_000),
    initial: 10_000,
  },
  asyncConnect: {
    flags: '-n, --async-connect <0|1>',
    meaning: 'connect without blocking',
    parse: flag,
    initial: true,
  },
  port: {
    flags: '-p, --port <port>',
    meaning: 'port of the server; 0: a server takes any and says which',
    parse: wholeNumber(0, 65_535),
    initial: 5555,
  },
  keepAlive: {
    flags: '-q, --keep-alive <0|1>',
    meaning: 'probe idle connections',
    parse: flag,
    initial: true,
  },
  reuseAddress: {
    flags: '-r, --reuse-address <0|1|2>',
    meaning: '0 never, 1 addresses in TIME_WAIT, 2 also ports in use',
    parse: wholeNumber(0, 2),
    initial: ReuseAddressPolicy.AddressOnly,
  },
  sendPolicy: {
    flags: '-s, --send-policy <0|1|2>',
    meaning: '0 pack, 1 safe, 2 direct',
    parse: wholeNumber(0, 2),
    initial: SendPolicy.Pack,
  },
  threads: {
    flags: '-t, --threads <count>',
    meaning: 'worker threads; 0: work inside the loop of Node',
    parse: wholeNumber(0, 512),
    initial: undefined,
  },
  flag: {
    flags: `--flag <0..${MAX_HEADER_FLAG}>`,
    meaning: 'flag of sent packs; received ones must have it too, unless it is 0',
    parse: wholeNumber(0, MAX_HEADER_FLAG),
    initial: 0,
  },
  maxPack: {
    flags: '--max-pack <bytes>',
    meaning: 'length of the longest pack',
    parse: wholeNumber(1, MAX_PACK_SIZE),
    initial: 262_144,
  },
  castMode: {
    flags: '-o, --cast-mode <0|1>',
    meaning: '0 multicast, 1 broadcast',
    parse: wholeNumber(0, 1),
    initial: CastMode.Multicast,
  },
  ttl: {
    flags: '-k, --ttl <hops>',
    meaning: 'networks a multicast may reach, one behind the other; 0: none but this host',
    parse: wholeNumber(0, 255),
    initial: 1,
  },
  loop: {
    flags: '-u, --loop <0|1>',
    meaning: 'hear on this host what it multicasts itself',
    parse: flag,
    initial: true,
  },
  maxDatagram: {
    flags: '--max-datagram <bytes>',
    meaning: 'length of the longest datagram; the same at both ends',
    parse: wholeNumber(1, MAX_DATAGRAM_BYTES),
    initial: 1432,
  },
  detectAttempts: {
    flags: '--detect-attempts <count>',
    meaning: 'a peer is dead after this many silent intervals and one more; 0: never',
    parse: wholeNumber(0, 1000),
    initial: 3,
  },
  detectInterval: {
    flags: '--detect-interval <seconds>',
    meaning: 'whole seconds between the probes of a client; 0: none',
    parse: wholeNumber(0, MAX_DETECT_SECONDS),
    initial: 60,
  },
  closeNotify: {
    flags: '--close-notify <0|1>',
    meaning: 'tell the peer of the end of a connection, and believe the peer',
    parse: flag,
    initial: false,
  },
  cert: {
    flags: '--cert <file>',
    meaning: 'own certificate (PEM); absent: one for demos only',
    parse: file,
    initial: undefined,
  },
  key: {
    flags: '--key <file>',
    meaning: 'key of the own certificate (PEM)',
    parse: file,
    initial: undefined,
  },
  ca: {
    flags: '--ca <file>',
    meaning: 'who is trusted (PEM, or a folder of it); absent: an authority for demos only',
    parse: file,
    initial: undefined,
  },
  verify: {
    flags: '--verify <0|1|3>',
    meaning: '0 take any peer, 1 verify certificates, 3 a server also refuses peers without one',
    parse: oneOf(SslVerifyMode.None, SslVerifyMode.Peer, SslVerifyMode.Peer | SslVerifyMode.FailIfNoPeerCert),
    initial: SslVerifyMode.Peer,
  },
  serverName: {
    flags: '--server-name <name>',
    meaning: 'what the certificate of the server must be for; absent: --address',
    parse: host,
    initial: undefined,
  },
  timeout: {
    flags: '--timeout <seconds>',
    meaning: 'how long a host may take to be connected, and be silent',
    parse: seconds(0.1, 86_400),
    initial: 60,
  },
};
