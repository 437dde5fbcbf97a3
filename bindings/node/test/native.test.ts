import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { NativeDatabase } from '../index.js';

const encoder = new TextEncoder();
const line = (key: string) => `{"key":"n/${key}","value":${JSON.stringify('x'.repeat(100))}}\n`;

/** What a call throws or is rejected with: an error whose message is a record. */
async function recordOf(call: () => unknown): Promise<Record<string, unknown>> {
  try {
    await call();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return JSON.parse((error as Error).message);
  }
  throw new Error('It did not fail.');
}

describe('a failure is an error whose message is the record', () => {
  test.each<[string, string, (db: NativeDatabase) => unknown]>([
    ['options that are no JSON', 'invalid_params', () => NativeDatabase.open('{')],
    ['an unknown option', 'invalid_params', () => NativeDatabase.open('{"pth":"x"}')],
    ['an unknown operation', 'unknown_operation', (db) => db.call('pu', '{}')],
    ['params that are no JSON, at once', 'invalid_params', (db) => db.callSync('get', '')],
    ['a bad name, at once', 'invalid_namespace', (db) => db.getSync('', 'k')],
    ['a bad moment, at once', 'invalid_moment', (db) => db.getSync('n', 'k', 'soon')],
    ['a bad line', 'invalid_line', (db) => db.batchLines(encoder.encode('x'), '{}')],
    ['bad options of a loader', 'invalid_params', (db) => db.loader('{"keyField":"id"}')],
    [
      'a loader that has ended',
      'closed',
      async (db) => {
        const loader = db.loader('{}');
        await loader.abort();
        return loader.feed(encoder.encode(line('a')));
      },
    ],
    [
      'a loader that has committed',
      'closed',
      async (db) => {
        const loader = db.loader('{}');
        await loader.commit();
        return loader.commit();
      },
    ],
    [
      'an import that has ended',
      'closed',
      async (db) => {
        const importer = db.importer('{}');
        await importer.abort();
        return importer.finish();
      },
    ],
    [
      'an export that has ended',
      'closed',
      async (db) => {
        const exporter = db.exporter('{}');
        await exporter.abort();
        return exporter.next();
      },
    ],
  ])('%s', async (_, code, call) => {
    const db = await NativeDatabase.open('{}');
    expect(await recordOf(() => call(db))).toMatchObject({ code, title: expect.any(String), hints: expect.any(Array) });
    await db.close();
  });

  test.each<[string, (db: NativeDatabase) => unknown]>([
    ['a number for a text', (db) => db.getSync(1 as never, 'k')],
    ['nothing', (db) => (db.call as () => unknown)()],
    ['a text for bytes', (db) => db.batchLines('x' as never, '{}')],
    ['another object', () => NativeDatabase.prototype.getSync.call({} as never, 'n', 'k')],
  ])('and of the wrong type it is an ordinary error: %s', async (_, call) => {
    const db = await NativeDatabase.open('{}');
    await expect(async () => call(db)).rejects.toThrow(Error);
    expect(db.getSync('n', 'k')).toBeNull();
  });
});

describe('bytes are safe the moment the call has returned', () => {
  test.each<[string, (bytes: Uint8Array<ArrayBuffer>) => void]>([
    ['overwritten', (bytes) => bytes.fill(0)],
    ['transferred', (bytes) => structuredClone(bytes.buffer, { transfer: [bytes.buffer] })],
  ])('%s', async (_, spoil) => {
    const db = await NativeDatabase.open('{}');
    for (let round = 0; round < 20; round += 1) {
      const bytes = encoder.encode(Array.from({ length: 1_000 }, (_, n) => line(`${round}/${n}`)).join(''));
      const written = db.batchLines(bytes, '{}');
      spoil(bytes);
      expect(JSON.parse(await written)).toMatchObject({ count: 1_000 });
    }
  });

  test('a view into a larger buffer gives its own bytes alone', async () => {
    const db = await NativeDatabase.open('{}');
    const text = `junk${line('a')}junk`;
    const bytes = encoder.encode(text).subarray(4, -4);
    expect(JSON.parse(await db.batchLines(bytes, '{}'))).toMatchObject({ count: 1 });
  });
});

test('texts cross whole, whatever they hold', async () => {
  const db = await NativeDatabase.open('{}');
  for (const text of ['', 'a', 'é', 'ключ', '🔑', '\u0000', 'x'.repeat(100_000), 'é'.repeat(100_000), '\u{10ffff}']) {
    const params = JSON.stringify({ namespace: 'n', key: `k${text.slice(0, 50)}`, value: text });
    await db.call('put', params);
    expect(JSON.parse(db.getSync('n', `k${text.slice(0, 50)}`) ?? '')).toBe(text);
  }
});

test('many calls at once, on all threads, each get their own answer', async () => {
  const db = await NativeDatabase.open('{}');
  const put = (n: number) => db.call('put', JSON.stringify({ namespace: 'n', key: `k${n}`, value: n }));
  const records = await Promise.all(Array.from({ length: 500 }, (_, n) => put(n)));
  expect(records.map((text) => JSON.parse(text).key)).toEqual(records.map((_, n) => `k${n}`));
  expect(new Set(records.map((text) => JSON.parse(text).seq)).size).toBe(500);
});

test('a worker that ends in the middle of its work takes nobody with it', async () => {
  const script = `
    import { NativeDatabase } from ${JSON.stringify(import.meta.resolve('../index.js'))};
    import { parentPort } from 'node:worker_threads';
    const db = await NativeDatabase.open('{}');
    for (let n = 0; n < 100; n += 1) db.call('put', JSON.stringify({ namespace: 'n', key: 'k', value: 'x'.repeat(100_000) }));
    parentPort.postMessage('busy');`;
  for (let round = 0; round < 5; round += 1) {
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`));
    await new Promise((resolve) => worker.once('message', resolve));
    await worker.terminate();
  }
  const db = await NativeDatabase.open('{}');
  expect(db.getSync('n', 'k')).toBeNull();
});

test('closing while calls are under way lets each of them end', async () => {
  const db = await NativeDatabase.open('{}');
  const puts = Array.from({ length: 50 }, (_, n) =>
    db.call('put', JSON.stringify({ namespace: 'n', key: `k${n}`, value: n })),
  );
  const results = await Promise.allSettled([...puts, db.close(), db.close()]);
  for (const result of results) {
    if (result.status === 'rejected') expect(JSON.parse(result.reason.message).code).toBe('closed');
  }
  expect(await recordOf(() => db.getSync('n', 'k'))).toMatchObject({ code: 'closed' });
});
