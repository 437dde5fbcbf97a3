import { type BatchOptions, type BatchSource, writeBatch } from './batch.js';
import { type ByteSource, chunks } from './bytes.js';
import { type ChangesOptions, feed } from './changes.js';
import { connectTo } from './connect.js';
import type { ConnectOptions } from './connect-options.js';
import { failure, KoruDeltaError } from './errors.js';
import { resultOf } from './flight.js';
import { parse, stringify } from './json.js';
import { type Moment, optionalMoment } from './moment.js';
import { checkNames, checkText } from './names.js';
import { openNative, verifyNative } from './native.js';
import { inJavaScript } from './open-hints.js';
import type { MemoryOptions, OpenOptions } from './open-options.js';
import { type Operations, operations, type Synced } from './protocol.js';
import type { BatchReceipt } from './receipt.js';
import type { FolderReport, ImportReport, Stats, VerifyReport } from './reports.js';
import type { Name, Unset, ValueOf } from './schema.js';
import type { SealKey } from './seal-key.js';
import { Session } from './session.js';
import { outcomeUnknown, throwIfAborted, untilAborted } from './signal.js';
import { Transaction, type TransactOptions } from './transaction.js';
import type { Change, VersionInfo } from './version.js';
import { View } from './view.js';

/** Options of a write. */
export interface WriteOptions {
  /** What the key's newest version must be; null: the key must not exist. Else the write fails with `conflict`. */
  ifVersion?: string | null | undefined;
  /** Who writes; kept with the version. */
  actor?: string | undefined;
  /** Why; kept with the version. */
  reason?: string | undefined;
  /**
   * Names this write, so that sending it again does not write it twice: 1 to 64 printable characters, new for each write.
   * Over a connection that breaks, the write is then sent again by itself.
   */
  idempotencyKey?: string | undefined;
  /** Stop waiting when this aborts. Once the write was sent, its outcome is then unknown. */
  signal?: AbortSignal | undefined;
}

/** Options of `revert`. */
export interface RevertOptions extends WriteOptions {
  /** The moment whose state comes back; without it, the state before the last change. */
  at?: Moment | undefined;
}

/** Options of `import`. */
export interface ImportOptions {
  /** Give the versions new times and keep their old ones as `origin`, when they cannot keep them. */
  restamp?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * An open database. Every write is a version, nothing is overwritten, and every read can be asked of any moment.
 *
 * `Schema` names the types of the values by namespace; without it, each call may name its own.
 *
 * @example
 * ```ts
 * import { KoruDelta } from 'koru-delta';
 *
 * await using db = await KoruDelta.startWithPath('./data');
 * await db.put('users', 'alice', { name: 'Alice' });
 * const before = await db.put('users', 'alice', { name: 'Alice Smith' });
 * await db.delete('users', 'alice');
 *
 * await db.get('users', 'alice'); // undefined
 * await db.getAt('users', 'alice', before.version); // { name: 'Alice Smith' }
 * await db.revert('users', 'alice'); // she is back, and the history says so
 * ```
 */
export class KoruDelta<Schema extends object = Record<string, unknown>> extends View<Schema> {
  readonly #session: Session;

  private constructor(session: Session) {
    super(session);
    this.#session = session;
  }

  /** Opens a database in memory, which is gone when it is closed. */
  static async start<Schema extends object = Record<string, unknown>>(
    options: MemoryOptions = {},
  ): Promise<KoruDelta<Schema>> {
    return KoruDelta.#open<Schema>(options);
  }

  /**
   * Opens the database in a folder, and makes it when there is none.
   *
   * @throws {@link KoruDeltaError} `database_locked` when another process writes to it, `database_not_found` when there is none
   * and `create` is false or it is opened for reading only, `not_a_database`, `newer_format`, `corrupt`, `seal_key_required`,
   * `wrong_seal_key`, `permission_denied`.
   */
  static async startWithPath<Schema extends object = Record<string, unknown>>(
    path: string,
    options: OpenOptions = {},
  ): Promise<KoruDelta<Schema>> {
    checkPath(path);
    return KoruDelta.#open<Schema>({ ...options, path });
  }

