import { closeSync, fdatasyncSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Contender, Store } from '../contender.js';
import type { Row } from '../document.js';

const FILE_BYTES = 1 << 20;

/** What one durable write costs at least: bytes into a file that was filled with zeros before, and an fdatasync. */
export const zeroFilled: Contender = {
  id: 'zero-filled',
  label: 'bare write, zero-filled file',
  sync: 'fdatasync per write',
  version: async () => process.version,
  open: async (folder) => new ZeroFilled(folder),
};

class ZeroFilled implements Store {
  readonly #file: number;
  #at = 0;

  constructor(folder: string) {
    this.#file = openSync(join(folder, 'zeros'), 'w+');
    writeSync(this.#file, Buffer.alloc(FILE_BYTES));
    fsyncSync(this.#file);
  }

  prepare(rows: Row[]): unknown {
    return rows;
  }

  batch(prepared: unknown): number {
    const text = (prepared as Row[]).map(({ key, value }) => `${key}\t${JSON.stringify(value)}\n`).join('');
    const bytes = Buffer.from(text);
    // Its length never changes: behind the end it begins again.
    if (this.#at + bytes.length > FILE_BYTES) this.#at = 0;
    writeSync(this.#file, bytes, 0, bytes.length, this.#at);
    fdatasyncSync(this.#file);
    this.#at += bytes.length;
    return this.#at;
  }

  put(row: Row): void {
    this.batch([row]);
  }

  get(): unknown {
    throw new Error('Bare writes cannot be read.');
  }

  getPast(): unknown {
    throw new Error('Bare writes cannot be read.');
  }

  close(): void {
    closeSync(this.#file);
  }
}
