import { spoken } from './address.js';
import { type ChangeSummary, summarize } from './change-summary.js';
import type { Output } from './output.js';
import type { VersionRecord } from './record.js';
import type { Style } from './style.js';
import { type Cell, cut, table } from './table.js';
import { visible } from './visible.js';

/** A terminal narrower than this breaks the lines, since what would be left of a change says nothing. */
const narrowest = 72;
/** A change and its neighbours leave each other room: one member's value takes no more than this part of the width. */
const partOfWidth = 4;
/** A reason takes no more than this part of what is left of a line, while there is a value to show beside it. */
const partOfRoom = 3;

/** A version and the one before it, as far as it is known. */
export type Step = [record: VersionRecord, before: VersionRecord | undefined];

/**
 * Lines of a history, one for each version. They begin with `seq:N`, which `--at` takes; the time has seconds, and
 * milliseconds where neighbours fall into one second.
 */
export function drawLog(steps: Step[], output: Output): string[] {
  const { out } = output;
  const width = Math.max(narrowest, output.width);
  const times = steps.map(([{ timestamp }]) => timestamp);
  const isSigned = steps.some(([{ actor }]) => actor !== undefined);
  const most = Math.max(16, Math.floor(width / partOfWidth));
  const rows = steps.map(([record, before], index): Cell[] => {
    const summary = summarize(record, before, most);
    return [
      { text: `seq:${record.seq}`, paint: out.yellow },
      { text: shortTime(times, index), paint: out.dim },
      ...(isSigned ? [{ text: visible(record.actor ?? ''), paint: out.cyan }] : []),
      { text: summary.word, paint: painted(summary, out) },
      ending(visible(summary.text), record.reason === undefined ? '' : visible(record.reason)),
    ];
  });
  return table(rows, width);
}

/** The same with ids, exact times and whole changes, two lines for each version. */
export function drawWholeLog(steps: Step[], { out }: Output): string[] {
  const heads = table(
    steps.map(([{ seq, version, timestamp, actor }]) => [
      { text: `seq:${seq}`, paint: out.yellow },
      { text: version, paint: out.yellow },
      { text: timestamp, paint: out.dim },
      { text: visible(actor ?? ''), paint: out.cyan },
    ]),
  );
  return steps.flatMap(([record, before], index) => {
    const summary = summarize(record, before);
    const { text } = ending(visible(summary.text), record.reason === undefined ? '' : visible(record.reason));
    return [heads[index] ?? '', `  ${painted(summary, out)(summary.word)}  ${text}`.trimEnd()];
  });
}

/** Lines of the feed, one for each version of whichever key. */
export function drawChanges(records: VersionRecord[], output: Output): string[] {
  const { out } = output;
  const width = Math.max(narrowest, output.width);
  const times = records.map(({ timestamp }) => timestamp);
  const isSigned = records.some(({ actor }) => actor !== undefined);
  const rows = records.map((record, index): Cell[] => [
    { text: `seq:${record.seq}`, paint: out.yellow },
    { text: shortTime(times, index), paint: out.dim },
    ...(isSigned ? [{ text: visible(record.actor ?? ''), paint: out.cyan }] : []),
    { text: visible(spoken(record)), paint: out.cyan },
    record.deleted
      ? { ...ending('deleted', visible(record.reason ?? '')), paint: out.red }
      : ending(visible(record.value ?? ''), visible(record.reason ?? '')),
  ]);
  return table(rows, width);
}

function painted({ word }: ChangeSummary, out: Style): (text: string) => string {
  return { created: out.green, changed: out.cyan, deleted: out.red }[word];
}

function ending(text: string, reason: string): Cell {
  if (reason === '') return { text };
  const said = `(${reason})`;
  if (text === '') return { text: said };
  return {
    text: `${text}  ${said}`,
    fit: (room) => {
      const kept = cut(said, Math.max(Math.floor(room / partOfRoom), room - text.length - 2));
      return `${cut(text, room - [...kept].length - 2)}  ${kept}`;
    },
  };
}

/** `2026-01-31 09:00:00Z`. */
function shortTime(times: string[], index: number): string {
  const time = times[index] ?? '';
  const isShared = [times[index - 1], times[index + 1]].some((other) => other?.slice(0, 19) === time.slice(0, 19));
  return `${time.slice(0, isShared ? 23 : 19).replace('T', ' ')}Z`;
}
