// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { HEIGHT, niceCeiling, toPath } from './chart-scale.js';
import { HISTORY } from './console-store.js';

/** One line of a chart. */
export interface Series {
  readonly name: string;
  /** One a second, the last one now; absent where there was nothing to measure. */
  readonly values: readonly (number | undefined)[];
}

interface LineChartProps {
  readonly title: string;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
}

/** The last two minutes of up to two series; the value under the pointer, or the newest, in figures. */
export function LineChart({ title, series, format }: LineChartProps): VNode {
  const [secondsAgo, setSecondsAgo] = useState(0);
  const top = niceCeiling(Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0))));
  const figures = series.map(({ name, values }) => {
    const value = values.at(-1 - secondsAgo);
    return { name, figure: value === undefined ? '–' : format(value) };
  });
  const point = (event: PointerEvent): void => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
    const second = Math.round(((event.clientX - left) / width) * (HISTORY - 1));
    setSecondsAgo(Math.min(Math.max(HISTORY - 1 - second, 0), HISTORY - 1));
  };
  const summary = figures.map(({ name, figure }) => `${name} ${figure}`).join(', ');
  return (
    <figure class="chart">
      <figcaption>
        <div>
          <b>{title}</b>
          <small class="axis">{format(top)}</small>
        </div>
        <div>
          {figures.map(({ name, figure }, index) => (
            <span key={name} class="figure" data-series={index}>
              <small>{name}</small>
              {figure}
            </span>
          ))}
        </div>
      </figcaption>
      <div class="plot" onPointerMove={point} onPointerLeave={() => setSecondsAgo(0)}>
        <svg
          viewBox={`0 0 ${HISTORY - 1} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${title}: ${summary}`}
        >
          <path
            class="grid"
            d={`M0 ${HEIGHT / 2}H${HISTORY - 1}M0 0.5H${HISTORY - 1}M0 ${HEIGHT - 0.5}H${HISTORY - 1}`}
          />
          {series.map(({ name, values }, index) => (
            <path key={name} class="line" data-series={index} d={toPath(values, top)} />
          ))}
          {secondsAgo > 0 && <path class="pointer" d={`M${HISTORY - 1 - secondsAgo} 0V${HEIGHT}`} />}
        </svg>
      </div>
      <small class="times">
        <span>2 min ago</span>
        <span>{secondsAgo === 0 ? 'now' : `${secondsAgo} s ago`}</span>
      </small>
    </figure>
  );
}
