import { describe, expect, test } from 'vitest';
import { type Change, KoruDelta } from '../src/index.js';
import { inMemory, temporaryFolder } from './folder.js';
import { gathered } from './gathered.js';

describe('changes', () => {
  test('are all versions in the order of their commits', async () => {
    const db = await inMemory();
    await db.put('a', 'x', 1);
    await db.put('b', 'x', 2);
    await db.delete('a', 'x');
    await db.put('a', 'y', 3);
    const tell = ({ namespace, key, value, deleted }: Change) => [namespace, key, deleted ? 'deleted' : value];
    expect((await gathered(db.changes())).map(tell)).toEqual([
      ['a', 'x', 1],
      ['b', 'x', 2],
      ['a', 'x', 'deleted'],
      ['a', 'y', 3],
    ]);
    expect((await gathered(db.changes({ namespace: 'a' }))).map(tell)).toEqual([
      ['a', 'x', 1],
      ['a', 'x', 'deleted'],
      ['a', 'y', 3],
    ]);
    expect((await gathered(db.changes({ namespace: 'a', prefix: 'y' }))).map(tell)).toEqual([['a', 'y', 3]]);
    const [bare] = await gathered(db.changes({ values: false }));
    expect(bare).not.toHaveProperty('value');
  });

  test('go on behind every cursor, with and without a filter', async () => {
    const db = await inMemory();
    await db.batchPut(
      Array.from({ length: 2_500 }, (_, n) => ({ namespace: n % 2 ? 'a' : 'b', key: `k${n}`, value: n })),
    );
    for (const namespace of [undefined, 'a']) {
      const all = await gathered(db.changes({ namespace }));
      expect(all).toHaveLength(namespace ? 1_250 : 2_500);
      for (const index of [0, 1, 499, 999, 1_000, 1_248]) {
        const rest = await gathered(db.changes({ since: all[index]?.cursor, namespace }));
        expect(rest.map(({ seq }) => seq)).toEqual(all.slice(index + 1).map(({ seq }) => seq));
      }
    }
  });

  test('end with an error on a cursor that is none', async () => {
    const db = await inMemory();
    await expect(gathered(db.changes({ since: 'x' }))).rejects.toMatchObject({ code: 'invalid_cursor' });
  });
});

describe('watch', () => {
  test('gives what is written from now on, in order', async () => {
    const db = await inMemory();
    await db.put('n', 'before', 1);
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { key } of db.watch({ namespace: 'n' })) {
        seen.push(key);
        if (key === 'last') return;
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await db.put('n', 'a', 1);
    await db.put('other', 'b', 1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await Promise.all([
      db.put('n', 'c', 1),
      db.delete('n', 'a'),
      db.batchPut([{ namespace: 'n', key: 'd', value: 1 }]),
    ]);
    await db.transact((tx) => tx.put('n', 'last', 1));
    await watching;
    expect(seen).toEqual(['a', 'c', 'a', 'd', 'last']);
  });

  test('misses nothing while writers run', async () => {
    const db = await inMemory();
    const seqs: number[] = [];
    const watching = (async () => {
      for await (const { seq } of db.changes({ live: true })) {
        seqs.push(seq);
        if (seqs.length === 3_000) return;
      }
    })();
    const writer = async (name: number) => {
      for (let n = 0; n < 300; n += 1) await db.put('n', `${name}/${n}`, n);
    };
    await Promise.all(Array.from({ length: 10 }, (_, name) => writer(name)));
    await watching;
    expect(seqs).toEqual(Array.from({ length: 3_000 }, (_, index) => index + 1));
  });

  test('ends when the database is closed', async () => {
    const db = await inMemory();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { key } of db.watch()) seen.push(key);
    })();
    await db.put('n', 'k', 1);
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await db.close();
    await watching;
    expect(seen).toEqual(['k']);
  });

  test('stops when the signal says so', async () => {
    const db = await inMemory();
    const controller = new AbortController();
    const watching = gathered(db.watch({ signal: controller.signal }));
    setTimeout(() => controller.abort(new Error('enough')), 5);
    await expect(watching).rejects.toMatchObject({ name: 'AbortError', cause: new Error('enough') });
  });

  test('is refused where nothing can come', async () => {
    const folder = await temporaryFolder();
    await (await KoruDelta.startWithPath(folder)).close();
    await using reader = await KoruDelta.startWithPath(folder, { readOnly: true });
    expect(await gathered(reader.changes())).toEqual([]);
    await expect(gathered(reader.watch())).rejects.toMatchObject({ code: 'invalid_params' });
  });

  test('sees the imports', async () => {
    const db = await inMemory();
    const watching = (async () => {
      for await (const change of db.watch()) return change.key;
      return 'nothing';
    })();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await db.import(['{"key":"n/k","timestamp":"2008-10-01","value":1}\n']);
    expect(await watching).toBe('k');
  });
});

test('a feed may be left and taken up again by another process that opens the folder', async () => {
  const folder = await temporaryFolder();
  const db = await KoruDelta.startWithPath(folder);
  await db.batchPut(Array.from({ length: 10 }, (_, n) => ({ namespace: 'n', key: `k${n}`, value: n })));
  let cursor: string | undefined;
  for await (const change of db.changes()) {
    cursor = change.cursor;
    if (change.seq === 4) break;
  }
  await db.close();
  const again = await KoruDelta.startWithPath(folder);
  expect((await gathered(again.changes({ since: cursor }))).map(({ seq }) => seq)).toEqual([5, 6, 7, 8, 9, 10]);
  await again.close();
});

test('a live feed ends with the database, also when there is more to come', async () => {
  const db = await inMemory();
  await db.batchPut(Array.from({ length: 3_000 }, (_, n) => ({ namespace: 'n', key: `k${n}`, value: n })));
  let seen = 0;
  for await (const _ of db.changes({ live: true })) {
    seen += 1;
    if (seen === 5) await db.close();
  }
  expect(seen).toBe(1_000);
});

test('a feed that nobody looks at fails nobody', async () => {
  const db = await inMemory();
  await db.close();
  const failures: unknown[] = [];
  const listen = (reason: unknown) => failures.push(reason);
  process.on('unhandledRejection', listen);
  const feed = db.watch();
  db.watch({ signal: AbortSignal.abort() });
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off('unhandledRejection', listen);
  expect(failures).toEqual([]);
  await expect(feed[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'closed' });
});

test('one signal may serve many calls without a warning', async () => {
  const db = await inMemory();
  const { signal } = new AbortController();
  const warnings: Error[] = [];
  const listen = (warning: Error) => warnings.push(warning);
  process.on('warning', listen);
  await Promise.all(Array.from({ length: 100 }, (_, n) => db.put('n', `k${n}`, n, { signal })));
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});
