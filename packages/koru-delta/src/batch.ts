import { type ByteSource, CHUNK_BYTES, chunks, encode, encodeShared } from './bytes.js';
import type { Batch, LineLoader } from './carrier.js';
import { Columns } from './columns.js';
import { failure, KoruDeltaError } from './errors.js';
import { stringify } from './json.js';
import { checkNames } from './names.js';
import { BatchReceipt, type ReceiptRecord } from './receipt.js';
import type { RejectedLine } from './reports.js';
import type { Name } from './schema.js';
import type { Session } from './session.js';
import { notSent, outcomeUnknown, throwIfAborted, untilAborted } from './signal.js';

/** One write of a batch. */
export type BatchItem<Schema extends object = Record<string, unknown>> = {
  [N in Name<Schema>]: BatchPut<N, Schema[N]> | BatchDelete<N>;
}[Name<Schema>];

/** A value to write. */
export interface BatchPut<N extends string = string, V = unknown> {
  readonly namespace: N;
  readonly key: string;
  readonly value: V;
  readonly delete?: never;
  /** What the key's newest version must be; null: the key must not exist. */
  readonly ifVersion?: string | null | undefined;
}

/** A key to delete. In a batch that is a version also when the key does not exist. */
export interface BatchDelete<N extends string = string> {
  readonly namespace: N;
  readonly key: string;
  readonly value?: never;
  readonly delete: true;
  readonly ifVersion?: string | null | undefined;
}

/** What `batchPut` takes: items, or lines of JSON as bytes. */
export type BatchSource<Schema extends object = Record<string, unknown>> =
  | Iterable<BatchItem<Schema>>
  | AsyncIterable<BatchItem<Schema>>
  | ByteSource;

/** Options of a batch. */
export interface BatchOptions {
  /** Who writes; kept with each version. */
  actor?: string | undefined;
  /** Why; kept with each version. */
  reason?: string | undefined;
  /** For lines that are plain documents: the namespace they go to. */
  namespace?: string | undefined;
  /** For lines that are plain documents: the member that holds the key, a string or a whole number. */
  keyField?: string | undefined;
  /** Leave lines out that cannot be taken, and list them in the receipt; without it one such line refuses the batch. */
  skipBad?: boolean | undefined;
  /** Stop when this aborts. Until everything is read, nothing is written. */
  signal?: AbortSignal | undefined;
}

/** As many items go to the engine at a time: it reads them while JavaScript makes the next piece. */
const PIECE_ITEMS = 256;

/** How long JavaScript works before it lets others have their turn. */
const SLICE_MS = 5;

/** Writes a batch by the shortest way its form allows. */
export async function writeBatch(session: Session, source: BatchSource, options: BatchOptions): Promise<BatchReceipt> {
  session.checkOpen();
  throwIfAborted(options.signal);
  if (typeof source !== 'object' || source === null) {
    throw failure('invalid_params', 'A batch is a list of items, or bytes.');
  }
  const { signal, skipBad, ...lineOptions } = options;
  if (source instanceof Uint8Array && source.length <= CHUNK_BYTES && !skipBad) {
    const job = () => session.carrier.batchLines(source, JSON.stringify(lineOptions));
    return new BatchReceipt(session, JSON.parse(await session.queue.run(job, signal)));
  }
  if (Array.isArray(source) && !isBytes(source[0])) {
    return new BatchReceipt(session, await writeItems(session, source, options));
  }
  return load(session, source, options);
}

/** Writes a list in its turn: in one call when it is short, else in pieces that the engine keeps until the last has come. */
async function writeItems(session: Session, items: readonly unknown[], options: BatchOptions): Promise<ReceiptRecord> {
  const { actor, reason, signal } = options;
  const notes = JSON.stringify({ actor, reason });
  if (items.length <= PIECE_ITEMS) {
    const params = pieceText(items);
    return session.write('batch', notes === '{}' ? params : `${notes.slice(0, -1)},${params.slice(1)}`, signal);
  }
  let sent = false;
  const job = async () => {
    throwIfAborted(signal);
    const batch = session.carrier.batch(notes);
    await addPieces(batch, slices(items), signal);
    sent = true;
    return batch.commit();
  };
  const stopped = (signal: AbortSignal) => (sent ? outcomeUnknown(signal) : notSent(signal));
  return JSON.parse(await untilAborted(session.queue.run(job), signal, stopped));
}