  /**
   * Connects to a server (`http://` or `https://`, see `kdelta start`), or opens a folder in a process of its own (`stdio:`
   * and its path; without a path a database in memory). Everything then works as in this process; what takes a connection can
   * fail with `connection_lost`, `timeout` or `unreachable`, and a write then says in the fact `outcome` whether it is
   * `not_done` or `unknown`.
   *
   * @throws {@link KoruDeltaError} `unreachable`, `unauthorized`, `unsupported_protocol`, `bridge_not_found`,
   * `invalid_params`; over `stdio:` also what {@link startWithPath} throws.
   * @example
   * ```ts
   * await using db = await KoruDelta.connect('http://127.0.0.1:7878', { key: process.env.MY_KEY });
   * await db.put('users', 'alice', { name: 'Alice' }, { idempotencyKey: crypto.randomUUID() });
   * ```
   */
  static async connect<Schema extends object = Record<string, unknown>>(
    url: string | URL,
    options: ConnectOptions = {},
  ): Promise<KoruDelta<Schema>> {
    return new KoruDelta<Schema>(new Session(await connectTo(url, options), false));
  }

  /**
   * Reads and checks every file of the database in a folder without opening it, so also of one that does not open. It changes
   * nothing. Damage is in the report and is no error.
   *
   * @throws {@link KoruDeltaError} `database_not_found`, `seal_key_required`, `wrong_seal_key`, `not_sealed`, `permission_denied`.
   */
  static async verifyPath(path: string, options: { key?: SealKey | undefined } = {}): Promise<FolderReport> {
    checkPath(path);
    const report = verifyNative(JSON.stringify({ ...options, path })).catch((error: unknown) => {
      throw inJavaScript(error, path);
    });
    return parse(await report);
  }

  static async #open<Schema extends object>(options: OpenOptions & { path?: string }): Promise<KoruDelta<Schema>> {
    const { signal, ...rest } = options;
    throwIfAborted(signal);
    const carrier = await openNative(JSON.stringify(rest)).catch((error: unknown) => {
      throw inJavaScript(error, rest.path);
    });
    if (signal?.aborted) await carrier.close();
    throwIfAborted(signal);
    return new KoruDelta<Schema>(new Session(carrier, options.readOnly ?? false));
  }

