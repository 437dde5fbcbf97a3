import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KoruDelta, KoruDeltaError } from '../src/index.js';
import { inMemory, places, temporaryFolder } from './folder.js';

const version = expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/);
const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);

describe.each(places)('a database %s', (_, open) => {
  test('keeps every version of a key', async () => {
    const db = await open();
    const first = await db.put('users', 'alice', { name: 'Alice' }, { actor: 'me', reason: 'test' });
    expect(first).toEqual({
      namespace: 'users',
      key: 'alice',
      version,
      seq: 1,
      timestamp,
      previous: null,
      actor: 'me',
      reason: 'test',
    });
    const second = await db.put('users', 'alice', { name: 'Alice', city: 'Paris' });
    expect(second).toMatchObject({ seq: 2, previous: first.version });
    const third = await db.delete('users', 'alice', { actor: 'you' });
    expect(third).toMatchObject({ seq: 3, previous: second.version, deleted: true, actor: 'you' });

    expect(await db.get('users', 'alice')).toBeUndefined();
    expect(await db.getVersion('users', 'alice')).toBeUndefined();
    expect(await db.getAt('users', 'alice', first.version)).toEqual({ name: 'Alice' });
    expect(await db.get('users', 'alice', { at: second.timestamp })).toEqual({ name: 'Alice', city: 'Paris' });
    expect(await db.getVersion('users', 'alice', { at: 'seq:2' })).toEqual({
      ...second,
      value: { name: 'Alice', city: 'Paris' },
    });
    expect(await db.history('users', 'alice').toArray()).toEqual([
      third,
      { ...second, value: { name: 'Alice', city: 'Paris' } },
      { ...first, value: { name: 'Alice' } },
    ]);
    expect(await db.diff('users', 'alice', { from: first.version, to: second.version })).toEqual({
      namespace: 'users',
      key: 'alice',
      from: first.version,
      to: second.version,
      patch: [{ op: 'add', path: '/city', value: 'Paris' }],
      before: { name: 'Alice' },
      after: { name: 'Alice', city: 'Paris' },
    });

    const fourth = await db.revert('users', 'alice');
    expect(fourth).toMatchObject({ seq: 4, previous: third.version });
    expect(await db.getOrThrow('users', 'alice')).toEqual({ name: 'Alice', city: 'Paris' });
    await db.revert('users', 'alice', { at: first.version });
    expect(await db.get('users', 'alice')).toEqual({ name: 'Alice' });
  });

  test('null is a value', async () => {
    const db = await open();
    await db.put('a', 'b', null);
    expect(await db.get('a', 'b')).toBeNull();
    expect(await db.getOrThrow('a', 'b')).toBeNull();
    expect(await db.getVersion('a', 'b')).toMatchObject({ value: null });
    expect(await db.list('a').toArray()).toMatchObject([{ key: 'b', value: null }]);
  });

  test('tells what it is made of, and that it is whole', async () => {
    const db = await open();
    await db.batchPut([
      { namespace: 'a', key: '1', value: 1 },
      { namespace: 'a', key: '2', value: 2 },
      { namespace: 'b', key: '1', delete: true },
    ]);
    expect(await db.stats({ counts: true })).toMatchObject({
      versions: 3,
      lastSeq: 3,
      namespaces: 1,
      keys: 2,
      durability: 'sync',
      readOnly: false,
      bytes: { total: expect.any(Number) },
    });
    const report = await db.verify();
    expect(report).toMatchObject({ ok: true, versions: 3, failures: [] });
    expect(report.files.every(({ ok }) => ok)).toBe(true);
    expect(await db.namespaces({ counts: true })).toEqual([{ name: 'a', keys: 2 }]);
    expect(await db.namespaces({ at: 'seq:0' })).toEqual([]);
  });
});

