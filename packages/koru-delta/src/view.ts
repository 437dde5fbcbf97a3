import type { Diff, KeyDiff } from './diff.js';
import { KoruDeltaError } from './errors.js';
import { type Outcome, resultOf } from './flight.js';
import { parse } from './json.js';
import { fixed, type Moment, momentText, optionalMoment } from './moment.js';
import { checkNames, checkNamespace, checkText } from './names.js';
import { Pages } from './pages.js';
import type { NamespaceInfo } from './reports.js';
import type { Name, Unset, ValueOf } from './schema.js';
import type { Session } from './session.js';
import { throwIfAborted, untilAborted } from './signal.js';
import type { AnyVersion, Version, VersionInfo } from './version.js';

/** Options of a read. */
export interface ReadOptions {
  /** Read what was there at this moment, instead of what is there now. */
  at?: Moment | undefined;
  /** Stop waiting when this aborts. */
  signal?: AbortSignal | undefined;
}

/** Options of `history`. */
export interface HistoryOptions extends ReadOptions {
  /** At most so many versions. */
  limit?: number | undefined;
  /** False leaves the values out. */
  values?: boolean | undefined;
}

/** Options of `list`. */
export interface ListOptions extends ReadOptions {
  /** Only keys that begin with this. */
  prefix?: string | undefined;
  /** Only keys from this one on. */
  from?: string | undefined;
  /** Only keys before this one. */
  to?: string | undefined;
  /** Begin with the last key. */
  reverse?: boolean | undefined;
  /** At most so many keys. */
  limit?: number | undefined;
  /** False leaves the values out. */
  values?: boolean | undefined;
}

/** Options of `diff`. */
export interface DiffOptions {
  /** The earlier moment; without it, the state before the last change. */
  from?: Moment | undefined;
  /** The later moment; without it, now. */
  to?: Moment | undefined;
  signal?: AbortSignal | undefined;
}

/** Options of `diffNamespace`. */
export interface NamespaceDiffOptions {
  /** The earlier moment. */
  from: Moment;
  /** The later moment; without it, now. */
  to?: Moment | undefined;
  /** Only keys that begin with this. */
  prefix?: string | undefined;
  /** At most so many keys. */
  limit?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** So many gets of `getMany` go in one call, which counts where each would go over a wire. */
const GETS = 100;

/**
 * Every read there is, at one moment: {@link KoruDelta} reads now, and {@link View.at} gives a view of the past.
 *
 * A moment given to a single call goes before the view's own.
 */
export class View<Schema extends object = Record<string, unknown>> {
  /** The moment of this view, or undefined for now. */
  readonly moment: string | undefined;
  readonly #session: Session;

  /** @internal */
  protected constructor(session: Session, moment?: string) {
    this.#session = session;
    this.moment = moment;
  }

