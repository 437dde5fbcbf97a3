import { throwIfAborted } from 'koru-delta/inside';
import type { Engine } from './engine.js';
import { cut } from './page.js';

/** Where a stream sends its messages. */
export interface Outlet {
  /** Aborts when the client has had enough. */
  readonly signal: AbortSignal;
  /** Waits until the client takes one more message. */
  room(): Promise<void>;
  /** Sends one; `members` is JSON without the braces. */
  send(members: string): void;
}

/** Versions in one message. */
const EVENT_ITEMS = 1_000;

/** The feed from a cursor, or from now, until the client has had enough. Answers the cursor behind the last event. */
export async function watched(engine: Engine, params: Record<string, unknown>, outlet: Outlet): Promise<string> {
  const { carrier } = engine;
  let since = params.since ?? `seq:${(JSON.parse(await carrier.call('stats', '{}')) as { lastSeq: number }).lastSeq}`;
  let news: Promise<void> | undefined;
  while (!outlet.signal.aborted && !engine.closed) {
    // Waited for from before the look, so that nothing comes unseen between the two.
    news ??= engine.news(outlet.signal);
    const page = await carrier.call('changes', JSON.stringify({ ...params, since, limit: EVENT_ITEMS }));
    const { items, cursor, more } = cut(page);
    if (items !== '[]') {
      await outlet.room();
      if (outlet.signal.aborted) break;
      outlet.send(`"items":${items},"cursor":${JSON.stringify(cursor)}`);
    }
    since = cursor;
    if (more) continue;
    await news;
    news = undefined;
  }
  return JSON.stringify({ cursor: since });
}

/** The portable file in pieces. Answers how many pieces there were. */
export async function exported(engine: Engine, params: Record<string, unknown>, outlet: Outlet): Promise<string> {
  const exporter = engine.carrier.exporter(JSON.stringify(params));
  let pieces = 0;
  try {
    for (;;) {
      await outlet.room();
      throwIfAborted(outlet.signal);
      const chunk = await exporter.next();
      if (chunk === null) return JSON.stringify({ pieces });
      pieces += 1;
      outlet.send(`"text":${JSON.stringify(Buffer.from(chunk).toString('utf8'))}`);
    }
  } finally {
    await exporter.abort();
  }
}