  /**
   * Writes a value as the key's newest version, and resolves when it is durable.
   *
   * The value is taken as it is now. Puts that are not awaited one by one share their syncs of the disk, in their order.
   *
   * @throws {@link KoruDeltaError} `conflict` when `ifVersion` does not hold, with the facts `currentVersion` and
   * `currentValue`. `invalid_json` when JSON cannot say the value, with its `path`. `invalid_namespace`, `invalid_key`,
   * `value_too_large`, `read_only`, `disk_full`, `poisoned`, `closed`, `cancelled`.
   */
  async put<T = Unset, N extends Name<Schema> = Name<Schema>>(
    namespace: N,
    key: string,
    value: ValueOf<Schema, N, NoInfer<T>>,
    options: WriteOptions = {},
  ): Promise<VersionInfo> {
    checkNames(namespace, key);
    const { ifVersion, actor, reason, idempotencyKey, signal } = options;
    const text = stringify(value);
    if (ifVersion === undefined && (actor ?? reason ?? idempotencyKey) === undefined) {
      return resultOf(await this.#session.queue.send({ op: 'put', namespace, key, text }, signal));
    }
    const names = JSON.stringify({ namespace, key, ifVersion, actor, reason, idempotencyKey }).slice(0, -1);
    return this.#write('put', `${names},"value":${text}}`, options);
  }

  /**
   * Writes a batch: all of it or nothing, with one sync of the disk.
   *
   * Takes a list of items, or lines of JSON as bytes, which JavaScript never parses. Both may be streams; then nothing is
   * written before their end. Do not change the items or the bytes before the batch has settled.
   *
   * @throws {@link KoruDeltaError} What `put` throws; `invalid_line` with the fact `line`; `batch_too_large`.
   * @example
   * ```ts
   * await db.batchPut([
   *   { namespace: 'users', key: 'alice', value: { name: 'Alice' } },
   *   { namespace: 'users', key: 'bob', delete: true },
   * ]);
   * await db.batchPut(createReadStream('users.jsonl'), { namespace: 'users', keyField: 'id' });
   * ```
   */
  async batchPut(items: BatchSource<Schema>, options: BatchOptions = {}): Promise<BatchReceipt> {
    return writeBatch(this.#session, items as BatchSource, options);
  }

  /**
   * Deletes a key: its newest version then says so, and its history stays.
   *
   * @throws {@link KoruDeltaError} `key_not_found` when it was never written, `key_deleted` when it already is; and what `put`
   * throws.
   */
  async delete(namespace: Name<Schema>, key: string, options: WriteOptions = {}): Promise<VersionInfo> {
    checkNames(namespace, key);
    const { signal: _, ...rest } = options;
    return this.#write('delete', JSON.stringify({ namespace, key, ...rest }), options);
  }

  /**
   * Brings back what a key was at a moment, as a new version: by default, what it was before its last change. When there was
   * nothing then, the key is deleted.
   *
   * @throws {@link KoruDeltaError} `nothing_to_revert` when the key is in that state, `key_not_found` when it was never
   * written; and what `put` throws.
   */
  async revert(namespace: Name<Schema>, key: string, options: RevertOptions = {}): Promise<VersionInfo> {
    checkNames(namespace, key);
    const { signal: _, at, ...rest } = options;
    return this.#write('revert', JSON.stringify({ namespace, key, ...rest, at: optionalMoment(at) }), options);
  }

  /**
   * Runs a function whose reads and writes take effect together or not at all. When somebody else writes one of the keys
   * that it read before it ends, the function runs again, so it should do nothing but compute.
   *
   * @throws {@link KoruDeltaError} `conflict` when it was in vain `retries` times; what the function throws, and then nothing
   * was written.
   * @example
   * ```ts
   * await db.transact(async (tx) => {
   *   const balance = await tx.getOrThrow<number>('accounts', 'alice');
   *   tx.put('accounts', 'alice', balance - 10);
   * });
   * ```
   */
  async transact<R>(fn: (tx: Transaction<Schema>) => Promise<R> | R, options: TransactOptions = {}): Promise<R> {
    const { signal, retries = 20 } = options;
    for (let attempt = 0; ; attempt += 1) {
      throwIfAborted(signal);
      const tx = new Transaction<Schema>(this.#session, signal);
      const result = await fn(tx);
      const batch = tx.end(options);
      try {
        if (batch !== undefined) await this.#write('batch', batch, options);
        return result;
      } catch (error) {
        const lost = error instanceof KoruDeltaError && error.code === 'conflict';
        if (!lost || attempt >= retries) throw error;
      }
      await jitter(attempt);
    }
  }

  /**
   * The feed of all versions in the order of their commits, deletions included, from the first or from behind a cursor.
   * Each change carries the cursor to go on behind it, which stays good for ever.
   *
   * @throws {@link KoruDeltaError} `invalid_cursor`; `cancelled` when the signal aborts.
   */
  changes<T = unknown>(options: ChangesOptions = {}): AsyncIterable<Change<T>> {
    return feed<T>(this.#session, options);
  }

  /**
   * The changes from this call on, as they happen. Ends when the database is closed, when you leave the loop, or with
   * `cancelled` when the signal aborts.
   *
   * @example
   * ```ts
   * for await (const change of db.watch({ namespace: 'users' })) console.log(change.key, change.value);
   * ```
   */
  watch<T = unknown>(options: Omit<ChangesOptions, 'live'> = {}): AsyncIterable<Change<T>> {
    const session = this.#session;
    // In turn with the writes, so that those asked for before are not among the changes, and those asked for after are.
    const from = options.since ?? session.queue.run(() => session.now(), options.signal);
    // It fails when somebody looks; nobody may.
    if (typeof from !== 'string') from.catch(() => {});
    return (async function* () {
      yield* feed<T>(session, { ...options, since: await from, live: true });
    })();
  }

  /** What the database is made of. Counting keys and namespaces reads all of them, so `counts` asks for it. */
  async stats(options: { counts?: boolean | undefined; signal?: AbortSignal | undefined } = {}): Promise<Stats> {
    return this.#session.read('stats', { counts: options.counts }, options.signal);
  }

  /**
   * Makes durable what was acknowledged under a weaker `durability` than `sync`, and resolves to the seq up to which everything
   * is on stable storage.
   */
  async sync(options: { signal?: AbortSignal | undefined } = {}): Promise<number> {
    const { throughSeq } = await this.#session.write<Synced>('sync', '{}', options.signal);
    return throughSeq;
  }

  /** Reads and checks every byte of every file. Damage is in the report and is no error. */
  async verify(options: { signal?: AbortSignal | undefined } = {}): Promise<VerifyReport> {
    return this.#session.read('verify', {}, options.signal);
  }

  /**
   * The whole history as it is now, in lines of JSON that {@link KoruDelta.import} takes, as chunks of bytes.
   *
   * @example
   * ```ts
   * await pipeline(db.export(), createWriteStream('backup.jsonl'));
   * ```
   */
  async *export(
    options: { at?: Moment | undefined; signal?: AbortSignal | undefined } = {},
  ): AsyncGenerator<Uint8Array, void, undefined> {
    this.#session.checkOpen();
    const exporter = this.#session.carrier.exporter(JSON.stringify({ at: optionalMoment(options.at) }));
    try {
      for (;;) {
        throwIfAborted(options.signal);
        const chunk = await untilAborted(exporter.next(), options.signal);
        if (chunk === null) return;
        yield chunk;
      }
    } finally {
      await exporter.abort();
    }
  }

  /**
   * Adds a history, all of it or nothing: one that {@link KoruDelta.export} made, or lines with a key, a timestamp and a value
   * in the order of their times.
   *
   * @throws {@link KoruDeltaError} `import_refused` when the history begins before what is already here ends and `restamp` was
   * not given; `export_damaged`; `invalid_line` with the fact `line`.
   */
  async import(source: ByteSource, options: ImportOptions = {}): Promise<ImportReport> {
    const { signal, ...rest } = options;
    this.#session.checkOpen();
    throwIfAborted(signal);
    const importer = this.#session.carrier.importer(JSON.stringify(rest));
    try {
      for await (const chunk of chunks(source)) await untilAborted(importer.feed(chunk), signal);
      throwIfAborted(signal);
    } catch (error) {
      await importer.abort();
      throw error;
    }
    const finish = () => untilAborted(importer.finish(), signal, outcomeUnknown);
    return parse(await this.#session.queue.run(finish, signal));
  }

  /**
   * Calls an operation of the protocol by its name, as it is: docs/reference/operations.md.
   *
   * @example
   * ```ts
   * const { versions } = await db.call('history', { namespace: 'users', key: 'alice', limit: 10 });
   * ```
   */
  async call<Op extends Callable>(
    op: Op,
    params: Operations[Op]['params'],
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<Operations[Op]['result']> {
    const kind: string | undefined = operations[op]?.kind;
    if (kind === 'stream') {
      throw failure('invalid_params', `'${op}' is a stream, which has a method of its own.`, {
        hints: [{ text: 'Use watch, export, import or batchPut' }],
      });
    }
    if (kind === 'read') return this.#session.read(op, params, options.signal);
    return this.#write(op, stringify(params), { ...params, ...options });
  }

  /** Lets the writes under way end and closes the database. Later calls fail with `closed`; closing again does nothing. */
  async close(): Promise<void> {
    await this.#session.close();
  }

  /** The same as {@link close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.close();
  }

  #write<T>(op: string, params: string, { signal, idempotencyKey }: WriteOptions): Promise<T> {
    return this.#session.write<T>(op, params, signal, idempotencyKey !== undefined);
  }
}

/** The operations that are one call and one answer. */
type Callable = {
  [Op in keyof Operations]: (typeof operations)[Op]['kind'] extends 'stream' ? never : Op;
}[keyof Operations];

/** Waits a random while that grows with every attempt, so that those who collided do not collide again. */
async function jitter(attempt: number): Promise<void> {
  const milliseconds = Math.random() * Math.min(2 ** attempt, 50);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function checkPath(path: unknown): void {
  if (typeof path !== 'string' || path === '') {
    throw failure('invalid_params', 'The path of a database is a string that is not empty.');
  }
  checkText('path', path);
}
