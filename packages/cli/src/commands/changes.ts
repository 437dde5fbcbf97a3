import { setTimeout as pause } from 'node:timers/promises';
import { readNamespace } from '../address.js';
import type { Definition } from '../catalogue.js';
import { withExamples } from '../command.js';
import type { Context } from '../context.js';
import type { Database } from '../database.js';
import { usage } from '../failure.js';
import { footprint } from '../footprint.js';
import { elements, members } from '../json-text.js';
import { drawChanges } from '../log-drawing.js';
import { reached } from '../moment.js';
import { readRecord } from '../record.js';
import { wholeNumber } from '../whole-number.js';

interface ChangesOptions {
  since?: string;
  prefix?: string;
  limit?: number;
  live?: boolean;
}

const pageRows = 500;
/** How often a live feed looks whether another process has written. */
const pollMs = 200;

export const defineChanges: Definition = (command, context) => {
  command
    .argument('[namespace]', 'only the changes of this namespace')
    .option('--since <seq>', 'only what came after it, such as seq:123')
    .option('--prefix <text>', 'only keys that begin with this')
    .option('--limit <n>', 'at most this many', wholeNumber('--limit'))
    .option('--live', 'wait for more at the end, until Ctrl-C')
    .action(async (namespace: string | undefined, options: ChangesOptions) => {
      if (namespace === undefined && options.prefix !== undefined) {
        throw usage('--prefix needs a namespace whose keys it can choose from.');
      }
      if (options.since !== undefined && !/^seq:\d+$/.test(options.since)) {
        throw usage(`--since takes what stands at the start of a line, such as seq:123, not '${options.since}'.`);
      }
      await follow(context, namespace === undefined ? namespace : readNamespace(namespace), options);
    });
  withExamples(command, [
    ['kdelta changes', 'every version of every key, oldest first'],
    ['kdelta changes users --since seq:123', 'what came after a version, in one namespace'],
    ['kdelta changes --live --json | ./index', 'feed a program; each line has the cursor to go on from'],
  ]);
};

/** A reader sees what was committed when it opened the database, so that a live feed opens it anew after each write. */
async function follow(context: Context, namespace: string | undefined, options: ChangesOptions): Promise<void> {
  const { path } = context.place();
  const { live, limit = Number.POSITIVE_INFINITY } = options;
  let printed = 0;
  if (live && path === undefined) {
    throw usage('--live waits for what other processes write, and none writes to a database in memory.');
  }
  let { since } = options;
  while (true) {
    const before = live && path !== undefined ? await footprint(path).catch(() => '') : '';
    await context.reading(async (database) => {
      const checked = since === undefined ? since : await reached(context, database, since);
      const found = await drain(
        context,
        database,
        { namespace, prefix: options.prefix, since: checked },
        limit - printed,
      );
      since = found.cursor;
      printed += found.count;
      if (printed === 0 && namespace !== undefined && !live) await database.requireKeys(namespace);
    });
    if (!live) {
      if (printed === 0) context.output.note('There are no changes.');
      return;
    }
    if (printed === limit) return;
    do await pause(pollMs, undefined, { signal: context.interrupt.signal });
    while (path !== undefined && (await footprint(path).catch(() => '')) === before);
  }
}

/** Prints what there is now, and tells where to go on. */
async function drain(
  { output }: Context,
  database: Database,
  wanted: { namespace: string | undefined; prefix: string | undefined; since: string | undefined },
  most: number,
): Promise<{ cursor: string; count: number }> {
  let cursor = wanted.since;
  for (let count = 0; ; ) {
    const limit = Math.min(most - count, pageRows);
    const page = members(await database.call('changes', { ...wanted, since: cursor, limit }));
    const rows = elements(page.get('changes') ?? '[]');
    count += rows.length;
    await output.lines(output.json ? rows.map(withCursor) : drawChanges(rows.map(readRecord), output));
    cursor = JSON.parse(page.get('cursor') ?? '""') as string;
    if (page.get('more') !== 'true' || count === most) return { cursor, count };
  }
}

/** A program that keeps it with what it did can go on there. */
function withCursor(row: string): string {
  return `${row.slice(0, -1)},"cursor":"seq:${readRecord(row).seq}"}`;
}
