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
  /** Wait for further changes at the end, instead of ending. */
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

/** How often a database that another process writes is asked whether there is more. */
const POLL_MS = 200;

/** The versions in the order of their commits. A live feed ends when the database is closed. */
export async function* feed<T>(session: Session, options: ChangesOptions): AsyncGenerator<Change<T>, void, undefined> {
  const { namespace, prefix, values, signal } = options;
  if (namespace !== undefined) checkNamespace(namespace);
  checkText('prefix', prefix);
  let since = options.since;
  for (;;) {
    throwIfAborted(signal);
    const woken = session.bell.wait(session.readOnly ? POLL_MS : undefined, signal);
    const params = { since, namespace, prefix, values, limit: PAGE };
    const page = await session.read<FeedPage<T>>('changes', params, signal);
    for (const change of page.changes) yield { ...change, cursor: `seq:${change.seq}` };
    since = page.cursor;
    if (page.more) continue;
    if (!options.live) return;
    await woken;
    if (session.closed) return;
  }
}
