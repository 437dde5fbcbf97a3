import type { Moment, Store } from './contender.js';
import { batches, document, type Row } from './document.js';
import { BATCH } from './plan.js';

/** Batches of `versions` of each of `keys` keys in the form the store takes, so that making documents is not timed. */
export function makeReady(store: Store, keys: number, versions = 1, size = BATCH): unknown[] {
  return [...batches(keys, versions, size)].map((rows) => store.prepare(rows));
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
