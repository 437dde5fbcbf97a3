import { describe, expect, test } from 'vitest';
import { inMemory } from './folder.js';

const encoder = new TextEncoder();

describe('names', () => {
  const odd = [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'valueOf',
    'hasOwnProperty',
    '__defineGetter__',
    'then',
    'length',
    'null',
    'undefined',
    'NaN',
    '0',
    '-1',
    '1e3',
    ' ',
    '..',
    '.',
    '%2e%2e',
    'a b',
    'ключ',
    '鍵',
    '🔑',
    'e\u0301',
    '\u00e9',
    '\ufeff',
    '\u202e',
    "' OR 1=1 --",
    '<script>',
    '$',
    'con',
    'a:b',
    'a\\b',
    '\u{10ffff}',
    '\u2028',
  ];

  test.each(odd)('%j as namespace, key and member', async (name) => {
    const db = await inMemory();
    // Namespaces that begin with an underscore are the system's own.
    const namespace = name.replace(/^_/, 'n_');
    const value = JSON.parse(`{${JSON.stringify(name)}:{"x":1},"other":2}`);
    await db.put(namespace, name, value);
    const found = await db.getOrThrow<Record<string, unknown>>(namespace, name);
    expect(Object.keys(found).sort()).toEqual([name, 'other'].sort());
    expect(found).toEqual(value);
    expect(await db.getMany(namespace, [name, 'absent'])).toEqual(new Map([[name, value]]));
    expect((await db.history(namespace, name).toArray()).map(({ key }) => key)).toEqual([name]);
    expect((await db.list(namespace).toArray()).map(({ key }) => key)).toEqual([name]);
    expect(await db.namespaces()).toEqual([{ name: namespace }]);
    await db.batchPut([{ namespace, key: name, value: { [name]: 1 } }]);
    await db.transact(async (tx) => tx.put(namespace, `${name}!`, await tx.get(namespace, name)));
    expect(await db.getText(namespace, `${name}!`)).toBe(await db.getText(namespace, name));
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  test('keys may hold anything, and differ when their bytes do', async () => {
    const db = await inMemory();
    const keys = ['a/b', 'a\u0000b', '\n', '\u0000', 'é', 'e\u0301', 'k'.repeat(1_024), '_x', 'ü'.repeat(512)];
    for (const key of keys) await db.put('n', key, key);
    for (const key of keys) expect(await db.get('n', key)).toBe(key);
    expect(await db.list('n', { values: false }).toArray()).toHaveLength(keys.length);
  });
});

describe('values', () => {
  test.each<[string, unknown]>([
    ['negative zero', -0],
    ['negative zero within', { a: [-0, 0, { b: -0 }] }],
    ['the largest safe number', Number.MAX_SAFE_INTEGER],
    ['2^53', 2 ** 53],
    ['the largest number', Number.MAX_VALUE],
    ['the smallest number', Number.MIN_VALUE],
    ['0.1 + 0.2', 0.1 + 0.2],
    ['an empty string', ''],
    ['every kind of character', '\u0000\u001f"\\/\b\f\n\r\t\u007f\u0080é\u2028\u2029\ufeff\uffff🔑\u{10ffff}'],
    ['empty containers', [{}, [], [[]], { '': {} }]],
    ['128 levels', JSON.parse('['.repeat(128) + ']'.repeat(128))],
    ['odd members', JSON.parse('{"__proto__":{"a":1},"constructor":{"prototype":{"b":1}},"toJSON":1}')],
    ['members in their order', JSON.parse('{"b":1,"a":2,"10":3,"9":4}')],
  ])('%s comes back', async (_, value) => {
    const db = await inMemory();
    await db.put('n', 'k', value);
    const found = await db.get('n', 'k');
    expect(found).toEqual(value);
    expect(Object.is(found, -0)).toBe(Object.is(value, -0));
    expect(JSON.stringify(found)).toBe(JSON.stringify(value));
    expect((await db.getVersion('n', 'k'))?.value).toEqual(value);
  });

  test.each<[string, unknown]>([
    ['NaN', Number.NaN],
    ['an infinity', { a: Number.POSITIVE_INFINITY }],
    ['a BigInt', 1n],
    ['undefined', undefined],
    ['undefined in an array', [undefined]],
    ['a function', () => 1],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a member name', { '\udc00': 1 }],
    ['129 levels', JSON.parse('['.repeat(129) + ']'.repeat(129))],
    ['100,000 levels', JSON.parse('['.repeat(5_000) + ']'.repeat(5_000))],
    ['a Map', new Map()],
  ])('%s is refused, alone and in a batch', async (_, value) => {
    const db = await inMemory();
    await expect(db.put('n', 'k', value)).rejects.toMatchObject({ code: 'invalid_json' });
    const items = [{ namespace: 'n', key: 'k', value }];
    await expect(db.batchPut(items)).rejects.toMatchObject({ code: 'invalid_json' });
    await expect(db.transact((tx) => tx.put('n', 'k', value))).rejects.toMatchObject({ code: 'invalid_json' });
    await expect(db.batchPut(streamOf(items))).rejects.toMatchObject({
      code: expect.stringMatching(/^invalid_(json|line)$/),
    });
    expect((await db.stats()).versions).toBe(0);
  });

  async function* streamOf<T>(items: T[]) {
    yield* items;
  }

  test('numbers that JavaScript would round are an error that leads to the text', async () => {
    const db = await inMemory();
    const lines = ['9007199254740993', '{"a":[1e400]}', '0.1234567890123456789', '[-0.0,1.0,1E2]'];
    await db.batchPut(encoder.encode(lines.map((value, index) => `{"key":"n/${index}","value":${value}}`).join('\n')));
    for (const [index, text] of lines.entries()) expect(await db.getText('n', String(index))).toBe(text);
    await expect(db.get('n', '0')).rejects.toMatchObject({
      code: 'number_not_exact',
      facts: { number: '9007199254740993', path: '' },
    });
    await expect(db.get('n', '1')).rejects.toMatchObject({ facts: { number: '1e400', path: '/a/0' } });
    await expect(db.getMany('n', ['3', '1'])).rejects.toMatchObject({ facts: { number: '1e400', path: '/a/0' } });
    await expect(db.getVersion('n', '2')).rejects.toMatchObject({ code: 'number_not_exact' });
    await expect(db.history('n', '0').toArray()).rejects.toMatchObject({ code: 'number_not_exact' });
    await expect(db.list('n').toArray()).rejects.toMatchObject({ code: 'number_not_exact' });
    expect(await db.list('n', { values: false }).toArray()).toHaveLength(4);
    expect(await db.get('n', '3')).toEqual([-0, 1, 100]);
  });

  test('16 MiB is the end', async () => {
    const db = await inMemory();
    const most = 'x'.repeat(16 * 1024 * 1024 - 2);
    await db.put('n', 'most', most);
    expect((await db.getText('n', 'most'))?.length).toBe(16 * 1024 * 1024);
    for (const value of [`${most}x`, 'ü'.repeat(8.5 * 1024 * 1024)]) {
      await expect(db.put('n', 'k', value)).rejects.toMatchObject({ code: 'value_too_large' });
    }
    await expect(db.batchPut([{ namespace: 'n', key: 'k', value: `${most}x` }])).rejects.toMatchObject({
      code: 'value_too_large',
    });
    expect((await db.stats()).versions).toBe(1);
  });

  test('the value is taken when put is called', async () => {
    const db = await inMemory();
    const value = { n: 1 };
    const put = db.put('n', 'k', value);
    value.n = 2;
    await put;
    expect(await db.get('n', 'k')).toEqual({ n: 1 });
  });

  test('every get gives an object of its own', async () => {
    const db = await inMemory();
    await db.put('n', 'k', { n: 1 });
    const one = await db.getOrThrow<{ n: number }>('n', 'k');
    one.n = 2;
    expect(await db.get('n', 'k')).toEqual({ n: 1 });
  });
});
