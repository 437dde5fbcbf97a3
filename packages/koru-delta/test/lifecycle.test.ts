import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { KoruDelta, KoruDeltaError, type OpenOptions, type SealKey } from '../src/index.js';
import { inFolder, inMemory, temporaryFolder } from './folder.js';

const addon = import.meta.resolve('@koru-delta/node');

/** A Node process of its own with the addon loaded and `path` set, which runs some lines and says what it prints. */
function child(
  lines: string,
  path: string,
  ...flags: string[]
): { process: ChildProcess; said: (text: string) => Promise<void> } {
  const script = `import { NativeDatabase } from ${JSON.stringify(addon)}; const path = ${JSON.stringify(path)};\n${lines}`;
  const process = spawn('node', [...flags, '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void process.kill('SIGKILL'));
  let output = '';
  process.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return {
    process,
    async said(text) {
      while (!output.includes(text)) {
        if (process.exitCode !== null)
          throw new Error(`The child ended with ${process.exitCode}, having said ${output}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

describe('close', () => {
  test('lets the writes under way end', async () => {
    const folder = await temporaryFolder();
    const db = await KoruDelta.startWithPath(folder);
    const writes = Array.from({ length: 100 }, (_, n) => db.put('n', `k${n}`, n));
    const batch = db.batchPut(Array.from({ length: 500 }, (_, n) => ({ namespace: 'b', key: `k${n}`, value: n })));
    await db.close();
    await Promise.all([...writes, batch]);
    await using again = await KoruDelta.startWithPath(folder);
    expect(await again.namespaces({ counts: true })).toEqual([
      { name: 'b', keys: 500 },
      { name: 'n', keys: 100 },
    ]);
  });

  test('may be called again, and at the same time', async () => {
    const db = await KoruDelta.start();
    await Promise.all([db.close(), db.close()]);
    await db.close();
    await db[Symbol.asyncDispose]();
  });

  test.each<[string, (db: KoruDelta) => Promise<unknown>]>([
    ['get', (db) => db.get('n', 'k')],
    ['getText', (db) => db.getText('n', 'k')],
    ['getVersion', (db) => db.getVersion('n', 'k')],
    ['getOrThrow', (db) => db.getOrThrow('n', 'k')],
    ['getMany', (db) => db.getMany('n', ['k'])],
    ['history', (db) => db.history('n', 'k').toArray()],
    ['list', (db) => db.list('n').page()],
    ['namespaces', (db) => db.namespaces()],
    ['diff', (db) => db.diff('n', 'k')],
    ['put', (db) => db.put('n', 'k', 1)],
    ['delete', (db) => db.delete('n', 'k')],
    ['revert', (db) => db.revert('n', 'k')],
    ['batchPut', (db) => db.batchPut([])],
    ['batchPut of bytes', (db) => db.batchPut(new Uint8Array(0))],
    ['transact', (db) => db.transact((tx) => tx.put('n', 'k', 1))],
    [
      'changes',
      async (db) => {
        for await (const _ of db.changes()) break;
      },
    ],
    ['stats', (db) => db.stats()],
    ['verify', (db) => db.verify()],
    [
      'export',
      async (db) => {
        for await (const _ of db.export()) break;
      },
    ],
    ['import', (db) => db.import(['{}'])],
    ['a view', (db) => db.at('now').get('n', 'k')],
  ])('ends %s with the code closed, from the moment it is called', async (_, call) => {
    const db = await KoruDelta.start();
    await db.put('n', 'k', 1);
    const closing = db.close();
    await expect(call(db)).rejects.toMatchObject({ code: 'closed', exitCode: 1 });
    await closing;
    await expect(call(db)).rejects.toMatchObject({ code: 'closed' });
  });

  test('happens at the end of a block that is left by an error', async () => {
    const folder = await temporaryFolder();
    const block = async () => {
      await using db = await KoruDelta.startWithPath(folder);
      await db.put('n', 'k', 1);
      throw new Error('mine');
    };
    await expect(block()).rejects.toThrow('mine');
    await using again = await KoruDelta.startWithPath(folder, { lockTimeoutMs: 0 });
    expect(await again.get('n', 'k')).toBe(1);
  });

  test('is not needed: a database that nobody holds any more goes quietly, and so does a process', async () => {
    const folder = await temporaryFolder();
    const { process, said } = child(
      `let db = await NativeDatabase.open(JSON.stringify({ path }));
       await db.call('put', '{"namespace":"n","key":"k","value":1}');
       db = undefined;
       for (let n = 0; n < 50; n += 1) { gc(); await new Promise((resolve) => setTimeout(resolve, 2)); }
       db = await NativeDatabase.open(JSON.stringify({ path, lockTimeoutMs: 0 }));
       console.log(db.getSync('n', 'k') === '1' ? 'collected' : 'lost');`,
      folder,
      '--expose-gc',
    );
    await said('collected');
    if (process.exitCode === null) await once(process, 'close');
    expect(process.exitCode).toBe(0);
  });
});

describe('a folder', () => {
  test('keeps what was written', async () => {
    const folder = await temporaryFolder();
    for (let round = 1; round <= 5; round += 1) {
      await using db = await KoruDelta.startWithPath(join(folder, 'deep', 'data'));
      await db.put('n', 'k', round);
      expect((await db.history<number>('n', 'k').toArray()).map((version) => version.value)).toEqual(
        Array.from({ length: round }, (_, index) => round - index),
      );
    }
  });

  test('is written by one process at a time, and says by which', async () => {
    const folder = await temporaryFolder();
    const other = child(
      "await NativeDatabase.open(JSON.stringify({ path })); console.log('open'); setInterval(() => {}, 1e6);",
      folder,
    );
    await other.said('open');
    await expect(KoruDelta.startWithPath(folder, { lockTimeoutMs: 50 })).rejects.toMatchObject({
      code: 'database_locked',
      retryable: true,
      facts: { pid: other.process.pid },
      hints: [{ code: `await KoruDelta.startWithPath(${JSON.stringify(folder)}, { readOnly: true })` }, {}],
    });
    await using reader = await KoruDelta.startWithPath(folder, { readOnly: true });
    await expect(reader.put('n', 'k', 1)).rejects.toMatchObject({ code: 'read_only' });
    await expect(reader.batchPut(new Uint8Array(0))).rejects.toMatchObject({ code: 'read_only' });
    other.process.kill('SIGKILL');
    await once(other.process, 'close');
    await using db = await KoruDelta.startWithPath(folder);
    expect((await db.put('n', 'k', 1)).seq).toBe(1);
  });

  test('keeps every acknowledged write of a process that is killed', async () => {
    const folder = await temporaryFolder();
    const other = child(
      `const db = await NativeDatabase.open(JSON.stringify({ path }));
       for (let n = 1; ; n += 1) {
         await db.call('put', JSON.stringify({ namespace: 'n', key: 'k', value: n }));
         process.stdout.write('<' + n + '>');
       }`,
      folder,
    );
    let said = '';
    other.process.stdout?.on('data', (text: string) => {
      said += text;
    });
    await other.said('<100>');
    other.process.kill('SIGKILL');
    await once(other.process, 'close');
    const acknowledged = Number(/<(\d+)>[^>]*$/.exec(said)?.[1]);
    await using db = await KoruDelta.startWithPath(folder);
    const kept = (await db.history<number>('n', 'k').toArray()).map(({ value }) => value);
    expect(kept[0]).toBeGreaterThanOrEqual(acknowledged);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => kept.length - index));
  });

  test('that is something else is refused', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'letter.txt'), 'Dear Alice');
    await expect(KoruDelta.startWithPath(folder)).rejects.toMatchObject({ code: 'not_a_database' });
    await expect(KoruDelta.startWithPath(join(folder, 'letter.txt'))).rejects.toMatchObject({ name: 'KoruDeltaError' });
  });

  test('is not made where that was not wanted', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'empty'));
    for (const path of [join(folder, 'empty'), join(folder, 'absent')]) {
      await expect(KoruDelta.startWithPath(path, { create: false })).rejects.toMatchObject({
        code: 'database_not_found',
      });
      await expect(KoruDelta.startWithPath(path, { readOnly: true })).rejects.toMatchObject({
        code: 'database_not_found',
      });
    }
  });
});

describe('a sealed folder', () => {
  const text = 'a7'.repeat(32);

  test.each<[string, string | Buffer | undefined, (file: string) => SealKey]>([
    ['a text', undefined, () => ({ text })],
    ['a passphrase', undefined, () => ({ passphrase: 'correct horse battery staple' })],
    ['a file', `${text}\n`, (file) => ({ file })],
    ['a file of bytes', Buffer.from(text, 'hex'), (file) => ({ file })],
    ['the environment', undefined, () => ({ env: 'KORU_TEST_KEY' })],
  ])('opens with its key from %s and with no other', async (_, content, keyIn) => {
    const folder = await temporaryFolder();
    const file = join(folder, 'key');
    if (content !== undefined) await writeFile(file, content);
    process.env.KORU_TEST_KEY = text;
    const key = keyIn(file);
    const path = join(folder, 'data');
    {
      await using db = await KoruDelta.startWithPath(path, { key });
      await db.put('n', 'k', 1);
      expect((await db.stats()).sealed).toBe(true);
    }
    await expect(KoruDelta.startWithPath(path)).rejects.toMatchObject({ code: 'seal_key_required' });
    await expect(KoruDelta.startWithPath(path, { key: { text: 'ff'.repeat(32) } })).rejects.toMatchObject({
      code: 'wrong_seal_key',
    });
    await using db = await KoruDelta.startWithPath(path, { key });
    expect(await db.get('n', 'k')).toBe(1);
  });

  test('a key that is none, and a key where there is no seal', async () => {
    const path = join(await temporaryFolder(), 'data');
    await expect(KoruDelta.startWithPath(path, { key: { text: 'short' } })).rejects.toMatchObject({
      code: 'invalid_seal_key',
    });
    await (await KoruDelta.startWithPath(path)).close();
    await expect(KoruDelta.startWithPath(path, { key: { text } })).rejects.toMatchObject({ code: 'not_sealed' });
  });
});

test('weaker durability is named in the receipt', async () => {
  for (const [durability, name] of [
    ['sync', 'sync'],
    ['none', 'none'],
    [{ intervalMs: 50 }, 'interval'],
  ] as const) {
    const db = await inFolder({ durability });
    expect((await db.batchPut([{ namespace: 'n', key: 'k', value: 1 }])).durability).toBe(name);
    expect((await db.stats()).durability).toBe(name);
  }
});

test('databases in memory share nothing', async () => {
  const [one, other] = [await inMemory(), await inMemory()];
  await one.put('n', 'k', 1);
  expect(await other.get('n', 'k')).toBeUndefined();
});

test('opening stops when the signal says so', async () => {
  await expect(KoruDelta.start({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  const folder = await temporaryFolder();
  const controller = new AbortController();
  const opening = KoruDelta.startWithPath(folder, { signal: controller.signal });
  controller.abort();
  await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
  await (await KoruDelta.startWithPath(folder, { lockTimeoutMs: 0 })).close();
});

test('what can be done about an open that failed is said in JavaScript', async () => {
  const open = async (path: string, options: OpenOptions): Promise<string[]> => {
    const error: unknown = await KoruDelta.startWithPath(path, options).catch((error: unknown) => error);
    return error instanceof KoruDeltaError ? error.hints.map(({ code }) => code ?? '') : [];
  };
  const codes: [string[], string][] = [];
  const empty = await temporaryFolder();
  codes.push([await open(empty, { readOnly: true }), empty]);
  const plain = await temporaryFolder();
  const sealed = await temporaryFolder();
  const key = { text: '01'.repeat(32) };
  await (await KoruDelta.startWithPath(plain)).close();
  await (await KoruDelta.startWithPath(sealed, { key })).close();
  codes.push([await open(plain, { key }), plain], [await open(sealed, {}), sealed]);
  for (const [found, path] of codes) {
    expect(found[0]).toContain(`await KoruDelta.startWithPath(${JSON.stringify(path)}`);
    expect(found.join('\n')).not.toContain('kdelta ');
  }
});
