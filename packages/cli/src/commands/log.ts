import { readAddress } from '../address.js';
import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import { at, withAt } from '../moment.js';
import type { Output } from '../output.js';
import { readRecord } from '../record.js';
import { type Cell, table } from '../table.js';
import { visible } from '../visible.js';
import { wholeNumber } from '../whole-number.js';

interface LogOptions {
  limit?: number;
  at?: string;
}

export const defineLog: Definition = (command, context) => {
  command
    .argument('<address>', 'NAMESPACE/KEY')
    .option('--limit <n>', 'the newest n versions', wholeNumber('--limit'))
    .action(async (text: string, options: LogOptions) => {
      const { output } = context;
      const params = { ...readAddress(text, 'log'), ...at(options.at), required: true };
      await context.reading(async (database) => {
        for await (const page of database.pages('history', params, 'versions', options.limit)) {
          await output.lines(output.json ? page : draw(page, output));
        }
      });
    });
  withAt(command);
  withExamples(command, [
    ['kdelta log users/alice', 'every version, newest first, deletes included'],
    ['kdelta log users/alice --limit 5', 'the last five'],
    ['kdelta log users/alice --at 2026-01-31', 'as it stood then'],
    ['kdelta log users/alice --json', 'whole records, one a line'],
  ]);
};

function draw(page: string[], output: Output): string[] {
  const { out } = output;
  const rows = page
    .map(readRecord)
    .map((record): Cell[] => [
      { text: record.version, paint: out.yellow },
      { text: record.timestamp },
      { text: visible(record.actor ?? ''), paint: out.cyan },
      record.deleted
        ? { text: withReason('deleted', record.reason), paint: out.red }
        : { text: withReason(record.value ?? '', record.reason) },
    ]);
  const isSigned = rows.some((row) => row[2]?.text !== '');
  return table(
    isSigned ? rows : rows.map(([version, time, , what]) => [version, time, what].filter((cell) => cell !== undefined)),
    output.width,
  );
}

function withReason(text: string, reason: string | undefined): string {
  return visible(reason === undefined ? text : `${text}  (${reason})`);
}
