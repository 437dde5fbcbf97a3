import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Message, Talk } from './talk.js';

const page = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8');
const lines = [...page.matchAll(/```json\n([^`]*)```/g)].flatMap(([, text = '']) => text.trim().split('\n'));
const messages = lines.map((line) => JSON.parse(line) as Message);

/** The names of all members, however deep. */
function names(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [names(value[0])];
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, names(member)]));
}

test('the page shows requests that are understood', async () => {
  const talk = await Talk.begin();
  await talk.call('put', { namespace: 'users', key: 'alice', value: { name: 'Alice' } });
  const requests = messages.filter(({ method }) => method !== undefined && method !== 'event');
  expect(requests.map(({ method }) => method)).toEqual(['get', 'hello', 'cancel', 'watch', 'credit']);
  for (const request of requests)
    talk.send({ ...request, id: request.id === undefined ? undefined : `page ${request.id}` });
  for (const id of ['page 7', 'page 0']) {
    const { result, error } = await talk.message((message) => message.id === id);
    expect(error).toBe(undefined);
    expect(result).toBeDefined();
  }
  expect((await talk.call('stats')).result.versions).toBe(1);
  expect(talk.lines.filter((line) => line.includes('"error"'))).toEqual([]);
});

test('the page shows responses as they are', async () => {
  const talk = await Talk.begin();
  await talk.call('put', { namespace: 'users', key: 'alice', value: { name: 'Alice' } });
  const shown = (id: number) => messages.find((message) => message.id === id && message.method === undefined);
  const found = await talk.call('get', { namespace: 'users', key: 'alice' });
  expect(names(found.result)).toMatchObject({ ...(names(shown(7)?.result) as object), previous: 'object' });
  const missing = await talk.call('get', { namespace: 'users', key: 'alic', required: true });
  const { hints: _, ...record } = shown(8)?.error.data ?? {};
  expect(missing.error).toMatchObject({ code: -32_000, message: record.detail });
  expect(missing.error.data).toMatchObject(record);
  const hello = await talk.call('hello', { protocols: [1] });
  expect(Object.keys(hello.result)).toEqual(Object.keys(shown(0)?.result));
  expect(hello.result.limits).toEqual(shown(0)?.result.limits);
});
