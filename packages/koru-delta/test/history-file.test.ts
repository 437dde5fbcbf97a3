import { describe, expect, test } from 'vitest';
import type { KoruDelta } from '../src/index.js';
import { inFolder, inMemory } from './folder.js';
import { gathered } from './gathered.js';

async function exported(db: KoruDelta, options = {}): Promise<Buffer> {
  return Buffer.concat(await gathered(db.export(options)));
}

async function withHistory(): Promise<KoruDelta> {
  const db = await inMemory();
  await db.put('n', 'a', { text: '🔑 ü', zero: -0 }, { actor: 'me', reason: 'why' });
  await db.batchPut(Array.from({ length: 5_000 }, (_, n) => ({ namespace: 'many', key: `k${n % 100}`, value: { n } })));
  await db.delete('n', 'a');
  await db.batchPut(Buffer.from('{"key":"n/big","value":[9007199254740993,1e400]}'));
  return db;
}

/** Everything that can be told apart in two databases. */
async function contents(db: KoruDelta): Promise<unknown> {
  return [await gathered(db.changes({ values: false })), await db.getText('n', 'big'), await db.list('many').toArray()];
}

test('an export is lines, and makes the same database again, however it is cut', async () => {
  const db = await withHistory();
  const bytes = await exported(db);
  const lines = bytes.toString().trimEnd().split('\n');
  expect(lines).toHaveLength(5_003 + 2);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ korudelta: 'export', format: 1, through: { seq: 5_003 } });
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ namespace: 'n', key: 'a', seq: 1, actor: 'me', reason: 'why' });
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ korudelta: 'end', versions: 5_003 });

  const cut = (size: number) =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size));
  for (const source of [
    bytes,
    cut(65_537),
    new Blob([new Uint8Array(bytes)]).stream() as unknown as Uint8Array[],
    [bytes.toString()],
  ]) {
    const copy = await inFolder();
    const report = await copy.import(source);
    expect(report).toEqual({
      versions: 5_003,
      commits: 4,
      firstTimestamp: expect.any(String),
      lastTimestamp: expect.any(String),
    });
    expect(await contents(copy)).toEqual(await contents(db));
  }
});

test('an export of the past ends there', async () => {
  const db = await withHistory();
  const copy = await inMemory();
  expect((await copy.import(await exported(db, { at: 'seq:1' }))).versions).toBe(1);
  expect(await copy.get('n', 'a')).toEqual({ text: '🔑 ü', zero: -0 });
});

test('a history that was made by hand keeps its times', async () => {
  const db = await inMemory();
  await db.import([
    '{"key":"stocks/AAPL","timestamp":"2008-10-01","value":109.12}\n',
    '{"key":"stocks/AAPL","timestamp":"2008-11-01","value":95.33}\n{"key":"stocks/MSFT","timestamp":"2008-11-01","value":22.3}\n',
  ]);
  expect(await db.get('stocks', 'AAPL', { at: '2008-10-15' })).toBe(109.12);
  expect(await db.get('stocks', 'AAPL', { at: '2008-09-15' })).toBeUndefined();
  expect((await db.history('stocks', 'AAPL').toArray()).map(({ timestamp }) => timestamp)).toEqual([
    '2008-11-01T00:00:00.000000Z',
    '2008-10-01T00:00:00.000000Z',
  ]);
});

describe('an import is all or nothing', () => {
  test('when the file was changed or cut', async () => {
    const bytes = await exported(await withHistory());
    const changed = Buffer.from(bytes);
    changed.write('7', changed.indexOf('{"n":1234}') + 5);
    const cutAt = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
    for (const [source, code] of [
      [changed, 'export_damaged'],
      [bytes.subarray(0, cutAt), 'export_damaged'],
      [Buffer.from('{"key":"n/a","timestamp":"2008-10-01","value":1}\nnonsense\n'), 'invalid_line'],
    ] as const) {
      const db = await inMemory();
      await expect(db.import(source)).rejects.toMatchObject({ code });
      expect((await db.stats()).versions).toBe(0);
      expect((await db.put('n', 'k', 1)).seq).toBe(1);
    }
  });

  test('when its source fails or is stopped', async () => {
    const bytes = await exported(await withHistory());
    const db = await inMemory();
    const controller = new AbortController();
    async function* source(end: () => void) {
      yield bytes.subarray(0, 100_000);
      end();
      yield bytes.subarray(100_000);
    }
    const broken = source(() => {
      throw new Error('mine');
    });
    await expect(db.import(broken)).rejects.toThrow('mine');
    const stopped = source(() => controller.abort());
    await expect(db.import(stopped, { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect((await db.stats()).versions).toBe(0);
  });

  test('when the database already goes on after its beginning, unless it is stamped anew', async () => {
    const bytes = await exported(await withHistory());
    const db = await inMemory();
    await db.put('n', 'a', 'mine');
    await expect(db.import(bytes)).rejects.toMatchObject({ code: 'import_refused' });
    await db.import(bytes, { restamp: true });
    const [newest] = await db.history('n', 'a').toArray();
    expect(newest).toMatchObject({ deleted: true, origin: { timestamp: expect.any(String) } });
    expect((await db.stats()).versions).toBe(5_004);
  });
});

test('an export may be left early', async () => {
  const db = await withHistory();
  for await (const chunk of db.export()) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
  expect((await db.put('n', 'k', 1)).seq).toBe(5_004);
});
