import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BatchSource } from '../src/index.js';
import { inFolder, inMemory, temporaryFolder } from './folder.js';
import { gathered } from './gathered.js';

const encoder = new TextEncoder();

function items(count: number, namespace = 'n') {
  return Array.from({ length: count }, (_, index) => ({ namespace, key: `k${index}`, value: { index } }));
}

function lines(list: readonly unknown[]): string {
  return `${list.map((item) => JSON.stringify(item)).join('\n')}\n`;
}

async function* slowly<T>(list: Iterable<T>) {
  for (const one of list) {
    await null;
    yield one;
  }
}

/** A text as UTF-8, cut into pieces of so many bytes. */
function* pieces(text: string, size: number) {
  const bytes = encoder.encode(text);
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

const many = items(3_000);
const marked = [{ namespace: 'n', key: 'ключ/🔑', value: '🔑 ü' }, ...items(30)];

describe('every form of a batch is one commit', () => {
  test.each<[string, number, () => BatchSource]>([
    ['a short list', 31, () => marked],
    ['a long list', 3_000, () => many],
    ['a long list with guards', 3_000, () => many.map((item) => ({ ...item, ifVersion: null }))],
    ['a Set', 31, () => new Set(marked)],
    ['a generator', 3_000, () => many.values()],
    ['a generator with guards', 3_000, () => many.map((item) => ({ ...item, ifVersion: null })).values()],
    ['an async generator', 3_000, () => slowly(many)],
    ['bytes', 31, () => encoder.encode(lines(marked))],
    ['a Buffer', 31, () => Buffer.from(lines(marked))],
    ['more bytes than cross at once', 40_000, () => encoder.encode(lines(items(40_000)))],
    ['pieces of one byte', 31, () => pieces(lines(marked), 1)],
    ['pieces of seven bytes, slowly', 31, () => slowly(pieces(lines(marked), 7))],
    ['texts', 31, () => [lines(marked.slice(0, 5)), lines(marked.slice(5))]],
    ['a web stream', 31, () => new Blob([lines(marked)]).stream() as unknown as BatchSource],
    [
      'lines with CRLF, a BOM and blanks',
      2,
      () => encoder.encode('\ufeff{"key":"n/a","value":1}\r\n\r\n  \n{"namespace":"n","key":"b","value":2}'),
    ],
  ])('%s', async (_, count, source) => {
    const db = await inMemory();
    await db.put('before', 'k', 1);
    const receipt = await db.batchPut(source(), { actor: 'me', reason: 'why' });
    expect(receipt).toMatchObject({ count, firstSeq: 2, lastSeq: count + 1, durability: 'sync', rejected: [] });
    const versions = await gathered(db.changes());
    expect(versions).toHaveLength(count + 1);
    expect(new Set(versions.slice(1).map(({ timestamp }) => timestamp))).toEqual(new Set([receipt.timestamp]));
    expect(versions[1]).toMatchObject({ version: receipt.first, actor: 'me', reason: 'why' });
    expect(versions.at(-1)?.version).toBe(receipt.last);
    expect(await db.namespaces({ counts: true, at: 'seq:1' })).toEqual([{ name: 'before', keys: 1 }]);
    expect(await db.get('before', 'k')).toBe(1);
    if (count === 31) expect(await db.get('n', 'ключ/🔑')).toBe('🔑 ü');
    if (count === 3_000) expect(await db.get('n', 'k2999')).toEqual({ index: 2_999 });
  });

  test('a file of documents with a key of their own', async () => {
    const file = join(await temporaryFolder(), 'users.jsonl');
    await writeFile(
      file,
      lines([
        { id: 'alice', n: 1 },
        { id: 12, n: 2 },
      ]),
    );
    const db = await inFolder();
    const receipt = await db.batchPut(createReadStream(file), { namespace: 'users', keyField: 'id' });
    expect(receipt.count).toBe(2);
    expect(await db.get('users', '12')).toEqual({ id: 12, n: 2 });
  });

  test('an empty batch writes nothing', async () => {
    const db = await inMemory();
    for (const source of [[], new Uint8Array(0), encoder.encode('\n\n'), slowly([])] as BatchSource[]) {
      const receipt = await db.batchPut(source);
      expect(receipt).toMatchObject({
        count: 0,
        firstSeq: null,
        lastSeq: null,
        first: null,
        last: null,
        timestamp: null,
      });
      expect(await receipt.versions().toArray()).toEqual([]);
    }
    expect((await db.stats()).versions).toBe(0);
  });
});

describe('a batch is all or nothing', () => {
  const good = items(2_000);
  test.each<[string, string, BatchSource, object]>([
    ['a bad name in a short list', 'invalid_key', [...items(3), { namespace: 'n', key: '', value: 1 }], {}],
    [
      'a bad value in a short list',
      'invalid_json',
      [...items(3), { namespace: 'n', key: 'k', value: Number.NaN }],
      { key: 'k', path: '/value' },
    ],
    [
      'a bad value in a long list',
      'invalid_json',
      [...good, { namespace: 'n', key: 'k', value: [1n] }],
      { key: 'k', path: '/value/0' },
    ],
    [
      'a bad name in a long list',
      'invalid_namespace',
      [...good, { namespace: '_n', key: 'k', value: 1 }],
      { item: 2_000 },
    ],
    ['a name nobody knows', 'invalid_params', [{ namespace: 'n', key: 'k', valeu: 1, value: 2 } as never], {}],
    ['a value and a delete', 'invalid_params', [{ namespace: 'n', key: 'k', value: 1, delete: true } as never], {}],
    ['a delete that is no yes or no', 'invalid_params', [{ namespace: 'n', key: 'k', delete: 1 } as never], {}],
    ['a bad line', 'invalid_line', encoder.encode('{"key":"n/a","value":1}\n{"key":"n/b"}'), { line: 2 }],
    ['a bad line in a stream', 'invalid_line', slowly(['{"key":"n/a","value":1}\n', 'x\n']), { line: 2 }],
    ['a line without an end', 'invalid_line', encoder.encode('{"key":"n/a","value":1'), { line: 1 }],
    ['an item that is none', 'invalid_params', slowly([null as never]), {}],
  ])('%s', async (_, code, source, facts) => {
    const db = await inMemory();
    const error = await db.batchPut(source).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, facts: facts });
    expect((await db.stats()).versions).toBe(0);
    expect((await db.batchPut(items(1))).firstSeq).toBe(1);
  });

  test('a source that fails', async () => {
    const db = await inMemory();
    async function* broken() {
      yield* items(2_000);
      throw new Error('mine');
    }
    await expect(db.batchPut(broken())).rejects.toThrow('mine');
    expect((await db.stats()).versions).toBe(0);
  });

  test('bad lines are left out when they may be, and listed', async () => {
    const db = await inMemory();
    const text = ['{"key":"n/a","value":1}', 'no json', '{"key":"n/b"}', '{"key":"n/c","value":3}'].join('\n');
    const receipt = await db.batchPut(encoder.encode(text), { skipBad: true });
    expect(receipt.count).toBe(2);
    expect(receipt.rejected).toEqual([
      {
        line: 2,
        reason: expect.stringMatching(/./),
        text: 'no json',
        error: expect.objectContaining({ code: 'invalid_line' }),
      },
      {
        line: 3,
        reason: expect.stringMatching(/./),
        text: '{"key":"n/b"}',
        error: expect.objectContaining({ code: 'invalid_line' }),
      },
    ]);
  });
});

