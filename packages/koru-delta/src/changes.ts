import { failure, KoruDeltaError } from './errors.js';
import { checkNamespace, checkText } from './names.js';
import type { Session } from './session.js';
import { throwIfAborted } from './signal.js';
import type { AnyVersion, Change } from './version.js';

/** Options of the feed of changes. */
export interface ChangesOptions {
  /** The cursor of the last change that was seen; without it, from the first version on. */
  since?: string | undefined;
  /** Only this namespace. */
  namespace?: string | undefined;
  /** Only keys that begin with this. */
  prefix?: string | undefined;
  /** Wait for further changes at the end, instead of ending; not where the database was opened for reading only. */
  live?: boolean | undefined;
  /** False leaves the values out. */
  values?: boolean | undefined;
  /** Stop when this aborts. */
  signal?: AbortSignal | undefined;
}

interface FeedPage<T> {
  changes: AnyVersion<T>[];
  cursor: string;
  more: boolean;
}

const PAGE = 1_000;

/** The versions in the order of their commits. A live feed ends when the database is closed. */
export async function* feed<T>(session: Session, options: ChangesOptions): AsyncGenerator<Change<T>, void, undefined> {
  const { namespace, prefix, values, signal } = options;
  if (namespace !== undefined) checkNamespace(namespace);
  checkText('prefix', prefix);
  if (options.live && session.readOnly) {
    throw failure(
      'invalid_params',
      'A database that was opened for reading only stays as it was then: nothing can come.',
      {
        hints: [{ text: 'Open it again, and go on behind the last cursor', code: 'db.changes({ since: cursor })' }],
      },
    );
  }
  const waitMs = options.live ? session.carrier.feedWaitMs : undefined;
  let since = options.since;
  let woken: Promise<void> | undefined;
  try {
    for (;;) {
      throwIfAborted(signal);
      // Waited for from before the look, so that nothing comes unseen between the two. Elsewhere the look itself waits.
      if (options.live && waitMs === undefined) woken ??= session.bell.wait(signal);
      const params = { since, namespace, prefix, values, limit: PAGE, waitMs };
      const page = await session.read<FeedPage<T>>('changes', params, signal);
      for (const change of page.changes) yield { ...change, cursor: `seq:${change.seq}` };
      since = page.cursor;
      if (page.more) continue;
      if (!options.live) return;
      await woken;
      woken = undefined;
    }
  } catch (error) {
    // Whoever follows a database to its end is told of the end, and of no failure.
    if (!options.live || !session.closed || !(error instanceof KoruDeltaError) || error.code !== 'closed') throw error;
  }
}
