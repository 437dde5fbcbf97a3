import { describe, expect, test } from 'vitest';
import type { KoruDelta, ListOptions } from '../src/index.js';
import { inMemory } from './folder.js';

/** Keys k000, k001, ... with their numbers. */
async function filled(count: number): Promise<KoruDelta> {
  const db = await inMemory();
  const items = Array.from({ length: count }, (_, n) => ({
    namespace: 'n',
    key: `k${String(n).padStart(4, '0')}`,
    value: n,
  }));
  await db.batchPut(items);
  return db;
}

const values = async (db: KoruDelta, options?: ListOptions) =>
  (await db.list<number>('n', options).toArray()).map(({ value }) => value);

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('list', () => {
  test.each<[string, ListOptions, number[]]>([
    ['everything, over many pages', {}, range(0, 2_500)],
    ['a limit', { limit: 5 }, range(0, 5)],
    ['a limit over many pages', { limit: 1_234 }, range(0, 1_234)],
    ['a limit beyond the end', { limit: 9_000 }, range(0, 2_500)],
    ['a prefix', { prefix: 'k00' }, range(0, 100)],
    ['from a key', { from: 'k2490' }, range(2_490, 2_500)],
    ['to a key, which is left out', { to: 'k0003' }, range(0, 3)],
    ['between', { from: 'k0500', to: 'k0502' }, [500, 501]],
    ['backwards', { reverse: true, limit: 3 }, [2_499, 2_498, 2_497]],
    ['backwards over many pages', { reverse: true }, range(0, 2_500).reverse()],
    ['a prefix and a range, backwards', { prefix: 'k01', from: 'k0198', reverse: true }, [199, 198]],
    ['nothing', { prefix: 'x' }, []],
    ['the past', { at: 'seq:0' }, []],
  ])('%s', async (_, options, expected) => {
    expect(await values(await filled(2_500), options)).toEqual(expected);
  });

  test('a page shows one moment, whatever is written between the pages', async () => {
    const db = await filled(300);
    const pages = db.list<number>('n', { limit: 100 });
    const first = await pages.page();
    await db.batchPut(range(0, 300).map((n) => ({ namespace: 'n', key: `k${String(n).padStart(4, '0')}`, value: -n })));
    const second = await pages.page(first.cursor ?? undefined);
    expect(second.items.map(({ value }) => value)).toEqual(range(100, 200));
    const third = await pages.page(second.cursor ?? undefined);
    expect(third.items.map(({ value }) => value)).toEqual(range(200, 300));
    expect(third.cursor).toBeNull();
  });

  test('nothing is asked before the first item, and each iteration asks anew', async () => {
    const db = await filled(2);
    const pages = db.list<number>('n');
    await db.put('n', 'k0002', 2);
    expect((await pages.toArray()).map(({ value }) => value)).toEqual([0, 1, 2]);
    await db.delete('n', 'k0000');
    expect((await pages.toArray()).map(({ value }) => value)).toEqual([1, 2]);
  });

  test('a loop may be left early', async () => {
    const db = await filled(2_000);
    const seen: unknown[] = [];
    for await (const { value } of db.list('n')) {
      seen.push(value);
      if (seen.length === 150) break;
    }
    expect(seen).toEqual(range(0, 150));
  });

  test('a signal stops it between pages', async () => {
    const db = await filled(2_000);
    const controller = new AbortController();
    let seen = 0;
    const loop = async () => {
      for await (const _ of db.list('n', { signal: controller.signal })) if (++seen === 50) controller.abort();
    };
    await expect(loop()).rejects.toMatchObject({ name: 'AbortError', code: 'cancelled' });
    expect(seen).toBe(100);
  });

  test('without values it gives what is known of them', async () => {
    const db = await filled(1);
    const [version] = await db.list('n', { values: false }).toArray();
    expect(version).toMatchObject({ namespace: 'n', key: 'k0000', seq: 1 });
    expect(version).not.toHaveProperty('value');
  });
});

describe('history', () => {
  test('is whole over many pages, newest first, with deletions', async () => {
    const db = await inMemory();
    await db.batchPut(
      range(0, 1_500).map((n) =>
        n % 10 === 9 ? { namespace: 'n', key: 'k', delete: true as const } : { namespace: 'n', key: 'k', value: n },
      ),
    );
    const versions = await db.history<number>('n', 'k').toArray();
    expect(versions.map(({ seq }) => seq)).toEqual(range(1, 1_501).reverse());
    for (const version of versions)
      expect(version.deleted ? 'deleted' : version.value).toBe(version.seq % 10 === 0 ? 'deleted' : version.seq - 1);
    expect(versions.slice(0, -1).map(({ previous }) => previous)).toEqual(
      versions.slice(1).map(({ version }) => version),
    );
    expect((await db.history('n', 'k', { limit: 3, at: 'seq:1500' }).toArray()).map(({ seq }) => seq)).toEqual([
      1_500, 1_499, 1_498,
    ]);
    expect(await db.history('n', 'absent').toArray()).toEqual([]);
  });
});

