import { expect, test } from 'vitest';
import type { Transaction } from '../src/index.js';
import { inFolder, inMemory } from './folder.js';

test('writes together, as one commit', async () => {
  const db = await inMemory();
  const result = await db.transact(
    async (tx) => {
      tx.put('n', 'a', 1);
      tx.put('n', 'b', 2);
      tx.delete('n', 'c');
      return 'done';
    },
    { actor: 'me', reason: 'why' },
  );
  expect(result).toBe('done');
  const [a, b] = [await db.getVersion('n', 'a'), await db.getVersion('n', 'b')];
  expect(a).toMatchObject({ value: 1, actor: 'me', reason: 'why', timestamp: b?.timestamp });
  expect((await db.stats()).versions).toBe(3);
});

test('sees its own writes and one moment of the others', async () => {
  const db = await inMemory();
  await db.put('n', 'a', 1);
  await db.put('n', 'b', 1);
  const seen = await db
    .transact(
      async (tx) => {
        const before = await tx.get('n', 'a');
        await db.put('n', 'b', 2);
        tx.put('own', 'a', { x: -0 });
        tx.delete('own', 'b');
        return [
          before,
          await tx.get('n', 'b'),
          await tx.get('own', 'a'),
          await tx.get('own', 'b'),
          await tx.get('n', 'absent'),
        ];
      },
      { retries: 0 },
    )
    .catch((error: { code: string }) => error.code);
  // Another wrote b after the transaction's moment, and it had read b, so it must not be written.
  expect(seen).toBe('conflict');
  expect(await db.get('own', 'a')).toBeUndefined();

  const read = await db.transact(async (tx) => {
    const first = await tx.get('n', 'a');
    await db.put('n', 'b', 3);
    return [first, await tx.get('n', 'b')];
  });
  expect(read).toEqual([1, 2]);
});

test('runs again until nobody came between', async () => {
  const db = await inFolder();
  await db.put('n', 'count', 0);
  let runs = 0;
  const increment = () =>
    db.transact(async (tx) => {
      runs += 1;
      tx.put('n', 'count', (await tx.getOrThrow<number>('n', 'count')) + 1);
    });
  await Promise.all(Array.from({ length: 50 }, increment));
  expect(await db.get('n', 'count')).toBe(50);
  expect(runs).toBeGreaterThan(50);
});

test('guards absence', async () => {
  const db = await inMemory();
  const create = (value: number) =>
    db.transact(async (tx) => {
      if ((await tx.get('n', 'k')) !== undefined) return false;
      tx.put('n', 'k', value);
      return true;
    });
  const created = await Promise.all(Array.from({ length: 10 }, (_, value) => create(value)));
  expect(created.filter(Boolean)).toHaveLength(1);
  expect(await db.history('n', 'k').toArray()).toHaveLength(1);
});

test('gives up after the retries', async () => {
  const db = await inMemory();
  let runs = 0;
  const stubborn = db.transact(
    async (tx) => {
      runs += 1;
      await tx.get('n', 'k');
      await db.put('n', 'k', runs);
      tx.put('n', 'k', 'never');
    },
    { retries: 3 },
  );
  await expect(stubborn).rejects.toMatchObject({ code: 'conflict' });
  expect(runs).toBe(4);
});

test('writes nothing when its function throws', async () => {
  const db = await inMemory();
  const own = new Error('mine');
  const failing = db.transact((tx) => {
    tx.put('n', 'k', 1);
    throw own;
  });
  await expect(failing).rejects.toBe(own);
  expect((await db.stats()).versions).toBe(0);
});

test('writes nothing when it only reads', async () => {
  const db = await inMemory();
  await db.put('n', 'k', 1);
  expect(await db.transact((tx) => tx.get('n', 'k'))).toBe(1);
  expect((await db.stats()).versions).toBe(1);
});

test.each<[string, string, (tx: Transaction) => unknown]>([
  ['an absent key', 'key_not_found', (tx) => tx.getOrThrow('n', 'absent')],
  ['a key it deleted', 'key_deleted', (tx) => tx.getOrThrow('n', 'deleted')],
  ['a bad name', 'invalid_key', (tx) => tx.put('n', '\ud800', 1)],
  ['a name that the engine refuses', 'invalid_namespace', (tx) => tx.put('_n', 'k', 1)],
  ['a value that is none', 'invalid_json', (tx) => tx.put('n', 'k', Number.NaN)],
])('%s: %s', async (_, code, call) => {
  const db = await inMemory();
  const calling = db.transact(async (tx) => {
    tx.delete('n', 'deleted');
    await call(tx);
  });
  await expect(calling).rejects.toMatchObject({ code });
  expect((await db.stats()).versions).toBe(0);
});

test('has ended when its function has', async () => {
  const db = await inMemory();
  const tx = await db.transact((inner) => ({ inner }));
  expect(() => tx.inner.put('n', 'k', 1)).toThrow(expect.objectContaining({ code: 'closed' }));
  await expect(tx.inner.get('n', 'k')).rejects.toMatchObject({ code: 'closed' });
});

test('stops when the signal says so', async () => {
  const db = await inMemory();
  const controller = new AbortController();
  const stopped = db.transact(
    (tx) => {
      tx.put('n', 'k', 1);
      controller.abort();
    },
    { signal: controller.signal },
  );
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError', facts: { outcome: 'not_done' } });
  expect((await db.stats()).versions).toBe(0);
});