  /**
   * A read-only view of the database at a moment. A time ago, such as `-10m`, is counted from this call.
   *
   * @throws {@link KoruDeltaError} `invalid_moment`, on the first read, when the text names no moment.
   * @example
   * ```ts
   * const yesterday = db.at('-1d');
   * const then = await yesterday.get('users', 'alice');
   * const all = await yesterday.list('users').toArray();
   * ```
   */
  at(moment: Moment): View<Schema> {
    return new View<Schema>(this.#session, fixed(momentText(moment)));
  }

  /**
   * The value of a key, or undefined when it has none at that moment.
   *
   * @throws {@link KoruDeltaError} `number_not_exact` when the value holds a number that JavaScript would round: read it with
   * {@link getText}. `invalid_namespace`, `invalid_key`, `invalid_moment`, `pruned`, `closed`.
   */
  async get<T = Unset, N extends Name<Schema> = Name<Schema>>(
    namespace: N,
    key: string,
    options?: ReadOptions,
  ): Promise<ValueOf<Schema, N, T> | undefined> {
    const at = this.#ready(namespace, key, options);
    const plain = this.#session.carrier.getPlain(namespace, key, at);
    if (plain !== undefined) return plain === null ? undefined : JSON.parse(plain);
    const text = this.#session.carrier.getText(namespace, key, at, options);
    const found = typeof text === 'string' || text === null ? text : await untilAborted(text, options?.signal);
    return found === null ? undefined : parse(found);
  }

  /** The value of a key at a moment; the same as `get` with `at`. */
  async getAt<T = Unset, N extends Name<Schema> = Name<Schema>>(
    namespace: N,
    key: string,
    at: Moment,
    options?: Omit<ReadOptions, 'at'>,
  ): Promise<ValueOf<Schema, N, T> | undefined> {
    return this.get<T, N>(namespace, key, { ...options, at });
  }

  /** The exact JSON text of a value, as it was written but for white space; undefined when the key has none. */
  async getText(namespace: Name<Schema>, key: string, options?: ReadOptions): Promise<string | undefined> {
    const at = this.#ready(namespace, key, options);
    const text = this.#session.carrier.getText(namespace, key, at, options);
    const found = typeof text === 'string' || text === null ? text : await untilAborted(text, options?.signal);
    return found ?? undefined;
  }

  /** The value of a key with all that is known about its version, or undefined when it has none at that moment. */
  async getVersion<T = Unset, N extends Name<Schema> = Name<Schema>>(
    namespace: N,
    key: string,
    options?: ReadOptions,
  ): Promise<Version<ValueOf<Schema, N, T>> | undefined> {
    checkNames(namespace, key);
    const params = { namespace, key, at: this.#at(options) };
    return (await this.#session.readNow('get', params, options?.signal)) ?? undefined;
  }

  /**
   * The value of a key.
   *
   * @throws {@link KoruDeltaError} `key_not_found`, `key_deleted` (with who, when and how to bring it back) or
   * `not_yet_written` when the key has no value at that moment; and what `get` throws.
   */
  async getOrThrow<T = Unset, N extends Name<Schema> = Name<Schema>>(
    namespace: N,
    key: string,
    options?: ReadOptions,
  ): Promise<ValueOf<Schema, N, T>> {
    checkNames(namespace, key);
    const params = { namespace, key, at: this.#at(options), required: true };
    const { value } = await this.#session.readNow<Version<ValueOf<Schema, N, T>>>('get', params, options?.signal);
    return value;
  }

  /** The values of many keys at one moment, in the order of the keys; keys without a value are left out. */
  async getMany<T = Unset, N extends Name<Schema> = Name<Schema>>(
    namespace: N,
    keys: Iterable<string>,
    options?: ReadOptions,
  ): Promise<Map<string, ValueOf<Schema, N, T>>> {
    const found = new Map<string, ValueOf<Schema, N, T>>();
    const at = this.#at(options) ?? (await this.#session.now(options?.signal));
    const wanted = [...keys];
    for (let from = 0; from < wanted.length; from += GETS) {
      const some = wanted.slice(from, from + GETS);
      for (const key of some) checkNames(namespace, key);
      const outcomes = await this.#session.gets(namespace, some, at, options?.signal).catch(async (error: unknown) => {
        const inexact = error instanceof KoruDeltaError && error.code === 'number_not_exact';
        // It is told of its own value, and not of the answer that all have in common.
        if (inexact) for (const key of some) await this.get(namespace, key, { ...options, at });
        throw error;
      });
      for (const [index, key] of some.entries()) {
        const version = resultOf<Version<ValueOf<Schema, N, T>> | null>(outcomes[index] as Outcome);
        if (version) found.set(key, version.value);
      }
    }
    return found;
  }

  /**
   * The versions of a key, newest first, deletions included; none when it was never written.
   *
   * @example
   * ```ts
   * for await (const { timestamp, value, deleted } of db.history('users', 'alice')) console.log(timestamp, value, deleted);
   * ```
   */
  history(namespace: Name<Schema>, key: string, options: HistoryOptions & { values: false }): Pages<VersionInfo>;
  history<T = Unset, N extends Name<Schema> = Name<Schema>>(
    namespace: N,
    key: string,
    options?: HistoryOptions,
  ): Pages<AnyVersion<ValueOf<Schema, N, T>>>;
  history(namespace: string, key: string, options: HistoryOptions = {}): Pages<VersionInfo> {
    const at = this.#at(options);
    return new Pages(
      async (cursor, limit) => {
        checkNames(namespace, key);
        const params = { namespace, key, at, limit, cursor, values: options.values };
        const page = await this.#session.read<HistoryPage>('history', params, options.signal);
        return { items: page.versions, cursor: page.cursor };
      },
      options.limit,
      options.signal,
    );
  }

  /**
   * The keys of a namespace that have a value, in the order of their UTF-8 bytes, each with its newest version.
   *
   * @example
   * ```ts
   * const page = await db.list('users', { prefix: 'a', limit: 20 }).page();
   * ```
   */
  list(namespace: Name<Schema>, options: ListOptions & { values: false }): Pages<VersionInfo>;
  list<T = Unset, N extends Name<Schema> = Name<Schema>>(
    namespace: N,
    options?: ListOptions,
  ): Pages<Version<ValueOf<Schema, N, T>>>;
  list(namespace: string, options: ListOptions = {}): Pages<VersionInfo> {
    const at = this.#at(options);
    const { prefix, from, to, reverse, values, signal } = options;
    return new Pages(
      async (cursor, limit) => {
        checkNamespace(namespace);
        for (const [name, text] of Object.entries({ prefix, from, to })) checkText(name, text);
        const params = { namespace, prefix, from, to, reverse, at, limit, cursor, values };
        return this.#session.read('list', params, signal);
      },
      options.limit,
      signal,
    );
  }

  /** The namespaces that hold at least one key with a value; with `counts`, how many. */
  async namespaces(options: ReadOptions & { counts?: boolean | undefined } = {}): Promise<NamespaceInfo[]> {
    const params = { at: this.#at(options), counts: options.counts };
    return (await this.#session.read<{ namespaces: NamespaceInfo[] }>('namespaces', params, options.signal)).namespaces;
  }

  /**
   * How a key differs between two moments, as a JSON Patch (RFC 6902): by default, what the last change did.
   *
   * @throws {@link KoruDeltaError} `key_not_found` when the key was never written.
   */
  async diff<T = Unset, N extends Name<Schema> = Name<Schema>>(
    namespace: N,
    key: string,
    options: DiffOptions = {},
  ): Promise<Diff<ValueOf<Schema, N, T>>> {
    checkNames(namespace, key);
    const params = { namespace, key, from: optionalMoment(options.from), to: this.#at({ at: options.to }) };
    return this.#session.read('diff', params, options.signal);
  }

  /** How the keys of a namespace differ between two moments; keys that do not differ are left out. */
  diffNamespace(namespace: Name<Schema>, options: NamespaceDiffOptions): Pages<KeyDiff> {
    const { prefix, signal } = options;
    return new Pages(
      async (cursor, limit) => {
        checkNamespace(namespace);
        checkText('prefix', prefix);
        const [from, to] = [momentText(options.from), this.#at({ at: options.to })];
        const params = { namespace, from, to, prefix, limit, cursor };
        const page = await this.#session.read<DiffPage>('diffNamespace', params, signal);
        return { items: page.changes, cursor: page.cursor };
      },
      options.limit,
      signal,
    );
  }

  /** Checks that a read of a key may go on its way. Returns its moment. */
  #ready(namespace: string, key: string, options: ReadOptions | undefined): string | undefined {
    checkNames(namespace, key);
    this.#session.checkOpen();
    throwIfAborted(options?.signal);
    return this.#at(options);
  }

  #at(options: ReadOptions | undefined): string | undefined {
    return optionalMoment(options?.at) ?? this.moment;
  }
}

interface HistoryPage {
  versions: VersionInfo[];
  cursor: string | null;
}

interface DiffPage {
  changes: KeyDiff[];
  cursor: string | null;
}
