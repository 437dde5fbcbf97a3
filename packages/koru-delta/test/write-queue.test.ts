import { describe, expect, onTestFinished, test } from 'vitest';
import type { Carrier } from '../src/carrier.js';
import { resultOf } from '../src/flight.js';
import { openNative } from '../src/native.js';
import { Session } from '../src/session.js';
import type { VersionInfo } from '../src/version.js';
import { temporaryFolder } from './folder.js';

/** A session on a real engine in a folder, which notes the keys of the writes in every call that crosses to it. */
async function noted(): Promise<{ session: Session; calls: string[][] }> {
  const carrier = await openNative(JSON.stringify({ path: await temporaryFolder() }));
  const calls: string[][] = [];
  const noting: Carrier = {
    ...carrier,
    callMany(bytes) {
      const parts = JSON.parse(new TextDecoder().decode(bytes)) as { params: { key?: string; keys?: string[] } }[];
      calls.push(parts.flatMap(({ params }) => params.keys ?? [params.key ?? '']));
      return carrier.callMany(bytes);
    },
    batchLines(bytes, options) {
      calls.push([]);
      return carrier.batchLines(bytes, options);
    },
  };
  const session = new Session(noting, false);
  onTestFinished(() => session.close());
  return { session, calls };
}

function put(session: Session, key: string, more: object = {}, signal?: AbortSignal): Promise<VersionInfo> {
  return session.write('put', JSON.stringify({ namespace: 'n', key, value: key, ...more }), signal);
}

async function plainPut(session: Session, key: string, value: unknown = key): Promise<VersionInfo> {
  return resultOf(await session.queue.send({ op: 'put', namespace: 'n', key, text: JSON.stringify(value) }));
}

describe('writes share calls', () => {
  test('a thousand at once go in two calls, each with its own answer', async () => {
    const { session, calls } = await noted();
    const keys = Array.from({ length: 1_000 }, (_, index) => `k${index}`);
    const answers = await Promise.all(keys.map((key) => put(session, key)));
    expect(calls.map((call) => call.length)).toEqual([256, 744]);
    expect(answers.map(({ key }) => key)).toEqual(keys);
    expect(answers.map(({ seq }) => seq)).toEqual(keys.map((_, index) => index + 1));
  });

  test('those that come while a call is under way go in the next', async () => {
    const { session, calls } = await noted();
    const first = put(session, 'first');
    await new Promise((resolve) => setImmediate(resolve));
    const others = Array.from({ length: 100 }, (_, index) => put(session, `k${index}`));
    await Promise.all([first, ...others]);
    expect(calls.length).toBeLessThanOrEqual(2);
    expect(calls.flat()).toEqual(['first', ...others.map((_, index) => `k${index}`)]);
  });

  test('a thousand loops that await each of their puts stay together', async () => {
    const { session, calls } = await noted();
    const loop = async (name: number) => {
      for (let round = 0; round < 5; round += 1) await put(session, `${name}/${round}`);
    };
    await Promise.all(Array.from({ length: 1_000 }, (_, name) => loop(name)));
    expect(calls.flat()).toHaveLength(5_000);
    expect(calls.length).toBeLessThanOrEqual(10);
  });

  test('no call grows without bound', async () => {
    const { session, calls } = await noted();
    await Promise.all(Array.from({ length: 5_000 }, (_, index) => put(session, `k${index}`)));
    expect(Math.max(...calls.map((call) => call.length))).toBeLessThanOrEqual(4_096);
    calls.length = 0;
    const large = 'x'.repeat(1 << 20);
    await Promise.all(Array.from({ length: 20 }, (_, index) => put(session, `large${index}`, { value: large })));
    expect(Math.max(...calls.map((call) => call.length))).toBeLessThanOrEqual(8);
    expect(calls.flat()).toHaveLength(20);
  });
});