test('a receipt makes the single versions on demand', async () => {
  const db = await inMemory();
  await db.put('n', 'k0', 1);
  const receipt = await db.batchPut([...items(2_500), { namespace: 'n', key: 'k1', delete: true }]);
  await db.put('n', 'after', 1);
  const versions = await receipt.versions().toArray();
  expect(versions.map(({ seq }) => seq)).toEqual(Array.from({ length: 2_501 }, (_, index) => index + 2));
  expect(versions[0]).toMatchObject({ namespace: 'n', key: 'k0', version: receipt.first });
  expect(versions.at(-1)).toMatchObject({ key: 'k1', deleted: true, version: receipt.last });
  expect(versions.some((version) => 'value' in version)).toBe(false);
});

test('a large batch leaves the event loop its turns', async () => {
  const db = await inMemory();
  const list = items(200_000);
  let turns = 0;
  let running = true;
  const count = () => {
    turns += 1;
    if (running) setImmediate(count);
  };
  setImmediate(count);
  const receipt = await db.batchPut(list);
  running = false;
  expect(receipt.count).toBe(200_000);
  // Work in slices of 5 ms gives others far more turns than this, however slow the machine.
  expect(turns).toBeGreaterThan(20);
});

describe('an aborted batch', () => {
  test('writes nothing when it was aborted before', async () => {
    const db = await inMemory();
    for (const source of [items(1), items(2_000), encoder.encode(lines(items(1)))]) {
      await expect(db.batchPut(source, { signal: AbortSignal.abort() })).rejects.toMatchObject({
        name: 'AbortError',
        code: 'cancelled',
        facts: { outcome: 'not_done' },
      });
    }
    expect((await db.stats()).versions).toBe(0);
  });

  test('writes nothing when its source was still being read', async () => {
    const db = await inMemory();
    const controller = new AbortController();
    async function* source() {
      yield* items(5_000);
      controller.abort(new Error('enough'));
      yield* items(5_000);
    }
    const error = await db.batchPut(source(), { signal: controller.signal }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'cancelled', facts: { outcome: 'not_done' }, cause: new Error('enough') });
    expect((await db.stats()).versions).toBe(0);
  });
});

