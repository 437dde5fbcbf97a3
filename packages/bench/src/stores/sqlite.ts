import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type BetterSqlite from 'better-sqlite3';
import type { Contender, Moment, Store, StoreOptions } from '../contender.js';
import type { Row } from '../document.js';
import { installedVersion } from '../installed.js';

/** SQLite through better-sqlite3, or through libsql with the same calls where the former is not built. */
export const sqlite: Contender = {
  id: 'sqlite',
  label: 'SQLite',
  sync: 'journal_mode = WAL, synchronous = FULL',
  async version() {
    const { name, Database } = await driver();
    const db = new Database(':memory:');
    const { version } = db.prepare('SELECT sqlite_version() AS version').get() as { version: string };
    db.close();
    return `${version} in ${name} ${installedVersion(name)}`;
  },
  async open(folder, options) {
    const { Database } = await driver();
    return new Sqlite(new Database(join(folder, 'data.sqlite')), options);
  },
};

type Driver = { name: string; Database: new (path: string) => BetterSqlite.Database };

async function driver(): Promise<Driver> {
  try {
    const { default: Database } = await import('better-sqlite3');
    // The addon is loaded with the first database, and is not there when nobody built it.
    new Database(':memory:').close();
    return { name: 'better-sqlite3', Database };
  } catch {
    const { default: Database } = await import('libsql');
    return { name: 'libsql', Database: Database as unknown as Driver['Database'] };
  }
}

class Sqlite implements Store {
  readonly #db: BetterSqlite.Database;
  readonly #put: BetterSqlite.Statement;
  readonly #get: BetterSqlite.Statement;
  readonly #keep: BetterSqlite.Statement | undefined;
  readonly #getPast: BetterSqlite.Statement | undefined;
  readonly #write: (rows: Row[]) => void;
  #moment = 0;

  constructor(db: BetterSqlite.Database, { history = false }: StoreOptions = {}) {
    this.#db = db;
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.exec('CREATE TABLE IF NOT EXISTS current (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID');
    this.#put = db.prepare('INSERT INTO current VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value');
    this.#get = db.prepare('SELECT value FROM current WHERE key = ?');
    if (history) {
      db.exec(
        'CREATE TABLE IF NOT EXISTS history (key TEXT, moment INTEGER, value TEXT, PRIMARY KEY (key, moment)) WITHOUT ROWID',
      );
      this.#keep = db.prepare('INSERT INTO history VALUES (?, ?, ?)');
      this.#getPast = db.prepare(
        'SELECT value FROM history WHERE key = ? AND moment <= ? ORDER BY moment DESC LIMIT 1',
      );
    }
    this.#write = db.transaction((rows: Row[]) => {
      for (const { key, value } of rows) {
        const json = JSON.stringify(value);
        this.#put.run(key, json);
        this.#moment += 1;
        this.#keep?.run(key, this.#moment, json);
      }
    });
  }

  prepare(rows: Row[]): unknown {
    return rows;
  }

  batch(prepared: unknown): number {
    this.#write(prepared as Row[]);
    return this.#moment;
  }

  put({ key, value }: Row): void {
    this.#put.run(key, JSON.stringify(value));
  }

  get(key: string): unknown {
    return parsed(this.#get.get(key));
  }

  getPast(key: string, moment: Moment): unknown {
    return parsed(this.#getPast?.get(key, moment));
  }

  close(): void {
    this.#db.close();
  }
}

function parsed(row: unknown): unknown {
  return row === undefined ? undefined : JSON.parse((row as { value: string }).value);
}

/** Builds better-sqlite3 from its source, with the compiler of this machine and the node-gyp of its npm. */
export function buildSqlite(): void {
  const cwd = fileURLToPath(new URL('../node_modules/better-sqlite3', import.meta.url));
  const { status } = spawnSync('npm', ['run', 'build-release'], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) console.error('better-sqlite3 could not be built; libsql takes its place.');
}
