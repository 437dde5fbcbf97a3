import { expect, test } from 'vitest';
import { batches, DOCUMENT_BYTES, document, KEY_BYTES, keyOf, rows, shuffled } from '../src/document.js';

test('every document has the promised length', () => {
  for (let n = 0; n < 100_000; n = n * 2 + 1) {
    expect(JSON.stringify(document(n))).toHaveLength(DOCUMENT_BYTES);
    expect(keyOf(n)).toHaveLength(KEY_BYTES);
  }
});

test.each([1, 2, 3, 1_000, 4_096, 4_097])('an order of %i numbers has each once', (count) => {
  for (const seed of [0, 1, 2]) {
    expect([...shuffled(count, seed)].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, n) => n));
  }
});

test('orders differ from seed to seed, and from the order of the numbers', () => {
  const orders = [0, 1, 2].map((seed) => [...shuffled(1_000, seed)].join());
  expect(new Set([...orders, Array.from({ length: 1_000 }, (_, n) => n).join()]).size).toBe(4);
});

test('a load has all versions of all keys, in batches', () => {
  const all = [...rows(30, 4)];
  expect(all).toHaveLength(120);
  expect(new Set(all.map(({ key }) => key)).size).toBe(30);
  expect(new Set(all.map(({ value }) => value.id)).size).toBe(120);
  const cut = [...batches(30, 4, 50)];
  expect(cut.map((batch) => batch.length)).toEqual([50, 50, 20]);
  expect(cut.flat()).toEqual(all);
});