/** Makes the next piece while the engine reads the one before; whatever stops it ends the batch without a write. */
async function addPieces(
  batch: Batch,
  pieces: Iterable<unknown[]> | AsyncIterable<unknown[]>,
  signal: AbortSignal | undefined,
): Promise<void> {
  let under: Promise<unknown> = Promise.resolve();
  try {
    for await (const items of pieces) {
      for (const text of pieceTexts(items)) {
        await untilAborted(under, signal, notSent);
        throwIfAborted(signal);
        under = batch.add(encodeShared(text));
        // Looked at in the next round; making the next piece may throw before that.
        under.catch(() => {});
      }
    }
    await under;
    throwIfAborted(signal);
  } catch (error) {
    await batch.abort();
    throw error;
  }
}

function* slices(items: readonly unknown[]): Generator<unknown[], void, undefined> {
  for (let from = 0; from < items.length; from += PIECE_ITEMS) yield items.slice(from, from + PIECE_ITEMS);
}

/** Writes anything else: the engine keeps what has come until the end has, and the batch takes its turn then. */
async function load(session: Session, source: BatchSource, options: BatchOptions): Promise<BatchReceipt> {
  const { actor, reason, signal, skipBad } = options;
  const stream = new Stream(source instanceof Uint8Array ? [source] : source);
  if (skipBad || isBytes(await stream.peek())) return loadLines(session, stream, options);
  const batch = session.carrier.batch(JSON.stringify({ actor, reason }));
  await addPieces(batch, stream.groups(PIECE_ITEMS), signal);
  const commit = () => untilAborted(batch.commit(), signal, outcomeUnknown);
  return new BatchReceipt(session, JSON.parse(await session.queue.run(commit, signal)));
}

async function loadLines(session: Session, stream: Stream, options: BatchOptions): Promise<BatchReceipt> {
  const { signal, ...loaderOptions } = options;
  const loader = session.carrier.loader(JSON.stringify(loaderOptions));
  const rejected: RejectedLine[] = [];
  try {
    await feed(loader, lines(stream), signal, rejected);
    throwIfAborted(signal);
  } catch (error) {
    await loader.abort();
    throw error;
  }
  const commit = () => untilAborted(loader.commit(), signal, outcomeUnknown);
  return new BatchReceipt(session, JSON.parse(await session.queue.run(commit, signal)), rejected);
}

/** Makes the next chunk while the engine reads the one before. */
async function feed(
  loader: LineLoader,
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
  rejected: RejectedLine[],
): Promise<void> {
  let under: Promise<unknown> = Promise.resolve();
  for await (const chunk of source) {
    await untilAborted(under, signal, notSent);
    rejected.push(...(JSON.parse(loader.rejects()) as RejectedLine[]));
    under = loader.feed(chunk);
    // Looked at in the next round; the loop may end by another error before it comes.
    under.catch(() => {});
  }
  await under;
  rejected.push(...(JSON.parse(loader.rejects()) as RejectedLine[]));
}

/** What a stream brings as chunks of lines. */
async function* lines(stream: Stream): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const group of stream.groups(PIECE_ITEMS)) {
    let text = '';
    for (const one of group) {
      if (!isBytes(one)) {
        if (isGuarded(one)) throw failure('invalid_params', 'With skipBad, items cannot have ifVersion.');
        text += `${itemText(one)}\n`;
        continue;
      }
      if (text !== '') yield encode(text);
      text = '';
      yield* chunks([one]);
    }
    if (text !== '') yield encode(text);
  }
}

/** Something to go through whose first element can be looked at before. */
class Stream {
  readonly #source: Iterator<unknown> | AsyncIterator<unknown>;
  #first: IteratorResult<unknown> | undefined;

  constructor(source: Iterable<unknown> | AsyncIterable<unknown>) {
    const { [Symbol.asyncIterator]: later, [Symbol.iterator]: now } = source as Partial<
      AsyncIterable<unknown> & Iterable<unknown>
    >;
    const iterator = later?.call(source) ?? now?.call(source);
    if (!iterator) throw failure('invalid_params', 'A batch is a list of items, or bytes.');
    this.#source = iterator;
  }

  async peek(): Promise<unknown> {
    this.#first ??= await this.#source.next();
    return this.#first.value;
  }

