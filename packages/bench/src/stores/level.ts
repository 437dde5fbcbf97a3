import { join } from 'node:path';
import type { ClassicLevel } from 'classic-level';
import type { Contender, Moment, Store, StoreOptions } from '../contender.js';
import type { Row } from '../document.js';
import { installedVersion } from '../installed.js';

/** LevelDB through classic-level. */
export const level: Contender = {
  id: 'level',
  label: 'LevelDB',
  sync: 'sync: true',
  version: async () => {
    await import('classic-level');
    return installedVersion('classic-level');
  },
  async open(folder, options) {
    const { ClassicLevel } = await import('classic-level');
    const db = new ClassicLevel<string, unknown>(join(folder, 'level'), { valueEncoding: 'json' });
    await db.open();
    return new Level(db, options);
  },
};

class Level implements Store {
  readonly #db: ClassicLevel<string, unknown>;
  readonly #history: boolean;
  #moment = 0;

  constructor(db: ClassicLevel<string, unknown>, { history = false }: StoreOptions = {}) {
    this.#db = db;
    this.#history = history;
  }

  prepare(rows: Row[]): unknown {
    return rows;
  }

  async batch(prepared: unknown): Promise<number> {
    const puts = (prepared as Row[]).map(({ key, value }) => ({ type: 'put' as const, key: `c${key}`, value }));
    if (this.#history) {
      for (const { key, value } of prepared as Row[]) {
        this.#moment += 1;
        puts.push({ type: 'put', key: kept(key, this.#moment), value });
      }
    }
    await this.#db.batch(puts, { sync: true });
    return this.#moment;
  }

  put({ key, value }: Row): Promise<void> {
    return this.#db.put(`c${key}`, value, { sync: true });
  }

  get(key: string): unknown {
    return this.#db.getSync(`c${key}`);
  }

  async getPast(key: string, moment: Moment): Promise<unknown> {
    const range = { gte: `h${key}!`, lte: kept(key, moment), reverse: true, limit: 1 };
    for await (const value of this.#db.values(range)) return value;
    return undefined;
  }

  close(): Promise<void> {
    return this.#db.close();
  }
}

function kept(key: string, moment: Moment): string {
  return `h${key}!${String(moment).padStart(10, '0')}`;
}
