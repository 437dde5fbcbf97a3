import { expect, test } from 'vitest';
import { type BatchItem, KoruDelta, KoruDeltaError } from '../src/index.js';
import { temporaryFolder } from './folder.js';
import { gathered } from './gathered.js';

/** One version of the model: a value, or undefined for a deletion. */
interface Entry {
  seq: number;
  commit: number;
  namespace: string;
  key: string;
  version: string;
  timestamp: string;
  value: unknown;
}

/** All versions in one list, and every answer by going through it: too simple to be wrong. */
class Model {
  readonly entries: Entry[] = [];
  /** The seq of the last version of each commit. */
  readonly commits: number[] = [];

  /** The versions of a key up to a seq, newest first. */
  history(namespace: string, key: string, at = this.entries.length): Entry[] {
    return this.entries
      .filter((entry) => entry.namespace === namespace && entry.key === key && entry.seq <= at)
      .reverse();
  }

  get(namespace: string, key: string, at?: number): unknown {
    return this.history(namespace, key, at)[0]?.value;
  }

  keys(namespace: string, at?: number): string[] {
    const all = new Set(this.entries.filter((entry) => entry.namespace === namespace).map(({ key }) => key));
    return [...all].filter((key) => this.get(namespace, key, at) !== undefined).sort(byBytes);
  }

  /** What a seq means as a moment: its whole commit. */
  end(seq: number): number {
    return seq === 0 ? 0 : (this.commits.find((last) => last >= seq) ?? 0);
  }
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** A generator of numbers that one seed fixes (mulberry32). */
class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed;
  }
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % end;
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

const namespaces = ['a', 'ab', 'ключ'];
const keys = ['', '\u0000', 'A', 'a', 'a/b', 'é', '🔑', '__proto__'].map((key) => `k${key}`);
const values = [
  null,
  0,
  -0,
  true,
  '',
  'x',
  [],
  {},
  [1, [2]],
  { a: { b: [1, null] } },
  { __proto__x: 1 },
  'ü'.repeat(3_000),
];

/** One run: random writes on the database and on the model, and every answer compared after each. */
class Run {
  readonly model = new Model();
  constructor(
    public db: KoruDelta,
    readonly random: Random,
    readonly path: string | undefined,
  ) {}

  async step(): Promise<void> {
    const [namespace, key] = [this.random.pick(namespaces), this.random.pick(keys)];
    const choice = this.random.below(20);
    if (choice < 8) await this.put(namespace, key);
    else if (choice < 11) await this.delete(namespace, key);
    else if (choice < 14) await this.revert(namespace, key);
    else if (choice < 18) await this.batch();
    else if (choice < 19) await this.refused(namespace, key);
    else await this.reopen();
    await this.compare(namespace, key);
  }

  async put(namespace: string, key: string): Promise<void> {
    const value = this.random.pick(values);
    const newest = this.model.history(namespace, key)[0];
    const guard = [{}, { ifVersion: newest && newest.value !== undefined ? newest.version : null }];
    const version = await this.db.put(namespace, key, value, this.random.pick(guard));
    this.commit([{ ...version, value }]);
  }

  async delete(namespace: string, key: string): Promise<void> {
    const history = this.model.history(namespace, key);
    const code = history.length === 0 ? 'key_not_found' : history[0]?.value === undefined ? 'key_deleted' : undefined;
    await this.either(code, async () => this.commit([{ ...(await this.db.delete(namespace, key)), value: undefined }]));
  }

  async revert(namespace: string, key: string): Promise<void> {
    const history = this.model.history(namespace, key);
    const seq = this.random.below(2) === 0 ? undefined : this.random.below(this.model.entries.length + 1);
    const before = seq === undefined ? history[1]?.value : this.model.get(namespace, key, this.model.end(seq));
    const same =
      JSON.stringify(before) === JSON.stringify(history[0]?.value) &&
      Object.is(before, -0) === Object.is(history[0]?.value, -0);
    const code = history.length === 0 ? 'key_not_found' : same ? 'nothing_to_revert' : undefined;
    const options = seq === undefined ? {} : { at: `seq:${seq}` };
    await this.either(code, async () =>
      this.commit([{ ...(await this.db.revert(namespace, key, options)), value: before }]),
    );
  }

  async batch(): Promise<void> {
    const items = Array.from({ length: this.random.below(6) }, (): BatchItem => {
      const names = { namespace: this.random.pick(namespaces), key: this.random.pick(keys) };
      return this.random.below(4) === 0 ? { ...names, delete: true } : { ...names, value: this.random.pick(values) };
    });
    const forms = [items, new Set(items), Buffer.from(items.map((item) => lineOf(item)).join('\n'))];
    const receipt = await this.db.batchPut(this.random.pick(forms));
    expect(receipt.count).toBe(items.length);
    const versions = await receipt.versions().toArray();
    expect(versions.map(({ namespace, key }) => ({ namespace, key }))).toEqual(
      items.map(({ namespace, key }) => ({ namespace, key })),
    );
    this.commit(versions.map((version, index) => ({ ...version, value: items[index]?.value })));
  }

