import { readAddress } from '../address.js';
import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import type { Context } from '../context.js';
import { drawLog, drawWholeLog, type Step } from '../log-drawing.js';
import { at, withAt } from '../moment.js';
import { readRecord, type VersionRecord } from '../record.js';
import { wholeNumber } from '../whole-number.js';

interface LogOptions {
  limit?: number;
  at?: string;
  verbose?: boolean;
}

export const defineLog: Definition = (command, context) => {
  command
    .argument('<address>', 'NAMESPACE/KEY')
    .option('--limit <n>', 'the newest n versions', wholeNumber('--limit'))
    .option('-v, --verbose', 'show ids, exact times and whole changes')
    .action((text: string, options: LogOptions) => log(context, text, options));
  withAt(command);
  withExamples(command, [
    ['kdelta log users/alice', 'every version, newest first, deletes included'],
    ['kdelta get users/alice --at seq:3', 'a version of the log, by the number at the start of its line'],
    ['kdelta log users/alice --limit 5', 'the last five'],
    ['kdelta log users/alice --at 2026-01-31', 'as it stood then'],
    ['kdelta log users/alice --json', 'whole records, one a line'],
  ]);
};

async function log(context: Context, text: string, { limit, at: moment, verbose = false }: LogOptions): Promise<void> {
  const { output } = context;
  const address = readAddress(text, context.line);
  await context.reading(async (database) => {
    const params = { ...address, ...(await at(context, database, moment)), required: true };
    if (output.json) {
      for await (const page of database.pages('history', params, 'versions', limit)) await output.lines(page);
      return;
    }
    // The version before the last that is shown tells what that one changed; so each page waits for the next.
    let left = limit ?? Number.POSITIVE_INFINITY;
    let waiting: VersionRecord[] = [];
    const draw = async (following: VersionRecord[]) => {
      const steps = waiting.map((record, index): Step => [record, waiting[index + 1] ?? following[0]]).slice(0, left);
      left -= steps.length;
      await output.lines(verbose ? drawWholeLog(steps, output) : drawLog(steps, output));
      waiting = following;
    };
    for await (const page of database.pages('history', params, 'versions', left + 1)) await draw(page.map(readRecord));
    await draw([]);
  });
}
