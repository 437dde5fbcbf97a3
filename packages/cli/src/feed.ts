import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Stats } from 'koru-delta';
import { readNamespace } from './address.js';
import type { Context } from './context.js';
import type { Database } from './database.js';
import { usage } from './failure.js';
import { footprint } from './footprint.js';
import { elements, members } from './json-text.js';
import { drawChanges } from './log-drawing.js';
import { reached } from './moment.js';
import { readRecord } from './record.js';
import { wholeNumber } from './whole-number.js';

/** Which changes are wanted. */
export interface FeedOptions {
  since?: string;
  prefix?: string;
  limit?: number;
}

/** What a feed does at its two ends: where it begins when nothing is said, and whether it waits for more. */
interface FeedEnds {
  begin: 'first' | 'now';
  live: boolean;
}

const pageRows = 500;
/** How often a live feed looks whether another process has written. */
const pollMs = 200;

/** Adds what chooses among the changes. */
export function withFeed(command: Command): Command {
  return command
    .argument('[namespace]', 'only the changes of this namespace')
    .option('--since <seq>', 'only what came after it, such as seq:123')
    .option('--prefix <text>', 'only keys that begin with this')
    .option('--limit <n>', 'at most this many', wholeNumber('--limit'));
}

/** Tells how a live feed ends. */
export function withLiveEnd(command: Command): Command {
  return command.addHelpText('after', '\nCtrl-C ends the waiting without a word, with exit code 130.');
}

/** Prints the changes that are there, and those to come where the feed is live. */
export async function feed(
  context: Context,
  name: string | undefined,
  options: FeedOptions,
  { begin, live }: FeedEnds,
): Promise<void> {
  check(name, options);
  const namespace = name === undefined ? undefined : readNamespace(name);
  const path = context.server() ? undefined : context.place().path;
  const { prefix, limit = Number.POSITIVE_INFINITY } = options;
  if (live && path === undefined && !context.server()) {
    throw usage('A live feed waits for what other processes write, and none writes to a database in memory.');
  }
  if (live) context.interrupt.endsQuietly = true;
  let { since } = options;
  let printed = 0;
  // A reader of a folder sees what was committed when it opened it, so a live feed opens it anew after each write. A server
  // tells by itself.
  while (true) {
    const before = live && path !== undefined ? await footprint(path).catch(() => '') : '';
    await context.reading(async (database) => {
      since = since === undefined ? await start(database, begin) : await reached(context, database, since);
      do {
        const waitMs = live ? database.feedWaitMs : undefined;
        const found = await drain(context, database, { namespace, prefix, since, waitMs }, limit - printed);
        since = found.cursor;
        printed += found.count;
      } while (live && path === undefined && printed < limit);
      // Behind a place there may simply be nothing new.
      const isEmpty = printed === 0 && !live && options.since === undefined;
      if (isEmpty && namespace !== undefined) await requireChanges(database, namespace);
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

function check(namespace: string | undefined, { since, prefix }: FeedOptions): void {
  if (namespace === undefined && prefix !== undefined) {
    throw usage('--prefix needs a namespace whose keys it can choose from.');
  }
  if (since !== undefined && !/^seq:\d+$/.test(since)) {
    throw usage(`--since takes what stands at the start of a line, such as seq:123, not '${since}'.`);
  }
}

/** Where a feed begins of which no place is said. */
async function start(database: Database, begin: FeedEnds['begin']): Promise<string | undefined> {
  if (begin === 'first') return undefined;
  const { lastSeq } = JSON.parse(await database.call('stats', {})) as Stats;
  return `seq:${lastSeq}`;
}

/** A namespace that never was is probably another, misspelled. One whose keys are all deleted has its changes. */
async function requireChanges(database: Database, namespace: string): Promise<void> {
  const page = members(await database.call('changes', { namespace, limit: 1 }));
  if (elements(page.get('changes') ?? '[]').length === 0) await database.requireKeys(namespace);
}

/** Prints what there is now, and tells where to go on. */
async function drain(
  { output }: Context,
  database: Database,
  wanted: {
    namespace: string | undefined;
    prefix: string | undefined;
    since: string | undefined;
    waitMs: number | undefined;
  },
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
