import { catalogue } from './catalogue.js';
import type { Style } from './style.js';
import { table } from './table.js';

/** What `kdelta` is and can do, on one screen. */
export function overview(style: Style): string {
  const groups = [...new Set(catalogue.map(({ group }) => group))];
  const sections = groups.map((group) => {
    const rows = catalogue
      .filter((entry) => entry.group === group)
      .map(({ name, summary }) => [{ text: `  ${name.padEnd(10)}`, paint: style.cyan }, { text: summary }]);
    return [style.bold(`${group}:`), ...table(rows)].join('\n');
  });
  return `${[header, start(style), ...sections, footer].join('\n\n')}\n`;
}

const header = `KoruDelta: a JSON database. Every write is a version, every read can be of any
moment.

Usage: kdelta <command> [options]`;

function start(style: Style): string {
  const lines = [
    `kdelta set users/alice '{"name": "Alice"}'`,
    'kdelta get users/alice',
    'kdelta get users/alice --at -10m',
    'kdelta log users/alice',
  ];
  return [style.bold('Start:'), ...lines.map((line) => `  ${line}`)].join('\n');
}

const footer = `The database is the folder --db names, else KDELTA_DB, else ./.kdelta; the
first write creates it. --url or KDELTA_URL names a server in its place.
For a command: kdelta help get. For the exit codes: kdelta help exit-codes.`;
