import { escaped } from './escaped.js';

/** A line: figures by size. */
export interface Line {
  readonly label: string;
  readonly points: readonly { readonly size: number; readonly value: number }[];
}

const WIDTH = 720;
const HEIGHT = 300;
const EDGE = { left: 64, right: 110, top: 14, bottom: 40 };

const compact = new Intl.NumberFormat('en', { notation: 'compact' });

/** Lines over sizes, both axes logarithmic, as an SVG that names itself. Lines differ in colour, dashes and mark. */
export function linePlot(title: string, lines: readonly Line[]): string {
  const points = lines.flatMap(({ points: own }) => own);
  const across = scale(
    points.map(({ size }) => size),
    EDGE.left,
    WIDTH - EDGE.right,
  );
  const up = scale(
    points.map(({ value }) => value),
    HEIGHT - EDGE.bottom,
    EDGE.top,
  );
  const sizes = [...new Set(points.map(({ size }) => size))].sort((a, b) => a - b);
  const body = [
    ...up.ticks.map((tick) => horizontal(up.at(tick), compact.format(tick))),
    ...sizes.map((size) => vertical(across.at(size), compact.format(size))),
    `<text x="${WIDTH / 2 - 30}" y="${HEIGHT - 4}" text-anchor="middle">versions</text>`,
    ...drawn(lines, across.at, up.at),
  ];
  return `<svg role="img" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-label="${escaped(title)}">${body.join('')}</svg>`;
}

interface Scale {
  at: (value: number) => number;
  ticks: number[];
}

/** A logarithmic scale over whole decades, from one place to another. */
function scale(values: readonly number[], from: number, to: number): Scale {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(Math.ceil(Math.log10(Math.max(...values))), low + 1);
  return {
    at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
    ticks: Array.from({ length: high - low + 1 }, (_, step) => 10 ** (low + step)),
  };
}

function horizontal(y: number, label: string): string {
  const line = `<line class="grid" x1="${EDGE.left}" x2="${WIDTH - EDGE.right}" y1="${y}" y2="${y}"/>`;
  return `${line}<text x="${EDGE.left - 6}" y="${y}" text-anchor="end">${label}</text>`;
}

function vertical(x: number, label: string): string {
  const line = `<line class="grid" x1="${x}" x2="${x}" y1="${EDGE.top}" y2="${HEIGHT - EDGE.bottom}"/>`;
  return `${line}<text x="${x}" y="${HEIGHT - EDGE.bottom + 14}" text-anchor="middle">${label}</text>`;
}

function drawn(lines: readonly Line[], across: Scale['at'], up: Scale['at']): string[] {
  const labels = apart(lines.map(({ points }) => up(points.at(-1)?.value ?? 1)));
  return lines.map(({ label, points }, index) => {
    const places = points.map(({ size, value }) => [across(size), up(value)] as const);
    const path = places.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
    const end = places.at(-1)?.[0] ?? 0;
    return [
      `<g class="line${index}"><polyline points="${path}"/>`,
      ...places.map(([x, y]) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3.5"/>`),
      `<text x="${(end + 8).toFixed(1)}" y="${labels[index]?.toFixed(1)}">${escaped(label)}</text></g>`,
    ].join('');
  });
}

/** Moves labels so far apart that each can be read. */
function apart(heights: readonly number[]): number[] {
  const order = heights.map((height, index) => ({ height, index })).sort((a, b) => a.height - b.height);
  const placed: number[] = [];
  let above = Number.NEGATIVE_INFINITY;
  for (const { height, index } of order) {
    above = Math.max(height, above + 14);
    placed[index] = above;
  }
  return placed;
}
