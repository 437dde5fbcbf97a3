import { lineText, pieceTexts } from './batch-items.js';
import { type ByteSource, CHUNK_BYTES, chunks, encode, encodeShared } from './bytes.js';
import type { Batch, LineLoader } from './carrier.js';
import { Elements, isBytes } from './elements.js';
import { failure } from './errors.js';
import type { Receipt } from './protocol.js';
import { BatchReceipt } from './receipt.js';
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
  /** Names this batch, so that sending it again does not write it twice: 1 to 64 printable characters, new for each batch. */
  idempotencyKey?: string | undefined;
  /** Stop when this aborts. Until everything is read, nothing is written. */
  signal?: AbortSignal | undefined;
}

/** A longer text goes in pieces: a server takes no more than 32 MiB in one call, and a character may have three bytes. */
const CALL_CHARACTERS_MAX = 8 << 20;

/** Writes a batch by the shortest way its form allows. */
export async function writeBatch(session: Session, source: BatchSource, options: BatchOptions): Promise<BatchReceipt> {
  session.checkOpen();
  throwIfAborted(options.signal);
  if (typeof source !== 'object' || source === null) {
    throw failure('invalid_params', 'A batch is a list of items, or bytes.');
  }
  const { signal, skipBad, ...lineOptions } = options;
  if (source instanceof Uint8Array && source.length <= CHUNK_BYTES && !skipBad) {
    const repeatable = options.idempotencyKey !== undefined;
    const job = () => session.carrier.batchLines(source, JSON.stringify(lineOptions), { signal, repeatable });
    return new BatchReceipt(session, JSON.parse(await session.queue.run(job, signal)));
  }
  if (Array.isArray(source) && !isBytes(source[0])) {
    return new BatchReceipt(session, await writeItems(session, source, options));
  }
  return load(session, source, options);
}

/** Writes a list in its turn: in one call when it is short, else in pieces that the engine keeps until the last has come. */
async function writeItems(session: Session, items: readonly unknown[], options: BatchOptions): Promise<Receipt> {
  const { actor, reason, idempotencyKey, signal } = options;
  const notes = JSON.stringify({ actor, reason, idempotencyKey });
  if (items.length <= session.carrier.pieceItems) {
    const [params = '', ...more] = pieceTexts(items);
    const text = notes === '{}' ? params : `${notes.slice(0, -1)},${params.slice(1)}`;
    const alone = more.length === 0 && text.length <= CALL_CHARACTERS_MAX;
    if (alone) return session.write('batch', text, signal, idempotencyKey !== undefined);
  }
  let sent = false;
  const attempt = async () => {
    throwIfAborted(signal);
    const batch = session.carrier.batch(notes);
    await addPieces(batch, slices(items, session.carrier.pieceItems), signal);
    throwIfAborted(signal);
    sent = true;
    return batch.commit();
  };
  const job = () => (idempotencyKey === undefined ? attempt() : session.carrier.repeat(attempt, signal));
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

function* slices(items: readonly unknown[], size: number): Generator<unknown[], void, undefined> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}

/** Writes anything else: the engine keeps what has come until the end has, and the batch takes its turn then. */
async function load(session: Session, source: BatchSource, options: BatchOptions): Promise<BatchReceipt> {
  const stream = new Elements(source instanceof Uint8Array ? [source] : source, options.signal);
  try {
    const asLines = options.skipBad || isBytes(await stream.peek());
    return await (asLines ? loadLines : loadItems)(session, stream, options);
  } finally {
    await stream.end();
  }
}

async function loadItems(session: Session, stream: Elements, options: BatchOptions): Promise<BatchReceipt> {
  const { actor, reason, idempotencyKey, signal } = options;
  const batch = session.carrier.batch(JSON.stringify({ actor, reason, idempotencyKey }));
  await addPieces(batch, stream.groups(session.carrier.pieceItems), signal);
  return new BatchReceipt(session, await commit(session, batch, signal));
}

async function loadLines(session: Session, stream: Elements, options: BatchOptions): Promise<BatchReceipt> {
  const { signal, ...loaderOptions } = options;
  const loader = session.carrier.loader(JSON.stringify(loaderOptions));
  const rejected: RejectedLine[] = [];
  try {
    await feed(loader, lines(stream, session.carrier.pieceItems), signal, rejected);
    throwIfAborted(signal);
  } catch (error) {
    await loader.abort();
    throw error;
  }
  const receipt = await commit(session, loader, signal);
  return new BatchReceipt(session, receipt, [...rejected, ...(receipt.rejects ?? [])]);
}

/** Commits in turn with the other writes. */
async function commit(session: Session, batch: Batch | LineLoader, signal: AbortSignal | undefined): Promise<Receipt> {
  try {
    const job = () => untilAborted(batch.commit(), signal, outcomeUnknown);
    return JSON.parse(await session.queue.run(job, signal));
  } catch (error) {
    // When its turn never came, what the engine keeps for it goes; after a commit there is nothing to go.
    await batch.abort();
    throw error;
  }
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
async function* lines(stream: Elements, items: number): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const group of stream.groups(items)) {
    let text = '';
    for (const one of group) {
      if (isBytes(one) || text.length >= CHUNK_BYTES) {
        if (text !== '') yield encode(text);
        text = '';
      }
      if (isBytes(one)) yield* chunks([one]);
      else text += `${lineText(one)}\n`;
    }
    if (text !== '') yield encode(text);
  }
}
