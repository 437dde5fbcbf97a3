import { join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import type { Contender, Moment, Store, StoreOptions } from '../contender.js';
import type { Row } from '../document.js';
import { installedVersion } from '../installed.js';

/** LMDB through lmdb-js, with its default encoding (MessagePack). */
export const lmdb: Contender = {
  id: 'lmdb',
  label: 'LMDB',
  // By default lmdb-js acknowledges a commit before it is on the disk.
  sync: 'overlappingSync: false (synced before it is acknowledged)',
  version: async () => {
    await import('lmdb');
    return installedVersion('lmdb');
  },
  async open(folder, options) {
    const { open } = await import('lmdb');
    const current = open({ path: join(folder, 'data.mdb'), overlappingSync: false });
    return new Lmdb(current, options);
  },
};

class Lmdb implements Store {
  readonly #current: RootDatabase;
  readonly #history: Database | undefined;
  #moment = 0;

  constructor(current: RootDatabase, options: StoreOptions = {}) {
    this.#current = current;
    this.#history = options.history ? current.openDB({ name: 'history' }) : undefined;
  }

  prepare(rows: Row[]): unknown {
    return rows;
  }

  batch(prepared: unknown): number {
    this.#current.transactionSync(() => {
      for (const { key, value } of prepared as Row[]) {
        this.#current.putSync(key, value);
        this.#moment += 1;
        this.#history?.putSync([key, this.#moment], value);
      }
    });
    return this.#moment;
  }

  /** lmdb-js gathers the puts of a tick into one commit by itself. */
  put({ key, value }: Row): Promise<unknown> {
    return this.#current.put(key, value);
  }

  get(key: string): unknown {
    return this.#current.get(key);
  }

  getPast(key: string, moment: Moment): unknown {
    const range = this.#history?.getRange({ start: [key, moment], end: [key], reverse: true, limit: 1 });
    for (const { value } of range ?? []) return value;
    return undefined;
  }

  close(): Promise<void> {
    return this.#current.close();
  }
}