describe('a folder', () => {
  test('is checked without being opened, also when it does not open', async () => {
    const path = await temporaryFolder();
    const db = await KoruDelta.startWithPath(path);
    await db.put('a', 'k', 1);
    await db.close();
    const whole = await KoruDelta.verifyPath(path);
    expect(whole).toMatchObject({ ok: true, versions: 1, failures: [], strays: [] });
    expect(whole.reach).toMatchObject({ newest: 1, completeThrough: 1, missing: [] });
    await rm(join(path, 'log-000001'));
    await expect(KoruDelta.startWithPath(path)).rejects.toMatchObject({ code: 'corrupt' });
    const report = await KoruDelta.verifyPath(path);
    expect(report.ok).toBe(false);
    expect(report.files.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['log-000001']);
    expect(report.reach.firstTimestamp).toBeNull();
    await expect(KoruDelta.verifyPath(join(path, 'none'))).rejects.toMatchObject({ code: 'database_not_found' });
    await expect(KoruDelta.verifyPath('')).rejects.toMatchObject({ code: 'invalid_params' });
  });
});

describe('failures', () => {
  /** The error that a call is rejected with. */
  async function failureOf(call: Promise<unknown>): Promise<KoruDeltaError> {
    const error = await call.then(
      () => undefined,
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(KoruDeltaError);
    return error as KoruDeltaError;
  }

  test.each<[string, string, (db: KoruDelta, seen: string) => Promise<unknown>]>([
    ['key_not_found', 'an absent key', (db) => db.getOrThrow('users', 'alic')],
    ['key_deleted', 'a deleted key', (db) => db.getOrThrow('users', 'bob')],
    ['not_yet_written', 'a key before its first version', (db) => db.getOrThrow('users', 'bob', { at: 'seq:1' })],
    ['key_not_found', 'a delete of an absent key', (db) => db.delete('users', 'carol')],
    ['key_deleted', 'a delete of a deleted key', (db) => db.delete('users', 'bob')],
    ['key_not_found', 'a revert of an absent key', (db) => db.revert('users', 'carol')],
    ['nothing_to_revert', 'a revert to the present', (db, seen) => db.revert('users', 'alice', { at: seen })],
    ['key_not_found', 'a diff of an absent key', (db) => db.diff('users', 'carol')],
    ['conflict', 'a guard on another version', (db, seen) => db.put('users', 'bob', 1, { ifVersion: seen })],
    ['conflict', 'a guard on absence', (db) => db.put('users', 'alice', 1, { ifVersion: null })],
    ['conflict', 'a guarded delete', (db) => db.delete('users', 'alice', { ifVersion: null })],
    ['conflict', 'a guarded revert', (db) => db.revert('users', 'alice', { at: 'seq:0', ifVersion: null })],
    [
      'conflict',
      'a guarded item',
      (db) => db.batchPut([{ namespace: 'users', key: 'alice', value: 1, ifVersion: null }]),
    ],
    ['invalid_params', 'a guard that is no version', (db) => db.put('users', 'alice', 1, { ifVersion: 'yesterday' })],
    ['invalid_namespace', 'an empty namespace', (db) => db.put('', 'a', 1)],
    ['invalid_namespace', 'a slash in a namespace', (db) => db.put('a/b', 'a', 1)],
    ['invalid_namespace', 'a control character', (db) => db.get('a\nb', 'a')],
    ['invalid_namespace', 'a reserved namespace', (db) => db.put('_system', 'a', 1)],
    ['invalid_namespace', '129 bytes', (db) => db.put('n'.repeat(129), 'a', 1)],
    ['invalid_namespace', 'a number for a namespace', (db) => db.put(1 as unknown as string, 'a', 1)],
    ['invalid_namespace', 'a lone surrogate', (db) => db.list('\ud800').toArray()],
    ['invalid_key', 'an empty key', (db) => db.put('a', '', 1)],
    ['invalid_key', '1,025 bytes', (db) => db.put('a', 'ü'.repeat(513), 1)],
    ['invalid_key', 'an object for a key', (db) => db.get('a', {} as never)],
    ['invalid_key', 'a lone surrogate in a key', (db) => db.get('a', 'x\udfff')],
    ['invalid_moment', 'a moment that is none', (db) => db.get('a', 'b', { at: 'soon' })],
    ['invalid_moment', 'a view of no moment', (db) => db.at('soon').get('a', 'b')],
    ['invalid_cursor', 'a cursor that is none', (db) => db.list('a').page('x')],
    ['invalid_params', 'a limit of nothing', (db) => db.list('users', { limit: 0 }).page()],
    ['invalid_params', 'a limit too high', (db) => db.list('users', { limit: 10_001 }).page()],
    ['invalid_params', 'a prefix with a lone surrogate', (db) => db.list('users', { prefix: '\ud800' }).toArray()],
    ['invalid_params', 'a batch that is none', (db) => db.batchPut(12 as never)],
    ['invalid_params', 'an item that is none', (db) => db.batchPut([1] as never)],
    ['invalid_json', 'an item without a value', (db) => db.batchPut([{ namespace: 'a', key: 'b' }] as never)],
    [
      'invalid_params',
      'a member that no item has',
      (db) => db.batchPut([{ namespace: 'a', key: 'b', value: 1, c: 1 }] as never),
    ],
    ['invalid_params', 'a path that is none', () => KoruDelta.startWithPath('')],
    ['invalid_params', 'an option that there is not', () => KoruDelta.start({ sync: true } as never)],
    ['database_not_found', 'no database', () => KoruDelta.startWithPath('/nonexistent/koru', { create: false })],
    [
      'invalid_seal_key',
      'a key file that is not there',
      () => KoruDelta.startWithPath('/nonexistent/koru', { key: { file: '/nonexistent/key' } }),
    ],
    [
      'invalid_seal_key',
      'a key variable that is not set',
      () => KoruDelta.startWithPath('/nonexistent/koru', { key: { env: 'KORU_NOT_SET' } }),
    ],
  ])('%s: %s', async (code, _, call) => {
    const db = await inMemory();
    const { version: seen } = await db.put('users', 'alice', { name: 'Alice' });
    await db.put('users', 'bob', 1);
    await db.delete('users', 'bob');
    const error = await failureOf(call(db, seen));
    expect(error.code).toBe(code);
    expect(error).toMatchObject({
      name: 'KoruDeltaError',
      message: error.detail,
      title: expect.stringMatching(/./),
      detail: expect.stringMatching(/.\.$/),
      retryable: false,
      exitCode: expect.any(Number),
      httpStatus: expect.any(Number),
      docs: `https://korudelta.io/errors/${code}`,
    });
    expect((await db.stats()).versions).toBe(3);
  });

  test('an absent key comes with what may have been meant and what to do', async () => {
    const db = await inMemory();
    await db.put('users', 'alice', 1);
    const error = await failureOf(db.getOrThrow('users', 'alic'));
    expect(error.suggestions).toEqual([{ text: 'users/alice', why: 'different spelling' }]);
    expect(error.hints).toContainEqual({ text: 'To see all keys', command: 'kdelta list users' });
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ code: 'key_not_found', suggestions: error.suggestions });
  });

  test('a deleted key says when and by whom', async () => {
    const db = await inMemory();
    await db.put('users', 'alice', 1);
    const { version, timestamp } = await db.delete('users', 'alice', { actor: 'bob' });
    const error = await failureOf(db.getOrThrow('users', 'alice'));
    expect(error.facts).toMatchObject({ deletedAt: timestamp, deletedBy: 'bob', deletedVersion: version });
  });

  test('a conflict carries the present, and no number in it is rounded', async () => {
    const db = await inMemory();
    const { version } = await db.put('users', 'alice', { n: 1 });
    const guarded = { ifVersion: null };
    expect((await failureOf(db.put('users', 'alice', 2, guarded))).facts).toMatchObject({
      currentVersion: version,
      currentValue: { n: 1 },
    });
    await db.batchPut(Buffer.from('{"key":"users/alice","value":{"n":9007199254740993}}'));
    const error = await failureOf(db.put('users', 'alice', 2, guarded));
    expect(error.facts.currentValue).toEqual({ n: '9007199254740993' });
  });

  test('the stack of a failure leads to the caller', async () => {
    const db = await inMemory();
    async function callerOfPut() {
      await db.put('users', 'alice', 1, { ifVersion: '01M82RHDN0HS00000W7NCMBDTC' });
    }
    expect((await failureOf(callerOfPut())).stack).toContain('callerOfPut');
  });
});
