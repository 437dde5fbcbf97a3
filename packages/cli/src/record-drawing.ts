import { spoken } from './address.js';
import { pretty } from './json-text.js';
import type { VersionRecord } from './record.js';
import type { Style } from './style.js';
import { table } from './table.js';
import { visible, visibleLines } from './visible.js';

/** A value over several lines, for people. It is still the same JSON. */
export function drawValue(json: string, style: Style): string {
  return pretty(visibleLines(json), { name: style.cyan, string: style.green, other: style.yellow });
}

/** What is known about a version beside its value. */
export function drawRecord(record: VersionRecord, style: Style): string {
  const { version, seq, timestamp, actor, reason, previous, origin } = record;
  const facts: [string, string | undefined][] = [
    ['version', version],
    ['seq', String(seq)],
    ['time', timestamp],
    ['actor', actor],
    ['reason', reason],
    ['previous', previous ?? 'none'],
    ['first at', origin?.timestamp],
    ['first as', origin?.version],
  ];
  const rows = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [[{ text: `  ${name}`, paint: style.dim }, { text: visible(value) }]],
  );
  return [style.bold(visible(spoken(record))), ...table(rows)].join('\n');
}