test('puts in a row travel as columns, and each gets its own record or error', async () => {
  const { session, calls } = await noted();
  const long = 'x'.repeat(2_000);
  const results = await Promise.allSettled([
    plainPut(session, 'a'),
    plainPut(session, ''),
    plainPut(session, 'a', { deep: [1, null] }),
    put(session, 'b', { actor: 'me' }),
    plainPut(session, long),
    plainPut(session, 'é"\\\n'),
  ]);
  expect(calls).toEqual([['a', '', 'a', 'b', long, 'é"\\\n']]);
  const [first, empty, second, other, tooLong, odd] = results.map((result) =>
    result.status === 'fulfilled' ? result.value : (result.reason as { code: string }).code,
  ) as [VersionInfo, string, VersionInfo, VersionInfo, string, VersionInfo];
  expect([empty, tooLong]).toEqual(['invalid_key', 'invalid_key']);
  expect([first.seq, second.seq, other.seq, odd.seq]).toEqual([1, 2, 3, 4]);
  expect([first.previous, second.previous, other.previous]).toEqual([null, first.version, null]);
  for (const record of [first, second, odd]) {
    const { versions } = await session.read<{ versions: VersionInfo[] }>('history', {
      namespace: 'n',
      key: record.key,
      values: false,
    });
    expect(versions).toContainEqual(record);
    expect(Object.keys(versions.find(({ seq }) => seq === record.seq) ?? {})).toEqual(Object.keys(record));
  }
});

test('one that fails hurts no other', async () => {
  const { session, calls } = await noted();
  const results = await Promise.allSettled([
    put(session, 'a'),
    put(session, ''),
    put(session, 'a', { ifVersion: null }),
    session.write('delete', '{"namespace":"n","key":"absent"}'),
    put(session, 'b'),
    session.write<VersionInfo>('delete', '{"namespace":"n","key":"a"}'),
    session.write<VersionInfo>('revert', '{"namespace":"n","key":"a"}'),
    session.write('nonsense', '{}'),
    put(session, 'c'),
  ]);
  const told = results.map((result) =>
    result.status === 'fulfilled' ? (result.value as VersionInfo).seq : (result.reason as { code: string }).code,
  );
  expect(told).toEqual([1, 'invalid_key', 'conflict', 'key_not_found', 2, 3, 4, 'unknown_operation', 5]);
  expect(calls).toHaveLength(1);
});

test('writes of all kinds keep the order they were asked for in', async () => {
  const { session } = await noted();
  const done: string[] = [];
  const line = new TextEncoder().encode('{"key":"n/k","value":"lines"}');
  await Promise.all([
    put(session, 'k').then(() => done.push('put')),
    session.queue.run(() => session.carrier.batchLines(line, '{}')).then(() => done.push('lines')),
    put(session, 'k').then(() => done.push('put again')),
  ]);
  expect(done).toEqual(['put', 'lines', 'put again']);
  const { versions } = await session.read<{ versions: { value: string }[] }>('history', { namespace: 'n', key: 'k' });
  expect(versions.map(({ value }) => value)).toEqual(['k', 'lines', 'k']);
});

describe('an aborted write', () => {
  test('is not sent when it was still waiting', async () => {
    const { session, calls } = await noted();
    const controller = new AbortController();
    const stopped = put(session, 'stopped', {}, controller.signal);
    const other = put(session, 'other', {}, new AbortController().signal);
    controller.abort(new Error('enough'));
    await expect(stopped).rejects.toMatchObject({
      name: 'AbortError',
      code: 'cancelled',
      facts: { outcome: 'not_done' },
      cause: new Error('enough'),
    });
    expect((await other).seq).toBe(1);
    expect(calls.flat()).toEqual(['other']);
  });

  test('has an unknown outcome when it was sent', async () => {
    const { session, calls } = await noted();
    const controller = new AbortController();
    const stopped = put(session, 'k', {}, controller.signal);
    await Promise.resolve();
    await Promise.resolve();
    expect(calls).toHaveLength(1);
    controller.abort();
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError', facts: { outcome: 'unknown' } });
    expect((await put(session, 'k')).seq).toBe(2);
  });

  test('is refused at once when it was aborted before', async () => {
    const { session, calls } = await noted();
    await expect(put(session, 'k', {}, AbortSignal.abort())).rejects.toMatchObject({ facts: { outcome: 'not_done' } });
    expect(calls).toEqual([]);
  });
});
