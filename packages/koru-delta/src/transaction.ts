import { failure } from './errors.js';
import { parse, stringify } from './json.js';
import { checkNames } from './names.js';
import type { Name, Unset, ValueOf } from './schema.js';
import type { Session } from './session.js';
import type { Version } from './version.js';

/** Who writes in a transaction, and why; and how hard to try. */
export interface TransactOptions {
  actor?: string | undefined;
  reason?: string | undefined;
  /** Names what is written at the end, so that sending it again does not write it twice; new for each transaction. */
  idempotencyKey?: string | undefined;
  /** How often to begin again when somebody else wrote first; 20 when not given. */
  retries?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Reads and writes that take effect together or not at all. All reads show one moment, that of the first of them, and the
 * transaction's own writes. Nothing is written before the end.
 */
export class Transaction<Schema extends object = Record<string, unknown>> {
  readonly #session: Session;
  readonly #signal: AbortSignal | undefined;
  readonly #reads = new Map<string, Read>();
  readonly #writes = new Map<string, Write>();
  #moment: Promise<string> | undefined;
  #ended = false;

  /** @internal */
  constructor(session: Session, signal: AbortSignal | undefined) {
    this.#session = session;
    this.#signal = signal;
  }

  /** The value of a key, or undefined when it has none. */
  async get<T = Unset, N extends Name<Schema> = Name<Schema>>(
    namespace: N,
    key: string,
  ): Promise<ValueOf<Schema, N, T> | undefined> {
    this.#checkOpen();
    checkNames(namespace, key);
    const id = identity(namespace, key);
    const own = this.#writes.get(id);
    if (own) return own.text === undefined ? undefined : parse(own.text);
    const seen = this.#reads.get(id) ?? (await this.#read(namespace, key));
    this.#reads.set(id, seen);
    return parse<Version<ValueOf<Schema, N, T>> | null>(seen.record)?.value;
  }

  /**
   * The value of a key.
   *
   * @throws {@link KoruDeltaError} `key_not_found` or `key_deleted` when it has none.
   */
  async getOrThrow<T = Unset, N extends Name<Schema> = Name<Schema>>(
    namespace: N,
    key: string,
  ): Promise<ValueOf<Schema, N, T>> {
    const value = await this.get<T, N>(namespace, key);
    if (value !== undefined) return value;
    const own = this.#writes.has(identity(namespace, key));
    if (own) throw failure('key_deleted', `Key '${namespace}/${key}' is deleted by this transaction.`);
    const params = { namespace, key, at: await this.#moment, required: true };
    return (await this.#session.readNow<Version<ValueOf<Schema, N, T>>>('get', params, this.#signal)).value;
  }

  /** Writes a value at the end of the transaction. The value is taken as it is now. */
  put<T = Unset, N extends Name<Schema> = Name<Schema>>(
    namespace: N,
    key: string,
    value: ValueOf<Schema, N, NoInfer<T>>,
  ): void {
    this.#write({ namespace, key, text: stringify(value) });
  }

  /** Deletes a key at the end of the transaction. */
  delete(namespace: Name<Schema>, key: string): void {
    this.#write({ namespace, key });
  }

  /**
   * Ends the transaction: the JSON text of the batch that does it, or undefined when nothing was written. What was only read
   * needs no proof, since all of it was read at one moment.
   *
   * @internal
   */
  end({ actor, reason, idempotencyKey }: TransactOptions): string | undefined {
    this.#ended = true;
    if (this.#writes.size === 0) return undefined;
    const ops = [...this.#writes.values()].map(opText).join();
    const expect = JSON.stringify(
      [...this.#reads.values()].map(({ namespace, key, version }) => ({ namespace, key, version })),
    );
    const notes = JSON.stringify({ actor, reason, idempotencyKey }).slice(1);
    return `{"ops":[${ops}],"expect":${expect}${notes === '}' ? '}' : `,${notes}`}`;
  }

  #write(write: Write): void {
    this.#checkOpen();
    checkNames(write.namespace, write.key);
    const id = identity(write.namespace, write.key);
    this.#writes.delete(id);
    this.#writes.set(id, write);
  }

  async #read(namespace: string, key: string): Promise<Read> {
    this.#moment ??= this.#session.now(this.#signal);
    const at = await this.#moment;
    const record = await this.#session.textNow('get', { namespace, key, at }, this.#signal);
    return { namespace, key, version: parse<Version | null>(record)?.version ?? null, record };
  }

  #checkOpen(): void {
    if (this.#ended) throw failure('closed', 'The transaction has ended: its function returned.');
  }
}

/** What was there when a key was read. */
interface Read {
  namespace: string;
  key: string;
  version: string | null;
  /** The record as JSON text, from which every read makes a value of its own. */
  record: string;
}

/** A value to write, or without a text a key to delete. */
interface Write {
  namespace: string;
  key: string;
  text?: string;
}

function identity(namespace: string, key: string): string {
  return JSON.stringify([namespace, key]);
}

function opText({ namespace, key, text }: Write): string {
  const names = `{"namespace":${JSON.stringify(namespace)},"key":${JSON.stringify(key)}`;
  return text === undefined ? `${names},"delete":true}` : `${names},"value":${text}}`;
}
