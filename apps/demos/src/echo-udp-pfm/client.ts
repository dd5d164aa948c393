// SPDX-License-Identifier: Apache-2.0
import { ErrorCode, UdpClient, type UdpClientOptions } from '@hp/udp';
import type { Command } from 'commander';
import { count, megabytes, quantity, seconds } from '../terminal/text.js';
import { DemoFailure } from '../failure.js';
import { conduct, loadDefaults, loadOptions, startHint, toPlan } from '../load/conduct.js';
import type { Lane } from '../load/run.js';
import { defineCommand } from '../options/command.js';
import { toDatagramSettings, toSettings } from '../options/settings.js';
import { DatagramLoad } from './datagram-load.js';
import { type DatagramStream, MIN_DATAGRAM_BYTES } from './datagram-stream.js';

const SERVER = 'echo-udp-pfm server';

/** `echo-udp-pfm client` */
export function defineClient(command: Command): void {
  defineCommand(command, {
    summary: 'load on an echo server from many clients; counts what is lost',
    options: [...loadOptions, 'threads', 'maxDatagram'],
    defaults: { ...loadDefaults, size: 1024 },
    meanings: { size: `length of a datagram, from ${MIN_DATAGRAM_BYTES}` },
    conflict: ({ size, maxDatagram }) => {
      if (size < MIN_DATAGRAM_BYTES) return `--size must be at least ${MIN_DATAGRAM_BYTES}.`;
      if (size <= maxDatagram) return undefined;
      return `--size is ${size}, more than --max-datagram, ${maxDatagram}; both ends must be given a greater one.`;
    },
    run: async (options) => {
      const { address, port, bind } = options;
      const load = new DatagramLoad(toPlan(options));
      // So that the server knows at once when the load is over.
      const settings = { ...toSettings(options), ...toDatagramSettings(options), closeNotify: true };
      const clients: UdpClient[] = [];
      const connect = async (stream: DatagramStream): Promise<Lane> => {
        const client = createClient(load, stream, settings);
        clients.push(client);
        await client.startAsync(address, port, { localAddress: bind });
        return {
          stream,
          send: (bytes) => client.send(bytes),
          isCongested: () => load.isFull,
          drained: () => load.room(),
        };
      };
      try {
        await conduct(load, { ...options, server: SERVER }, load.streams.map(connect));
        report(load);
      } finally {
        await Promise.all(clients.map((client) => client.stop()));
      }
    },
  });
}

function createClient(load: DatagramLoad, stream: DatagramStream, settings: UdpClientOptions): UdpClient {
  return new UdpClient(
    {
      onReceive: (_, datagram) => load.receive(stream, datagram),
      onClose: (_, operation, errorCode) => load.close(operation, errorCode),
    },
    settings,
  );
}

function report({ plan, tally, lossCode, elapsedMs }: DatagramLoad): void {
  const { receivedBytes, errors, problem } = tally;
  const sent = tally.sentBytes / plan.size;
  const received = receivedBytes / plan.size;
  if (received === 0) {
    const hint = lossCode === ErrorCode.ConnectionRefused ? `.${startHint(SERVER)}` : '';
    throw new DemoFailure(`${problem || 'nothing has come back'}${hint}`);
  }
  const lost = sent - received;
  const perSecond = 1000 / elapsedMs;
  console.log(`  sent      ${quantity(sent, 'datagram')}`);
  console.log(`  received  ${quantity(received, 'datagram')}, ${quantity(errors, 'error')}`);
  console.log(`  lost      ${quantity(lost, 'datagram')}, ${((100 * lost) / sent).toFixed(2)} %`);
  console.log(`  elapsed   ${seconds(elapsedMs)}`);
  console.log(
    `  rate      ${count(received * perSecond)} datagrams/s, ${megabytes(receivedBytes * perSecond)}/s each way`,
  );
  if (errors > 0) throw new DemoFailure(problem);
  console.log('PASSED: what has come back was right, and came back once; the rest is counted');
}
