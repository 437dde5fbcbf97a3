import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Contender, Store } from '../contender.js';
import type { Row } from '../document.js';

/** The floor: a text log with one fdatasync per batch and a Map. No database at all. */
export const floor: Contender = {
  id: 'floor',
  label: 'floor (text log + Map)',
  sync: 'one fdatasync per batch',
  version: async () => process.version,
  async open(folder, options) {
    const store = options?.history ? new KeptFloor() : new Floor();
    store.begin(join(folder, 'log.txt'));
    return store;
  },
};

class Floor implements Store {
  #log = -1;
  readonly #current = new Map<string, string>();
  #waiting: { row: Row; resolve: () => void }[] = [];
  #moment = 0;

  /** Reads what an earlier process left, and goes on behind it. */
  begin(path: string): void {
    if (existsSync(path)) {
      for (const line of readFileSync(path, 'utf8').split('\n')) {
        const [moment, key, json] = line.split('\t');
        if (key === undefined || json === undefined) continue;
        this.#moment = Number(moment);
        this.keep(key, json, this.#moment);
      }
    }
    this.#log = openSync(path, 'a');
  }

  prepare(rows: Row[]): unknown {
    return rows;
  }

  batch(prepared: unknown): number {
    this.#moment += 1;
    let text = '';
    const written: [string, string][] = [];
    for (const { key, value } of prepared as Row[]) {
      const json = JSON.stringify(value);
      text += `${this.#moment}\t${key}\t${json}\n`;
      written.push([key, json]);
    }
    writeSync(this.#log, text);
    fdatasyncSync(this.#log);
    for (const [key, json] of written) this.keep(key, json, this.#moment);
    return this.#moment;
  }

  /** Puts of one tick share their sync. */
  put(row: Row): Promise<void> {
    return new Promise((resolve) => {
      if (this.#waiting.push({ row, resolve }) === 1) queueMicrotask(() => this.#flush());
    });
  }

  #flush(): void {
    const group = this.#waiting;
    this.#waiting = [];
    this.batch(group.map(({ row }) => row));
    for (const { resolve } of group) resolve();
  }

  protected keep(key: string, json: string, _moment: number): void {
    this.#current.set(key, json);
  }

  get(key: string): unknown {
    const json = this.#current.get(key);
    return json === undefined ? undefined : JSON.parse(json);
  }

  getPast(_key: string, _moment: number): unknown {
    throw new Error('A floor without history has no past.');
  }

  close(): void {
    closeSync(this.#log);
  }
}

/** The same with every version in memory, in the order of their moments. */
class KeptFloor extends Floor {
  readonly #versions = new Map<string, { moment: number; json: string }[]>();

  protected override keep(key: string, json: string, moment: number): void {
    const versions = this.#versions.get(key);
    if (versions) versions.push({ moment, json });
    else this.#versions.set(key, [{ moment, json }]);
  }

  override get(key: string): unknown {
    const json = this.#versions.get(key)?.at(-1)?.json;
    return json === undefined ? undefined : JSON.parse(json);
  }

  override getPast(key: string, moment: number): unknown {
    const versions = this.#versions.get(key) ?? [];
    let [low, high] = [0, versions.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((versions[middle]?.moment ?? 0) <= moment) low = middle + 1;
      else high = middle;
    }
    const found = versions[low - 1];
    return found === undefined ? undefined : JSON.parse(found.json);
  }
}