test('a long list keeps its turn among the writes around it', async () => {
  const db = await inMemory();
  const long = Array.from({ length: 2_000 }, (_, n) => ({ namespace: 'n', key: `k${n % 7}`, value: n }));
  await Promise.all([db.put('n', 'k0', 'before'), db.batchPut(long), db.put('n', 'k0', 'after')]);
  const values = await gathered(db.history('n', 'k0'));
  expect(values[0]).toMatchObject({ value: 'after', seq: 2_002 });
  expect(values.at(-1)).toMatchObject({ value: 'before', seq: 1 });
});

test('deletes and puts of a long list are versions in its order', async () => {
  const db = await inMemory();
  const mixed = Array.from({ length: 1_000 }, (_, n) =>
    n % 3 === 2
      ? { namespace: `n${n % 2}`, key: 'k', delete: true as const }
      : { namespace: `n${n % 2}`, key: 'k', value: n },
  );
  await db.batchPut(mixed);
  const told = (await gathered(db.changes())).map(({ namespace, key, value, deleted }) =>
    deleted ? { namespace, key, delete: true } : { namespace, key, value },
  );
  expect(told).toEqual(mixed);
});

test('a long list that is aborted on its way writes nothing', async () => {
  const db = await inMemory();
  const controller = new AbortController();
  const batch = db.batchPut(items(50_000), { signal: controller.signal });
  setImmediate(() => controller.abort());
  await expect(batch).rejects.toMatchObject({ code: 'cancelled', facts: { outcome: 'not_done' } });
  expect((await db.put('n', 'k', 1)).seq).toBe(1);
});

test('a stream that fails, and one that is left, are closed', async () => {
  const db = await inMemory();
  let closed = 0;
  async function* source(bad: unknown) {
    try {
      yield* items(1_000);
      yield bad as never;
      yield* items(1_000);
    } finally {
      closed += 1;
    }
  }
  await expect(db.batchPut(source({ namespace: 'n', key: 'k', value: () => 1 }))).rejects.toMatchObject({
    code: 'invalid_json',
  });
  await expect(db.batchPut(source({ namespace: '_', key: 'k', value: 1 }))).rejects.toMatchObject({
    code: 'invalid_namespace',
    facts: { item: 1_000 },
  });
  expect(closed).toBe(2);
  expect((await db.put('n', 'k', 1)).seq).toBe(1);
});

test('items of a stream that cannot be taken are left out with skipBad', async () => {
  const db = await inMemory();
  const source = [...items(300), { namespace: '_', key: 'k', value: 1 }, ...items(300)];
  const receipt = await db.batchPut(source.values(), { skipBad: true });
  expect(receipt).toMatchObject({ count: 600, rejected: [{ line: 301 }] });
});
