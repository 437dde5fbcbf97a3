import { stat } from 'node:fs/promises';
import { type ApiKey, stateOf } from './key.js';
import type { KeyFile } from './key-file.js';
import { fits, readKeyText } from './key-text.js';

/** How often it is looked whether the file has changed, in milliseconds. */
const LOOK_MS = 400;

/** A key that is in use, and until when. */
export interface GoodKey {
  readonly key: ApiKey;
  /** Aborts when the key is revoked, has expired, or has other rights than before. */
  readonly until: AbortSignal;
}

/**
 * The keys that a running server takes. A file that is changed counts within a second. Once keys are wanted they always
 * are: with a file that is gone or cannot be read, nobody is let in.
 */
export class KeyRing {
  readonly #file: KeyFile;
  #trouble: (error: unknown) => void = () => {};
  readonly #good = new Map<string, { key: ApiKey; text: string; ended: AbortController }>();
  #wanted = false;
  #seen = '';
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(file: KeyFile) {
    this.#file = file;
  }

  /** `trouble` is told why a file that has changed cannot be read. */
  onTrouble(trouble: (error: unknown) => void): void {
    this.#trouble = trouble;
  }

  /** Reads the file for the first time, which has to succeed, and goes on looking. */
  async open(): Promise<void> {
    this.#seen = await this.#mark();
    this.#take(await this.#file.read());
    this.#timer = setInterval(() => {
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined;
      });
    }, LOOK_MS).unref();
  }

  /** Whether a request needs a key. */
  get wanted(): boolean {
    return this.#wanted;
  }

  /** The key that a text is; undefined when it is none that is good. */
  find(text: string): GoodKey | undefined {
    const given = readKeyText(text);
    const found = given && this.#good.get(given.id);
    if (!found || !fits(given.secret, found.key.hash) || stateOf(found.key) !== 'good') return undefined;
    return { key: found.key, until: found.ended.signal };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    this.#expire();
    const mark = await this.#mark();
    if (mark === this.#seen) return;
    try {
      this.#take(await this.#file.read());
    } catch (error) {
      this.#take([]);
      this.#trouble(error);
    }
    this.#seen = mark;
  }

  /** What changes when the file does. */
  async #mark(): Promise<string> {
    return stat(this.#file.path).then(
      ({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`,
      () => 'none',
    );
  }

  #take(keys: ApiKey[] | undefined): void {
    if (keys !== undefined) this.#wanted = true;
    const texts = new Map(
      (keys ?? []).filter((key) => stateOf(key) === 'good').map((key) => [key.id, JSON.stringify(key)]),
    );
    for (const [id, { text, ended }] of this.#good) {
      if (texts.get(id) === text) continue;
      this.#good.delete(id);
      ended.abort();
    }
    for (const key of keys ?? []) {
      const text = texts.get(key.id);
      if (text !== undefined && !this.#good.has(key.id))
        this.#good.set(key.id, { key, text, ended: new AbortController() });
    }
  }

  #expire(): void {
    for (const [id, { key, ended }] of this.#good) {
      if (stateOf(key) === 'good') continue;
      this.#good.delete(id);
      ended.abort();
    }
  }
}