describe('moments', () => {
  test('a batch is never seen in half', async () => {
    const db = await inMemory();
    await db.batchPut([
      { namespace: 'n', key: 'a', value: 1 },
      { namespace: 'n', key: 'b', value: 1 },
    ]);
    for (const at of ['seq:1', 'seq:2']) expect(await values(db, { at })).toEqual([1, 1]);
    expect(await values(db, { at: 'seq:0' })).toEqual([]);
  });

  test('a Date and its milliseconds see all that was acknowledged by then', async () => {
    const db = await inMemory();
    for (let n = 0; n < 50; n += 1) {
      await db.put('n', 'k', n);
      const at = new Date();
      expect(await db.get('n', 'k', { at })).toBe(n);
      expect(await db.getAt('n', 'k', at.getTime())).toBe(n);
      expect(await db.at(at).get('n', 'k')).toBe(n);
    }
  });

  test('a view answers every read at its moment', async () => {
    const db = await inMemory();
    const one = await db.put('n', 'a', 1);
    await db.put('n', 'b', 1);
    const view = db.at(one.version);
    await db.put('n', 'a', 2);
    await db.delete('n', 'b');
    expect(await view.get('n', 'a')).toBe(1);
    expect(await view.getText('n', 'a')).toBe('1');
    expect(await view.getVersion('n', 'a')).toMatchObject({ value: 1, version: one.version });
    expect(await view.getOrThrow('n', 'a')).toBe(1);
    expect(await view.getMany('n', ['a', 'b'])).toEqual(new Map([['a', 1]]));
    expect((await view.history('n', 'a').toArray()).map(({ seq }) => seq)).toEqual([1]);
    expect((await view.list('n').toArray()).map(({ key }) => key)).toEqual(['a']);
    expect(await view.namespaces({ counts: true })).toEqual([{ name: 'n', keys: 1 }]);
    expect(await view.diff('n', 'a')).toMatchObject({ from: null, to: one.version, after: 1 });
    await expect(view.getOrThrow('n', 'b')).rejects.toMatchObject({ code: 'not_yet_written' });
    expect(await view.get('n', 'a', { at: 'now' })).toBe(2);
    expect(await view.at('seq:3').get('n', 'a')).toBe(2);
    expect(view).not.toHaveProperty('put');
  });

  test('a view of a time ago stays where it is', async () => {
    const db = await inMemory();
    await db.put('n', 'k', 1);
    const view = db.at('-0ms');
    await new Promise((resolve) => setTimeout(resolve, 5));
    await db.put('n', 'k', 2);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await view.get('n', 'k')).toBe(1);
    expect(view.moment).toMatch(/^\d{4}-/);
  });
});

describe('getMany', () => {
  test('reads at one moment, though it is written meanwhile', { timeout: 60_000 }, async () => {
    const db = await inMemory();
    const keys = range(0, 1_000).map((n) => `k${n}`);
    const write = (value: number) => db.batchPut(keys.map((key) => ({ namespace: 'n', key, value })));
    await write(0);
    let running = true;
    const writer = (async () => {
      for (let value = 1; running; value += 1) await write(value);
    })();
    for (let round = 0; round < 5; round += 1) {
      const found = await db.getMany<number>('n', keys);
      expect(found.size).toBe(keys.length);
      expect(new Set(found.values()).size).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    running = false;
    await writer;
  });
});

describe('diff', () => {
  test.each<[string, object, object]>([
    [
      'what the last change did',
      {},
      { patch: [{ op: 'replace', path: '/a', value: 3 }], before: { a: 2 }, after: { a: 3 } },
    ],
    ['between two moments', { from: 'seq:1', to: 'seq:2' }, { patch: [{ op: 'replace', path: '/a', value: 2 }] }],
    ['from nothing', { from: 'seq:0', to: 'seq:1' }, { from: null, patch: [{ op: 'add', path: '', value: { a: 1 } }] }],
    ['the last change before a moment', { to: 'seq:2' }, { before: { a: 1 }, after: { a: 2 } }],
    ['no change', { from: 'seq:3' }, { patch: [] }],
  ])('%s', async (_, options, expected) => {
    const db = await inMemory();
    for (const a of [1, 2, 3]) await db.put('n', 'k', { a });
    expect(await db.diff('n', 'k', options)).toMatchObject(expected);
  });

  test('of a namespace', async () => {
    const db = await inMemory();
    await db.batchPut(['a', 'b', 'c'].map((key) => ({ namespace: 'n', key, value: { x: 1 } })));
    const { version } = await db.put('n', 'b', { x: 2 });
    await db.delete('n', 'c');
    await db.put('n', 'd', { x: 4 });
    const changes = await db.diffNamespace('n', { from: 'seq:3' }).toArray();
    expect(changes).toMatchObject([
      { key: 'b', change: 'changed', to: version, patch: [{ op: 'replace', path: '/x', value: 2 }] },
      { key: 'c', change: 'deleted', to: null, patch: [{ op: 'remove', path: '' }] },
      { key: 'd', change: 'added', from: null, patch: [{ op: 'add', path: '', value: { x: 4 } }] },
    ]);
    expect(await db.diffNamespace('n', { from: 'seq:3', limit: 1 }).toArray()).toHaveLength(1);
    expect(await db.diffNamespace('n', { from: 'seq:3', prefix: 'd' }).toArray()).toHaveLength(1);
  });
});
