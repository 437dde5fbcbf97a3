import { expect, expectTypeOf, test } from 'vitest';
import type { BatchItem, Change, KoruDelta, Version } from '../src/index.js';
import { inMemory } from './folder.js';

interface User {
  name: string;
}

interface Schema {
  users: User;
  counts: number;
}

test('without a schema a value is unknown, or what the call says', async () => {
  const db = await inMemory();
  await db.put('users', 'alice', { name: 'Alice' });
  expectTypeOf(await db.get('users', 'alice')).toEqualTypeOf<unknown>();
  expectTypeOf(await db.get<User>('users', 'alice')).toEqualTypeOf<User | undefined>();
  expectTypeOf(await db.getOrThrow<User>('users', 'alice')).toEqualTypeOf<User>();
  expectTypeOf(await db.getVersion<User>('users', 'alice')).toEqualTypeOf<Version<User> | undefined>();
  expectTypeOf(await db.list<User>('users').toArray()).toEqualTypeOf<Version<User>[]>();
  expectTypeOf(db.changes<User>()).toEqualTypeOf<AsyncIterable<Change<User>>>();
  expect(await db.get<User>('users', 'alice')).toEqual({ name: 'Alice' });
});

test('a schema names the types by namespace', async () => {
  const db = await inMemory<Schema>();
  await db.put('users', 'alice', { name: 'Alice' });
  await db.put('counts', 'visits', 1);
  expectTypeOf(await db.get('users', 'alice')).toEqualTypeOf<User | undefined>();
  expectTypeOf(await db.getAt('counts', 'visits', 'now')).toEqualTypeOf<number | undefined>();
  expectTypeOf(await db.at('now').getOrThrow('users', 'alice')).toEqualTypeOf<User>();
  expectTypeOf(await db.getMany('counts', ['visits'])).toEqualTypeOf<Map<string, number>>();
  expectTypeOf<BatchItem<Schema>['namespace']>().toEqualTypeOf<'users' | 'counts'>();
  await db.transact(async (tx) => {
    expectTypeOf(await tx.getOrThrow('counts', 'visits')).toEqualTypeOf<number>();
    tx.put('counts', 'visits', (await tx.getOrThrow('counts', 'visits')) + 1);
  });
  for await (const version of db.history('users', 'alice')) {
    if (!version.deleted) expectTypeOf(version.value).toEqualTypeOf<User>();
  }
  expect(await db.get('counts', 'visits')).toBe(2);
});

test('what the types refuse', () => {
  const refused = (db: KoruDelta<Schema>) => [
    // @ts-expect-error: no such namespace
    () => db.get('user', 'alice'),
    // @ts-expect-error: not a user
    () => db.put('users', 'alice', { nam: 'Alice' }),
    // @ts-expect-error: not a number
    () => db.batchPut([{ namespace: 'counts', key: 'a', value: 'one' }]),
    // @ts-expect-error: a value and a delete
    () => db.batchPut([{ namespace: 'counts', key: 'a', value: 1, delete: true }]),
    // @ts-expect-error: a view writes nothing
    () => db.at('now').put('counts', 'a', 1),
  ];
  expect(refused).toBeInstanceOf(Function);
});
