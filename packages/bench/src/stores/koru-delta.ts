import { type BatchItem, KoruDelta, type OpenOptions } from 'koru-delta';
import type { Contender, Moment, Store } from '../contender.js';
import type { Row } from '../document.js';
import { ownVersion } from '../installed.js';

const NAMESPACE = 'bench';
const sealKey = { text: '5a'.repeat(32) };

/** KoruDelta as most programs use it: batches of objects. */
export const koruDelta = contender('koru-delta', 'KoruDelta', {}, (db) => new Objects(db));

/** The same engine fed with lines of JSON that JavaScript never parses. */
export const koruDeltaLines = contender('koru-delta-lines', 'KoruDelta, NDJSON bytes', {}, (db) => new Lines(db));

/** The same with everything encrypted. */
export const koruDeltaSealed = contender(
  'koru-delta-sealed',
  'KoruDelta, NDJSON bytes, sealed',
  { key: sealKey },
  (db) => new Lines(db),
);

function contender(id: string, label: string, options: OpenOptions, store: (db: KoruDelta) => Store): Contender {
  return {
    id,
    label,
    sync: 'durability sync (the default)',
    version: async () => ownVersion(),
    open: async (folder, { memoryBytes } = {}) =>
      store(await KoruDelta.startWithPath(folder, { ...options, memoryBytes })),
  };
}

abstract class KoruStore implements Store {
  readonly db: KoruDelta;

  constructor(db: KoruDelta) {
    this.db = db;
  }

  abstract prepare(rows: Row[]): unknown;
  abstract batch(prepared: unknown): Promise<Moment>;

  put({ key, value }: Row): Promise<unknown> {
    return this.db.put(NAMESPACE, key, value);
  }

  get(key: string): unknown {
    return this.db.get(NAMESPACE, key);
  }

  getPast(key: string, moment: Moment): unknown {
    return this.db.get(NAMESPACE, key, { at: moment });
  }

  close(): Promise<void> {
    return this.db.close();
  }
}

class Objects extends KoruStore {
  prepare(rows: Row[]): BatchItem[] {
    return rows.map(({ key, value }) => ({ namespace: NAMESPACE, key, value }));
  }

  async batch(prepared: unknown): Promise<Moment> {
    return (await this.db.batchPut(prepared as BatchItem[])).timestamp ?? 'now';
  }
}

class Lines extends KoruStore {
  prepare(rows: Row[]): Uint8Array {
    return Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }

  async batch(prepared: unknown): Promise<Moment> {
    return (await this.db.batchPut(prepared as Uint8Array, { namespace: NAMESPACE })).timestamp ?? 'now';
  }
}
