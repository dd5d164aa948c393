// SPDX-License-Identifier: Apache-2.0
import { Option } from 'commander';
import { count, quantity, endpoint, megabytes, seconds as inSeconds } from '../terminal/text.js';
import type { Demo } from '../demo.js';
import { DemoFailure } from '../failure.js';
import { LiveRate } from '../load/live-rate.js';
import { watch } from '../load/watch.js';
import { defineCommand } from '../options/command.js';
import { seconds } from '../options/values.js';
import { Exchange, type ExchangePlan } from './exchange.js';

const BAR_WIDTH = 20;
const LONGEST_SECONDS = 86_400;

/** What `npm start` runs. */
export const start: Demo = {
  name: 'start',
  summary: 'a server and an agent exchange verified echo traffic',
  define: (command) => {
    command.addOption(
      new Option('--seconds <seconds>', 'how long').argParser(seconds(0.1, LONGEST_SECONDS)).default(5),
    );
    defineCommand(command, {
      summary: start.summary,
      options: ['connections', 'size'],
      defaults: { size: 1024 },
      run: (options) => run({ ...options, seconds: Number(command.getOptionValue('seconds')) }),
    });
  },
  smoke: async (launch) => {
    await using exchange = launch('start', '--seconds', '0.5', '--connections', '20');
    await exchange.exits(0);
    await exchange.shows(/every byte was right/);
  },
};

async function run(plan: ExchangePlan): Promise<void> {
  await using exchange = new Exchange(plan);
  const server = await exchange.connect();
  console.log(
    `A TcpServer on ${endpoint(server)} echoes to a TcpAgent: ` +
      `${quantity(plan.connections, 'connection')}, messages of ${quantity(plan.size, 'byte')}, for ${plan.seconds} s.`,
  );
  const startedAt = performance.now();
  const elapsed = (): number => performance.now() - startedAt;
  const rate = new LiveRate();
  await watch(exchange.talk(), exchange.tally, () => describe(exchange, plan, elapsed(), rate));
  report(exchange, elapsed());
}

function describe(exchange: Exchange, plan: ExchangePlan, elapsedMs: number, rate: LiveRate): string {
  const { messages, tally } = exchange;
  const filled = Math.round(BAR_WIDTH * Math.min(1, elapsedMs / 1000 / plan.seconds));
  return [
    `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}]`,
    `${(elapsedMs / 1000).toFixed(1)} s`,
    `${count(messages)} messages`,
    megabytes(tally.receivedBytes),
    `${count(rate.update(messages))}/s`,
    quantity(tally.errors, 'error'),
  ].join('  ');
}

function report({ messages, tally, latency }: Exchange, elapsedMs: number): void {
  const perSecond = 1000 / elapsedMs;
  const percentile = (share: number): string => `${(latency.percentile(share) / 1e6).toFixed(2)} ms`;
  console.log(`  messages  ${count(messages)} in ${inSeconds(elapsedMs)}`);
  console.log(`  data      ${megabytes(tally.receivedBytes)} each way`);
  console.log(`  errors    ${count(tally.errors)}`);
  console.log(
    `  rate      ${count(messages * perSecond)} messages/s, ${megabytes(tally.receivedBytes * perSecond)}/s each way`,
  );
  console.log(`  latency   p50 ${percentile(50)}, p99 ${percentile(99)}`);
  if (tally.errors > 0) throw new DemoFailure(tally.problem);
  if (messages === 0) throw new DemoFailure('no message came back');
  console.log('PASSED: every byte was right');
}
