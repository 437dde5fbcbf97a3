import { escaped } from './escaped.js';
import { figureText } from './table.js';

/** One bar. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Whether it is one of ours. */
  readonly own: boolean;
}

const ROW = 26;
const LEFT = 220;
const WIDTH = 720;
const RIGHT = 90;

/** Bars from the left, each with its label and its figure, as an SVG that names itself. */
export function barPlot(title: string, bars: readonly Bar[]): string {
  const longest = Math.max(...bars.map(({ value }) => value));
  const height = bars.length * ROW + 6;
  const rows = bars.map(({ label, value, own }, index) => {
    const [top, width] = [index * ROW + 4, Math.max((value / longest) * (WIDTH - LEFT - RIGHT), 1)];
    const middle = top + ROW / 2;
    return [
      `<text x="${LEFT - 8}" y="${middle}" text-anchor="end">${escaped(label)}</text>`,
      `<rect class="${own ? 'own' : 'other'}" x="${LEFT}" y="${top}" width="${width.toFixed(1)}" height="${ROW - 8}" rx="2"/>`,
      `<text x="${(LEFT + width + 6).toFixed(1)}" y="${middle}">${figureText(value)}</text>`,
    ].join('');
  });
  return `<svg role="img" viewBox="0 0 ${WIDTH} ${height}" aria-label="${escaped(title)}">${rows.join('')}</svg>`;
}
