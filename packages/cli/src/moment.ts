import type { Command } from 'commander';
import type { Stats } from 'koru-delta';
import type { Context } from './context.js';
import type { Database } from './database.js';
import { failure } from './failure.js';

/** What every option that names a moment takes. */
export const momentForms = 'seq:123, version, time such as 2026-01-31T09:00:00Z, date, or -10m';

/** Adds `--at`. */
export function withAt(command: Command): Command {
  return command.option('--at <moment>', `read as it was then: ${momentForms}`);
}

/** The moment to read at, as the engine takes it: left out for now. */
export async function at(context: Context, database: Database, moment: string | undefined): Promise<{ at?: string }> {
  return moment === undefined ? {} : { at: await reached(context, database, moment) };
}

/**
 * A moment that the history has reached. Past its end a read answers with the present, which is not what was asked for: a
 * number that was never given is refused, and of a time that is still to come the person is told.
 */
export async function reached({ output }: Context, database: Database, moment: string): Promise<string> {
  const seq = /^seq:(\d{1,15})$/.exec(moment)?.[1];
  const time = /^\d{4}-\d\d-\d\d/.test(moment) ? Date.parse(moment) : Number.NaN;
  if (seq === undefined && !(time > Date.now())) return moment;
  const { lastSeq, lastTimestamp } = JSON.parse(await database.call('stats', {})) as Stats;
  if (seq !== undefined && Number(seq) > lastSeq) {
    const end = lastSeq === 0 ? 'the database is empty' : `the last version is seq:${lastSeq}`;
    throw failure('moment_not_reached', 3, `${moment} is past the end of the history: ${end}.`, { lastSeq });
  }
  if (time > Date.parse(lastTimestamp ?? '1970-01-01')) {
    output.note(`${moment} is still to come. This is the state of now.`);
  }
  return moment;
}
