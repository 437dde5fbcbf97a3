import type { Moment, Store } from './contender.js';
import { batches, document, type Row } from './document.js';
import { BATCH } from './plan.js';

/** A load that is made ready, so that making documents is not timed. */
export interface Load {
  readonly prepared: readonly unknown[];
  readonly sizes: readonly number[];
}

/** Batches of `versions` of each of `keys` keys in the form the store takes. */
export function makeReady(store: Store, keys: number, versions = 1): Load {
  const cut = [...batches(keys, versions, BATCH)];
  return { prepared: cut.map((rows) => store.prepare(rows)), sizes: cut.map((rows) => rows.length) };
}

/** Writes a load, until the time is over: rows per second, and the moment behind every batch. */
export async function write(
  store: Store,
  { prepared, sizes }: Load,
  milliseconds = Number.POSITIVE_INFINITY,
): Promise<{ rate: number; rows: number; moments: Moment[] }> {
  const moments: Moment[] = [];
  let rows = 0;
  const started = performance.now();
  for (const [index, batch] of prepared.entries()) {
    moments.push(await store.batch(batch));
    rows += sizes[index] ?? 0;
    if (performance.now() - started > milliseconds) break;
  }
  return { rate: (rows / (performance.now() - started)) * 1_000, rows, moments };
}

/** Writes some rows that are no part of any load, until the code that is measured next has been compiled. */
export async function warmUp(store: Store, milliseconds: number): Promise<void> {
  const rows: Row[] = Array.from({ length: BATCH }, (_, n) => ({ key: `warm${n}`, value: document(n) }));
  const started = performance.now();
  do {
    await store.batch(store.prepare(rows));
  } while (performance.now() - started < milliseconds);
}

/** Writes rows without measuring them, whatever the store. */
export async function fill(store: Store, keys: number, versions = 1): Promise<Moment[]> {
  const moments: Moment[] = [];
  for (const rows of batches(keys, versions, BATCH)) moments.push(await store.batch(store.prepare(rows)));
  return moments;
}