  /** A write that must change nothing. */
  async refused(namespace: string, key: string): Promise<void> {
    const live = this.model.get(namespace, key) !== undefined;
    const wrong = live
      ? null
      : (this.model.entries.find((entry) => entry.key !== key)?.version ?? '01M82RHDN0HS00000W7NCMBDTC');
    await this.either('conflict', () => this.db.put(namespace, key, 'never', { ifVersion: wrong }));
    const items = [
      { namespace, key, value: 'never' },
      { namespace, key: '', value: 'never' },
    ];
    await this.either('invalid_key', () => this.db.batchPut(items));
  }

  async reopen(): Promise<void> {
    if (this.path === undefined) return;
    await this.db.close();
    this.db = await KoruDelta.startWithPath(this.path);
  }

  /** Carries a call out, which must fail with the code, or without one must not fail. */
  async either(code: string | undefined, call: () => Promise<unknown>): Promise<void> {
    const told = await call().then(
      () => undefined,
      (error) => (error instanceof KoruDeltaError ? error.code : error),
    );
    expect(told).toBe(code);
  }

  commit(versions: Omit<Entry, 'commit'>[]): void {
    for (const version of versions) {
      expect(version.seq).toBe(this.model.entries.length + 1);
      this.model.entries.push({ ...version, commit: this.model.commits.length });
    }
    if (versions.length > 0) this.model.commits.push(this.model.entries.length);
  }

  async compare(namespace: string, key: string): Promise<void> {
    const { db, model } = this;
    const past = this.random.below(model.entries.length + 1);
    const end = model.end(past);
    const entry = model.entries[past - 1];
    const moments = [`seq:${past}`, ...(entry ? [entry.timestamp, entry.version] : [])];
    expect(await db.get(namespace, key)).toEqual(model.get(namespace, key));
    for (const at of moments) {
      expect([at, await db.getAt(namespace, key, at)]).toEqual([at, model.get(namespace, key, end)]);
      const listed = await db.at(at).list(namespace).toArray();
      expect(listed.map((version) => version.key)).toEqual(model.keys(namespace, end));
      for (const version of listed) expect(version.value).toEqual(model.get(namespace, version.key, end));
    }
    const history = await db.history(namespace, key).toArray();
    expect(history.map(({ seq, value }) => ({ seq, value }))).toEqual(
      model.history(namespace, key).map(({ seq, value }) => ({ seq, value })),
    );
    const changes = await gathered(db.changes());
    expect(changes.map(({ seq, namespace, key, version, value }) => [seq, namespace, key, version, value])).toEqual(
      model.entries.map(({ seq, namespace, key, version, value }) => [seq, namespace, key, version, value]),
    );
    await this.compareDiff(namespace, key, past);
  }

  async compareDiff(namespace: string, key: string, past: number): Promise<void> {
    const { db, model } = this;
    const [before, after] = [model.get(namespace, key, model.end(past)), model.get(namespace, key)];
    const never = model.history(namespace, key).length === 0;
    const found = await db.diff(namespace, key, { from: `seq:${past}` }).catch((error: KoruDeltaError) => error.code);
    if (typeof found === 'string') return expect([found, never]).toEqual(['key_not_found', true]);
    expect(found.before).toEqual(before);
    expect(found.after).toEqual(after);
    expect(patched(found.before, found.patch)).toEqual(after);
    const changed = await db.diffNamespace(namespace, { from: `seq:${past}` }).toArray();
    const differ = (each: string) =>
      model.history(namespace, each, model.end(past))[0]?.seq !== model.history(namespace, each)[0]?.seq;
    const live = (each: string) =>
      [model.get(namespace, each, model.end(past)), model.get(namespace, each)].some((value) => value !== undefined);
    const expected = [
      ...new Set(model.entries.filter((entry) => entry.namespace === namespace).map((entry) => entry.key)),
    ];
    expect(changed.map((change) => change.key)).toEqual(expected.filter(differ).filter(live).sort(byBytes));
  }
}

/** What a JSON Patch makes of a value; undefined is no value at all. */
function patched(value: unknown, patch: readonly { op: string; path: string; value?: unknown }[]): unknown {
  const root = { '': structuredClone(value) } as Record<string, unknown>;
  for (const { op, path, value: operand } of patch) {
    const steps = path.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = steps.pop() as string;
    const parent = steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], root) as Record<
      string,
      unknown
    >;
    if (Array.isArray(parent))
      parent.splice(
        last === '-' ? parent.length : Number(last),
        op === 'add' ? 0 : 1,
        ...(op === 'remove' ? [] : [operand]),
      );
    else if (op === 'remove') delete parent[last];
    else parent[last] = operand;
  }
  return root[''];
}

function lineOf(item: object & { value?: unknown }): string {
  return Object.is(item.value, -0)
    ? JSON.stringify({ ...item, value: '-0' }).replace('"-0"', '-0')
    : JSON.stringify(item);
}

test.each([['in memory'], ['in a folder']])(
  'random histories %s agree with a list of versions',
  async (place) => {
    const seed = Number(process.env.KORU_SEED ?? Math.floor(Math.random() * 2 ** 31));
    const path = place === 'in memory' ? undefined : await temporaryFolder();
    const db = await (path === undefined ? KoruDelta.start() : KoruDelta.startWithPath(path));
    const run = new Run(db, new Random(seed), path);
    try {
      for (let step = 0; step < 250; step += 1) await run.step();
    } catch (error) {
      console.error(`The seed was ${seed}: run again with KORU_SEED=${seed}`);
      throw error;
    } finally {
      await run.db.close();
    }
  },
  60_000,
);