  /** The elements in groups of up to so many; bytes are groups of their own. Everybody has their turn in between. */
  async *groups(size: number): AsyncGenerator<unknown[], void, undefined> {
    let ended = false;
    let began = performance.now();
    let group: unknown[] = [];
    try {
      for (;;) {
        const next = this.#first ?? this.#source.next();
        this.#first = undefined;
        const { done, value } = 'then' in next ? await next : next;
        ended = done === true;
        if (!ended) group.push(value);
        if (group.length > 0 && (ended || group.length === size || isBytes(value))) {
          yield group;
          group = [];
        }
        if (ended) return;
        if (performance.now() - began > SLICE_MS) {
          await turn();
          began = performance.now();
        }
      }
    } finally {
      if (!ended) await this.#source.return?.();
    }
  }
}

/** Lets everybody else have their turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Lines say nothing about what must be there before. */
function isGuarded(item: unknown): boolean {
  return typeof item === 'object' && item !== null && (item as BatchItem).ifVersion !== undefined;
}

function isBytes(one: unknown): one is Uint8Array | string {
  return one instanceof Uint8Array || typeof one === 'string';
}

/** {@link pieceText}, cut in halves until each is a text that JavaScript can hold. */
function* pieceTexts(items: readonly unknown[]): Generator<string, void, undefined> {
  let text: string;
  try {
    text = pieceText(items);
  } catch (error) {
    if (!(error instanceof KoruDeltaError) || error.code !== 'value_too_large' || items.length === 1) throw error;
    const half = items.length >> 1;
    yield* pieceTexts(items.slice(0, half));
    yield* pieceTexts(items.slice(half));
    return;
  }
  yield text;
}

/** Items as the params of the operation `batch`. */
function pieceText(items: readonly unknown[]): string {
  const columns = new Columns();
  const expect: { namespace: string; key: string; version: string | null }[] = [];
  for (const item of items) {
    checkItem(item);
    const { namespace, key, ifVersion } = item;
    if (item.delete) columns.delete(namespace, key);
    else columns.put(namespace, key, item.value);
    if (ifVersion !== undefined) expect.push({ namespace, key, version: ifVersion });
  }
  try {
    return stringify({ columns, expect: expect.length > 0 ? expect : undefined });
  } catch (error) {
    if (error instanceof KoruDeltaError && error.code === 'invalid_json') for (const item of items) itemText(item);
    throw error;
  }
}

/** One item as JSON; what is wrong with it is said of the item. */
function itemText(item: unknown): string {
  checkItem(item);
  try {
    return stringify(item);
  } catch (error) {
    if (!(error instanceof KoruDeltaError) || error.code !== 'invalid_json') throw error;
    const { namespace, key } = item;
    throw failure('invalid_json', `In the item ${namespace}/${key} of the batch: ${error.detail}`, {
      hints: [...error.hints],
      facts: { ...error.facts, namespace, key },
    });
  }
}

/** Refuses what would lose something on its way into text; all other rules are the engine's. */
function checkItem(item: unknown): asserts item is BatchItem {
  if (typeof item !== 'object' || item === null) {
    throw failure('invalid_params', `An item of a batch is an object with namespace, key and value, not ${item}.`);
  }
  const {
    namespace,
    key,
    value,
    delete: deletes,
  } = item as { namespace: string; key: string } & Record<string, unknown>;
  checkNames(namespace, key);
  for (const name in item) if (!members.has(name)) throw unknownMember(namespace, key, name);
  if (deletes !== undefined && typeof deletes !== 'boolean') {
    throw failure('invalid_params', `In the item ${namespace}/${key} of the batch, delete is true or false.`);
  }
  if (deletes && value !== undefined) {
    throw failure('invalid_params', `The item ${namespace}/${key} of the batch has a value and is a delete.`, {
      hints: [{ text: 'Give one of the two' }],
    });
  }
  if (!deletes && (value === undefined || typeof value === 'function' || typeof value === 'symbol')) {
    throw failure('invalid_json', `The item ${namespace}/${key} of the batch has no value.`, {
      hints: [{ text: 'To delete the key, give delete: true' }],
    });
  }
}

const members: ReadonlySet<string> = new Set(['namespace', 'key', 'value', 'delete', 'ifVersion']);

function unknownMember(namespace: string, key: string, name: string): KoruDeltaError {
  const known = [...members].join(', ');
  return failure('invalid_params', `The item ${namespace}/${key} of the batch has an unknown member '${name}'.`, {
    hints: [{ text: `An item of a batch has the members ${known}` }],
  });
}
