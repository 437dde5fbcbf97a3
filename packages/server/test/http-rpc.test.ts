import { expect, test } from 'vitest';
import { type Answer, Site } from './site.js';

function request(id: unknown, method: string, params: object = {}): string {
  return JSON.stringify({ jsonrpc: '2.0', ...(id === undefined ? {} : { id }), method, params });
}

function answers({ text }: Answer) {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

test('a single request may leave out its line feed, and is answered with its own type', async () => {
  const site = await Site.begin();
  const sent = request('a', 'put', { namespace: 'n', key: 'k', value: 1 });
  for (const body of [sent, `${sent}\n`]) {
    const answer = await site.ask('/v1/rpc', { method: 'POST', body });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(answers(answer)).toMatchObject([{ id: 'a', result: { key: 'k' } }]);
  }
});

test('many requests are answered in their order, whoever answers them', async () => {
  const site = await Site.begin();
  const bodies = [
    request(1, 'hello', { protocols: [1] }),
    request(2, 'put', { namespace: 'n', key: 'k', value: { big: 1 } }),
    request(undefined, 'put', { namespace: 'n', key: 'unheard', value: 1 }),
    request(3, 'list', { namespace: 'n' }),
    'no request',
    request(undefined, 'list', { namespace: 'n' }),
    request(4, 'get', { namespace: 'n', key: 'k' }),
    request(5, 'stats'),
    '',
    request(6, 'nonsense'),
    request(7, 'watch'),
    request(8, 'many', { calls: [{ op: 'put', params: { namespace: 'n', key: 'm', value: 1 } }] }),
    request(9, 'changes', { since: 'seq:3', waitMs: 10 }),
  ];
  const answer = await site.lines('/v1/rpc', bodies.join('\n'));
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
  const found = answers(answer);
  expect(found.map(({ id }) => id)).toEqual([1, 2, 3, null, 4, 5, 6, 7, 8, 9]);
  expect(found[0].result.operations).toEqual(expect.arrayContaining(['put', 'load']));
  // What the engine answers in line is done before what may take long.
  expect(found[2].result.items).toHaveLength(3);
  expect(found.slice(6, 8).map(({ error }) => error.data.code)).toEqual(['unknown_operation', 'unknown_operation']);
  expect(found[8].result).toMatchObject([{ ok: { key: 'm' } }]);
});

test('a body of thousands of lines is answered line by line', async () => {
  const site = await Site.begin();
  const count = 5_000;
  const bodies = Array.from({ length: count }, (_, n) =>
    request(n, 'put', { namespace: 'n', key: `${n % 7}`, value: n }),
  );
  const found = answers(await site.lines('/v1/rpc', bodies.join('\n')));
  expect(found.map(({ id }) => id)).toEqual(bodies.map((_, n) => n));
  expect(await site.versions()).toBe(count);
});

test('numbers of any size pass', async () => {
  const site = await Site.begin();
  const value = '123456789012345678901234567890.5e-7';
  const body = `{"jsonrpc":"2.0","id":1,"method":"put","params":{"namespace":"n","key":"k","value":${value}}}`;
  await site.ask('/v1/rpc', { method: 'POST', body });
  const read = await site.ask('/v1/rpc', { method: 'POST', body: request(1, 'get', { namespace: 'n', key: 'k' }) });
  expect(read.text).toContain(`"value":${value},`);
});

test('a request without params that takes none is carried out, and params that are none are refused', async () => {
  const site = await Site.begin();
  const body = ['{"jsonrpc":"2.0","id":1,"method":"stats"}', '{"jsonrpc":"2.0","id":2,"method":"stats","params":null}'];
  const found = answers(await site.lines('/v1/rpc', body.join('\n')));
  expect(found.map(({ result }) => result?.versions)).toEqual([0, 0]);
});

test('an empty body and one of another type are failures of the request', async () => {
  const site = await Site.begin();
  expect((await site.ask('/v1/rpc', { method: 'POST' })).json.code).toBe('bad_request');
  const plain = { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain' } };
  expect((await site.ask('/v1/rpc', plain)).status).toBe(415);
});

test('a conversation that only tells and asks nothing has an empty answer', async () => {
  const site = await Site.begin();
  const body = request(undefined, 'put', { namespace: 'n', key: 'k', value: 1 });
  expect(await site.ask('/v1/rpc', { method: 'POST', body })).toMatchObject({ status: 200, text: '' });
  expect(await site.versions()).toBe(1);
});
