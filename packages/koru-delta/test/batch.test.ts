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
  const list: { namespace: string; key: string; readonly value: unknown }[] = items(50_000);
  list[25_000] = {
    namespace: 'n',
    key: 'half-way',
    get value() {
      controller.abort();
      return 1;
    },
  };
  const batch = db.batchPut(list, { signal: controller.signal });
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

describe('a value is judged by itself, wherever it stands in a batch', () => {
  const deep = (levels: number, inner: unknown) => {
    let value = inner;
    for (let level = 0; level < levels; level += 1) value = [value];
    return value;
  };

  test.each([null, {}, 0, -0, 'x'])('128 levels around %j', async (inner) => {
    const db = await inMemory();
    const value = deep(inner === null || typeof inner !== 'object' ? 128 : 127, inner);
    await db.put('n', 'alone', value);
    await db.batchPut([
      { namespace: 'n', key: 'a', value },
      { namespace: 'n', key: 'gone', delete: true },
    ]);
    await db.batchPut([{ namespace: 'n', key: 'b', value }].values(), { skipBad: true });
    expect(await db.get('n', 'a')).toEqual(value);
    expect(await db.get('n', 'b')).toEqual(value);
    const tooDeep = [{ namespace: 'n', key: 'c', value: [value] }];
    await expect(db.batchPut(tooDeep)).rejects.toMatchObject({ code: 'invalid_json' });
  });

  test('its path begins at the item', async () => {
    const db = await inMemory();
    const bad = [{ namespace: 'n', key: 'k', value: { a: [1, new Map()] } }];
    const path = { facts: { namespace: 'n', key: 'k', path: '/value/a/1' } };
    await expect(db.batchPut(bad)).rejects.toMatchObject(path);
    await expect(db.batchPut([...items(600), ...bad])).rejects.toMatchObject(path);
  });
});

describe('whatever stops a batch', () => {
  /** A source that counts how often it was closed, and stalls or fails where it is told to. */
  function source(behaviour: 'stalls' | 'stalls at once' | 'fails') {
    const told = { closed: 0 };
    const iterator = {
      [Symbol.asyncIterator]: () => iterator,
      sent: 0,
      next() {
        this.sent += 1;
        if (behaviour === 'fails' && this.sent === 3) return Promise.reject(new Error('the source failed'));
        if (behaviour === 'stalls at once' || this.sent > 3) return new Promise<never>(() => {});
        return Promise.resolve({ done: false as const, value: { namespace: 'n', key: 'k', value: this.sent } });
      },
      return() {
        told.closed += 1;
        return behaviour === 'fails' ? Promise.reject(new Error('masked')) : new Promise<never>(() => {});
      },
    };
    return { told, iterator };
  }

  test.each(['stalls', 'stalls at once'] as const)(
    'a source that %s is left when the signal aborts',
    async (behaviour) => {
      const db = await inMemory();
      const { told, iterator } = source(behaviour);
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 20);
      await expect(db.batchPut(iterator, { signal: controller.signal })).rejects.toMatchObject({
        code: 'cancelled',
        facts: { outcome: 'not_done' },
      });
      expect(told.closed).toBe(1);
      expect((await db.put('n', 'k', 1)).seq).toBe(1);
    },
  );

  test('a failure of the source is the one that is told', async () => {
    const db = await inMemory();
    const { told, iterator } = source('fails');
    await expect(db.batchPut(iterator)).rejects.toThrow('the source failed');
    expect(told.closed).toBe(0);
  });

  test('options that are refused close the source', async () => {
    const db = await inMemory();
    const file = join(await temporaryFolder(), 'lines.jsonl');
    await writeFile(file, lines(items(10)));
    const stream = createReadStream(file);
    await expect(db.batchPut(stream, { keyField: 'id' })).rejects.toMatchObject({ code: 'invalid_params' });
    expect(stream.destroyed).toBe(true);
  });

  test('an abort at any time tells the truth about what was done', async () => {
    const db = await inMemory();
    const told = { not_done: 0, unknown: 0, done: 0 };
    let written = 0;
    for (let delay = 0; delay < 60; delay += 1) {
      const controller = new AbortController();
      const before = (await db.stats()).versions;
      const batch = db.batchPut(items(600), { signal: controller.signal });
      let turns = delay;
      const tick = () => (turns-- > 0 ? void Promise.resolve().then(tick) : controller.abort());
      setImmediate(tick);
      const outcome = await batch.then(
        () => 'done' as const,
        (error) => error.facts.outcome as 'not_done' | 'unknown',
      );
      told[outcome] += 1;
      // A write that was sent may still be under way.
      await db.put('m', 'k', 1);
      written = (await db.stats()).versions - before - 1;
      if (outcome === 'not_done') expect(written).toBe(0);
      if (outcome === 'done') expect(written).toBe(600);
    }
    expect(told.not_done + told.unknown + told.done).toBe(60);
  });
});
