/** A version, as the oracle knows it. Its id and its time are known by the names of answers alone. */
export interface Entry {
  readonly seq: number;
  readonly namespace: string;
  readonly key: string;
  /** The JSON text of the value; undefined of a delete. */
  readonly text: string | undefined;
  readonly actor?: string | undefined;
  /** The place of its id among the answers, such as `$w3.version`; undefined where no answer tells it. */
  readonly version: string | undefined;
  readonly timestamp: string;
}

/** All versions in one list, and every answer by going through it: too simple to be wrong. */
export class Oracle {
  readonly entries: Entry[] = [];
  /** The seq of the last version of each commit. */
  readonly #ends: number[] = [];

  commit(entries: readonly Entry[]): void {
    this.entries.push(...entries);
    if (entries.length > 0) this.#ends.push(this.entries.length);
  }

  get newest(): number {
    return this.entries.length;
  }

  /** What a seq means as a moment: its whole commit. */
  end(seq: number): number {
    return seq === 0 ? 0 : (this.#ends.find((end) => end >= seq) ?? 0);
  }

  /** The versions of a key up to a seq, newest first. */
  history(namespace: string, key: string, through = this.newest): Entry[] {
    const own = (entry: Entry) => entry.namespace === namespace && entry.key === key && entry.seq <= through;
    return this.entries.filter(own).reverse();
  }

  /** The newest version of a key, if it has a value. */
  live(namespace: string, key: string, through = this.newest): Entry | undefined {
    const [newest] = this.history(namespace, key, through);
    return newest?.text === undefined ? undefined : newest;
  }

  /** The version of the key before this one. */
  before(entry: Entry): Entry | undefined {
    return this.history(entry.namespace, entry.key, entry.seq - 1)[0];
  }

  /** The newest versions of all keys that have a value, in the order of the bytes of their keys. */
  list(namespace: string, through = this.newest): Entry[] {
    const keys = new Set(this.entries.filter((entry) => entry.namespace === namespace).map(({ key }) => key));
    return [...keys]
      .map((key) => this.live(namespace, key, through))
      .filter((entry) => entry !== undefined)
      .sort((a, b) => byBytes(a.key, b.key));
  }

  /** The namespaces that hold a key with a value, in the order of their bytes. */
  namespaces(through = this.newest): string[] {
    const all = new Set(this.entries.map(({ namespace }) => namespace));
    return [...all].filter((name) => this.list(name, through).length > 0).sort(byBytes);
  }
}

export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
