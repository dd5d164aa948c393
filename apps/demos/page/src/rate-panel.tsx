// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import type { Sample } from '../../src/console/protocol.js';
import { bytes, compact, milliseconds } from './format.js';
import { LineChart } from './line-chart.js';

/** What the selected component does each second. */
export function RatePanel({ samples }: { readonly samples: readonly Sample[] }): VNode {
  const perSecond = (value: number): string => `${bytes(value)}/s`;
  return (
    <section class="charts" aria-label="Rates">
      <LineChart
        title="Messages"
        format={(value) => `${compact(value)}/s`}
        series={[{ name: 'received', values: samples.map(({ messages }) => messages) }]}
      />
      <LineChart
        title="Bytes"
        format={perSecond}
        series={[
          { name: 'in', values: samples.map(({ bytesIn }) => bytesIn) },
          { name: 'out', values: samples.map(({ bytesOut }) => bytesOut) },
        ]}
      />
      <LineChart
        title="Events a batch"
        format={compact}
        series={[{ name: 'mean', values: samples.map(({ batch }) => batch) }]}
      />
      <LineChart
        title="Echo of the load"
        format={milliseconds}
        series={[
          { name: 'p50', values: samples.map(({ latency }) => latency?.p50) },
          { name: 'p99', values: samples.map(({ latency }) => latency?.p99) },
        ]}
      />
    </section>
  );
}
