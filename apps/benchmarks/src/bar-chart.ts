// SPDX-License-Identifier: Apache-2.0

export interface Bar {
  series: string;
  value: number;
  /** Written at the bar's end. */
  label: string;
}

export interface BarGroup {
  label: string;
  bars: readonly Bar[];
}

export interface BarChart {
  title: string;
  subtitle: string;
  /** The command that made the figures. */
  command: string;
  /** The colour of each series, in the order of the legend. */
  colours: ReadonlyMap<string, string>;
  groups: readonly BarGroup[];
}

const width = 900;
const margin = 28;
const legendTop = 76;
const legendRow = 20;
const plotLeft = 360;
const plotWidth = 400;
const barHeight = 16;
const barPitch = barHeight + 3;
const groupGap = 20;

/** Horizontal bars in groups, all to one scale that begins at zero. */
export function drawBarChart({ title, subtitle, command, colours, groups }: BarChart): string {
  const step = axisStep(Math.max(...groups.flatMap(({ bars }) => bars.map(({ value }) => value))));
  const legend = drawLegend(colours);
  const plotTop = legendTop + legend.rows * legendRow + 22;
  const drawn: string[] = [];
  let y = plotTop;
  for (const group of groups) {
    drawn.push(...drawGroup(group, { y, colours, pixelsPerUnit: plotWidth / step.end }));
    y += group.bars.length * barPitch + groupGap;
  }
  const plotBottom = y - groupGap + 4;
  const height = plotBottom + 62;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
      `viewBox="0 0 ${width} ${height}" font-family="'DejaVu Sans', Verdana, sans-serif" font-size="12" fill="#1f2933">`,
    `<rect width="${width}" height="${height}" fill="#fbfcfd"/>`,
    drawText(margin, 36, title, 'font-size="19" font-weight="bold"'),
    drawText(margin, 58, subtitle, 'fill="#52606d"'),
    ...legend.drawn,
    ...drawAxis(step, plotTop, plotBottom),
    ...drawn,
    drawText(margin, height - 16, command, 'font-size="11" font-family="monospace" fill="#616e7c"'),
    '</svg>\n',
  ].join('\n');
}

interface Placement {
  y: number;
  colours: BarChart['colours'];
  pixelsPerUnit: number;
}

function drawGroup({ label, bars }: BarGroup, { y, colours, pixelsPerUnit }: Placement): string[] {
  const middle = y + (bars.length * barPitch) / 2 + 2;
  return [
    drawText(plotLeft - 14, middle, label, 'text-anchor="end"'),
    ...bars.flatMap(({ series, value, label: valueLabel }, index) => {
      const top = y + index * barPitch;
      const length = Math.max(1, value * pixelsPerUnit);
      return [
        `<rect x="${plotLeft}" y="${top}" width="${length.toFixed(1)}" height="${barHeight}" rx="2" ` +
          `fill="${colours.get(series) ?? '#9aa5b1'}"/>`,
        drawText(plotLeft + length + 7, top + 12.5, valueLabel, 'font-size="11" fill="#3e4c59"'),
      ];
    }),
  ];
}

/** In as many rows as the names need. */
function drawLegend(colours: BarChart['colours']): { drawn: string[]; rows: number } {
  let x = margin;
  let rows = 1;
  const drawn = [...colours].flatMap(([series, colour]) => {
    const length = 40 + series.length * 6.8;
    if (x + length > width) {
      x = margin;
      rows++;
    }
    const left = x;
    const top = legendTop + (rows - 1) * legendRow;
    x += length;
    return [
      `<rect x="${left.toFixed(1)}" y="${top}" width="12" height="12" rx="2" fill="${colour}"/>`,
      drawText(left + 18, top + 10.5, series),
    ];
  });
  return { drawn, rows };
}

function drawAxis({ size, end }: AxisStep, top: number, bottom: number): string[] {
  const ticks = Array.from({ length: Math.round(end / size) + 1 }, (_, index) => index * size);
  return ticks.flatMap((tick) => {
    const x = plotLeft + (tick / end) * plotWidth;
    const colour = tick === 0 ? '#9aa5b1' : '#e4e7eb';
    return [
      `<path d="M${x.toFixed(1)} ${top - 6}V${bottom}" stroke="${colour}"/>`,
      drawText(
        x,
        bottom + 15,
        tick.toLocaleString('en-US'),
        'font-size="10" fill="#7b8794" text-anchor="middle"',
      ),
    ];
  });
}

function drawText(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escapeXml(content)}</text>`;
}

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

interface AxisStep {
  size: number;
  end: number;
}

/** Round ticks, at most six of them. */
export function axisStep(max: number): AxisStep {
  const rough = max / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const size = ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  return { size, end: size * Math.ceil(max / size) };
}
