import { expect, test } from 'vitest';
import { KoruDelta } from '../src/index.js';

const long = (length: number, letter = 'k') => letter.repeat(length);

/** Names and values, the short way and the long one: both have to tell the same. */
const cases: [what: string, namespace: string, key: string, value: unknown][] = [
  ['plain', 'users', 'alice', { name: 'Alice', score: 12.25 }],
  ['a key of 255 letters', 'n', long(255), 1],
  ['a key of 256 letters', 'n', long(256), 2],
  ['a key of 1,024 letters', 'n', long(1_024), 3],
  ['a namespace of 128 letters', long(128, 'n'), 'k', 4],
  ['names that are not ASCII', 'größe', 'ключ 🗝️', 5],
  ['a key of one letter of Latin-1', 'n', 'é', 6],
  ['a key that begins like another', 'users', 'alic', 7],
  ['a zero byte', 'n', '\0', 8],
  ['a text that is not ASCII', 'n', 'text', 'naïve — 漢字'],
  ['a text that looks like numbers', 'n', 'digits', '12345678901234567890 1e3'],
  ['an exact number of many digits', 'n', 'exact', 0.1234567890123456],
  ['a number with an exponent', 'n', 'exponent', 1e300],
  ['null', 'n', 'null', null],
  ['an empty text', 'n', 'empty', ''],
  ['a large value', 'n', 'large', long(100_000, 'x')],
];

test.for(cases)('%s', async ([, namespace, key, value]) => {
  await using db = await KoruDelta.start();
  await db.put(namespace, key, 'before');
  const { version } = await db.put(namespace, key, value);
  await db.put(namespace, key, 'after');
  await db.delete(namespace, `${key.slice(0, 1_000)}.`).catch(() => undefined);
  expect(await db.get(namespace, key)).toBe('after');
  expect(await db.get(namespace, key, { at: version })).toStrictEqual(value);
  expect(JSON.parse((await db.getText(namespace, key, { at: version })) ?? '')).toStrictEqual(value);
  expect(await db.get(namespace, `${key.slice(0, 1_000)}.`)).toBeUndefined();
  expect(await db.get(namespace, key, { at: 'seq:0' })).toBeUndefined();
  expect(await db.get(namespace, key)).toBe('after');
});

const refusals: [what: string, code: string, get: (db: KoruDelta) => Promise<unknown>][] = [
  ['an empty moment', 'invalid_moment', (db) => db.get('n', 'k', { at: '' })],
  ['a moment that is none', 'invalid_moment', (db) => db.get('n', 'k', { at: 'soon' })],
  ['an empty namespace', 'invalid_namespace', (db) => db.get('', 'k')],
  ['a namespace with a slash', 'invalid_namespace', (db) => db.get('a/b', 'k')],
  ['an empty key', 'invalid_key', (db) => db.get('n', '')],
  ['a key that is too long', 'invalid_key', (db) => db.get('n', long(1_025))],
  ['a key that is no text', 'invalid_key', (db) => db.get('n', 7 as never)],
];

test.for(refusals)('%s is refused', async ([, code, get]) => {
  await using db = await KoruDelta.start();
  await db.put('n', 'k', 1);
  await expect(get(db)).rejects.toMatchObject({ code });
  expect(await db.get('n', 'k')).toBe(1);
});

test('two databases do not read each other’s letters', async () => {
  await using one = await KoruDelta.start();
  await using two = await KoruDelta.start();
  await one.put('n', 'k', 1);
  await two.put('n', 'k', 2);
  const both = await Promise.all([one.get('n', 'k'), two.get('n', 'k'), one.get('n', 'k')]);
  expect(both).toStrictEqual([1, 2, 1]);
});
