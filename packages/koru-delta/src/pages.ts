import { throwIfAborted } from './signal.js';

/** One page of a longer answer. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Give it to {@link Pages.page} for the page that follows; null after the last. */
  readonly cursor: string | null;
}

/** Asks the engine for the page behind a cursor, with at most `limit` items. */
export type FetchPage<T> = (cursor: string | undefined, limit: number) => Promise<Page<T>>;

const FIRST_PAGE = 100;
const PAGE_MAX = 1_000;

/**
 * An answer that may be long. Iterate over it, which fetches page by page, or take {@link toArray} or one {@link page}.
 * Nothing is asked before that, and each iteration asks anew.
 *
 * @example
 * ```ts
 * for await (const { key, value } of db.list('users', { prefix: 'a' })) console.log(key, value);
 * const newest = await db.history('users', 'alice', { limit: 10 }).toArray();
 * ```
 */
export class Pages<T> implements AsyncIterable<T> {
  readonly #fetch: FetchPage<T>;
  readonly #limit: number;
  readonly #signal: AbortSignal | undefined;

  /** @internal */
  constructor(fetch: FetchPage<T>, limit = Number.POSITIVE_INFINITY, signal?: AbortSignal) {
    this.#fetch = fetch;
    this.#limit = limit;
    this.#signal = signal;
  }

  /**
   * One page: the first, or the one behind a cursor. It holds at most `limit` items, or 100 when no limit was given.
   *
   * @throws {@link KoruDeltaError} `invalid_cursor` when the cursor belongs to another call.
   */
  async page(cursor?: string): Promise<Page<T>> {
    return this.#fetch(cursor, Number.isFinite(this.#limit) ? this.#limit : FIRST_PAGE);
  }

  /** Everything, in memory at once. */
  async toArray(): Promise<T[]> {
    const all: T[] = [];
    for await (const items of this.#pages()) for (const item of items) all.push(item);
    return all;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const items of this.#pages()) yield* items;
  }

  /** Fetches small pages first, so that the first items come soon, then larger ones. */
  async *#pages(): AsyncGenerator<readonly T[], void, undefined> {
    let cursor: string | null | undefined;
    let size = FIRST_PAGE;
    for (let left = this.#limit; left > 0 && cursor !== null; size = Math.min(size * 2, PAGE_MAX)) {
      throwIfAborted(this.#signal);
      const page: Page<T> = await this.#fetch(cursor, Math.min(left, size));
      yield page.items;
      left -= page.items.length;
      cursor = page.cursor;
    }
  }
}
