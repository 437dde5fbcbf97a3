import { readFileSync } from 'node:fs';
import { type BatchItem, KoruDelta } from 'koru-delta';
import { type Client, NAMESPACE, type Place, type Work } from '../client.js';
import type { Row } from '../document.js';
import { kdelta } from '../server.js';
import { crowd } from './crowd.js';

/** A program in TypeScript, in this process. */
export async function connectTypescript({ address, rows }: Place): Promise<Client> {
  return new TypescriptClient(await KoruDelta.connect(address, { command: [process.execPath, kdelta] }), rows);
}

/** The same with the engine in this process. */
export async function openNative({ address, rows }: Place): Promise<Client> {
  return new TypescriptClient(await KoruDelta.startWithPath(address.replace(/^stdio:/, '')), rows);
}

class TypescriptClient implements Client {
  readonly #db: KoruDelta;
  readonly #lines: string[];
  readonly #rows: readonly Row[];

  constructor(db: KoruDelta, file: string) {
    this.#db = db;
    this.#lines = readFileSync(file, 'utf8').split(/(?<=\n)/);
    this.#rows = this.#lines.map((line) => JSON.parse(line) as Row);
  }

  async run(work: Work): Promise<{ milliseconds: number }> {
    const call = this.#prepare(work);
    const started = performance.now();
    await call();
    return { milliseconds: performance.now() - started };
  }

  end(): Promise<void> {
    return this.#db.close();
  }

  #prepare({ what, from, count, callers }: Work): () => Promise<unknown> {
    const db = this.#db;
    const rows = this.#rows.slice(from, from + count);
    switch (what) {
      case 'get':
        return () => crowd(callers, count, (n) => db.get(NAMESPACE, (rows[n] as Row).key));
      case 'put':
        return () => crowd(callers, count, (n) => db.put(NAMESPACE, (rows[n] as Row).key, (rows[n] as Row).value));
      case 'batch': {
        const items: BatchItem[] = rows.map(({ key, value }) => ({ namespace: NAMESPACE, key, value }));
        return () => db.batchPut(items);
      }
      case 'lines': {
        const bytes = Buffer.from(this.#lines.slice(from, from + count).join(''));
        return () => db.batchPut(bytes, { namespace: NAMESPACE });
      }
    }
  }
}
