/** A cell: its text, and how to paint it once it is padded. */
export interface Cell {
  text: string;
  paint?: (text: string) => string;
  right?: boolean;
  /** Makes the text of a last column fit into its room; without it, its end is cut. */
  fit?: (room: number) => string;
}

/**
 * Lines of columns two spaces apart. The last column is cut where the line would grow beyond the width; nothing else is,
 * since what stands in the others is there to be copied.
 */
export function table(rows: Cell[][], width = Number.POSITIVE_INFINITY): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.slice(0, -1).forEach(({ text }, column) => {
      widths[column] = Math.max(widths[column] ?? 0, length(text));
    });
  }
  return rows.map((row) => {
    let used = 0;
    const cells = row.map(({ text, paint = same, right, fit }, column) => {
      const isLast = column === row.length - 1;
      const room = isLast ? 0 : (widths[column] ?? 0) - length(text);
      const shown = isLast ? fitted(text, width - used, fit) : text;
      used += length(shown) + room + 2;
      return right ? ' '.repeat(room) + paint(shown) : paint(shown) + ' '.repeat(room);
    });
    return cells.join('  ').trimEnd();
  });
}

function fitted(text: string, room: number, fit = cut.bind(undefined, text)): string {
  return text === '' || length(text) <= room ? text : fit(room);
}

function length(text: string): number {
  return [...text].length;
}

/** A text that takes no more than its room. */
export function cut(text: string, room: number): string {
  if (text.length <= room || length(text) <= room) return text;
  return `${[...text.slice(0, 2 * room)].slice(0, Math.max(0, room - 1)).join('')}…`;
}

function same(text: string): string {
  return text;
}
