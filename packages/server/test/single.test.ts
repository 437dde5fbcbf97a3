import { expect, test } from 'vitest';
import { Engine } from '../src/engine.js';
import { singleOf } from '../src/single.js';
import { Site } from './site.js';

const get = '{"jsonrpc":"2.0","id":7,"method":"get","params":{"namespace":"users","key":"×"}}';

test.each([get, `${get}\n`])('one request of the usual form is known as such: %j', (text) => {
  expect(singleOf(Buffer.from(text))).toEqual({ id: 7, method: 'get', params: '{"namespace":"users","key":"×"}' });
});

test.each([
  '',
  '\n',
  `${get}\n${get}`,
  `\n${get}`,
  ` ${get}`,
  `${get} `,
  get.slice(0, -1).slice(0, -1),
  get.replace('"id":7', '"id":07'),
  get.replace('"id":7', '"id":1234567890123456'),
  get.replace('"id":7', '"id":"7"'),
  get.replace('"id":7,', ''),
  get.replace('{"namespace"', '[{"namespace"'),
  get.replace('×', 'x'.repeat(16 << 10)),
])('anything else is left to the engine: %.100j', (text) => {
  expect(singleOf(Buffer.from(text))).toBeUndefined();
});

test('what is not UTF-8 is left to the engine', () => {
  expect(singleOf(Buffer.from(get, 'latin1'))).toBeUndefined();
});

test.each([
  get,
  get.replace('×', 'nobody'),
  get.replace('"key"', '"kye"'),
  get.replace('"key":"×"', '"key":"×"},"more":{"a":1'),
  get.replace('"key":"×"', '"key":"×"},"params":{"namespace":"users","key":"x"'),
  get.replace('"key":"×"', '"key":"×","required":true'),
  get.replace('"users"', '"_users"'),
])('a get is answered in one way, alone or among others: %s', async (line) => {
  const engine = await Engine.open({});
  await engine.carrier.call('put', '{"namespace":"users","key":"×","value":[1.0,"ü"]}');
  const alone = await engine.converse(Buffer.from(`${line}\n`));
  const among = await engine.converse(Buffer.from(`\n${line}\n`));
  expect(alone).toEqual(among);
  expect(alone.answers).toMatch(/^\{"jsonrpc":"2\.0","id":(\d+|null),"(result|error)":.*\}\n$/);
  await engine.close();
});

test('writes of many requests at once are each answered in their own response', async () => {
  const site = await Site.begin();
  const asked = Array.from({ length: 100 }, async (_, id) => {
    const key = id % 10 === 3 ? '' : `k${id}`;
    const body = JSON.stringify({ jsonrpc: '2.0', id, method: 'put', params: { namespace: 'docs', key, value: id } });
    const { json } = await site.ask('/v1/rpc', { method: 'POST', body });
    expect([json.id, json.result?.key ?? json.error.data.code]).toEqual([id, key === '' ? 'invalid_key' : key]);
  });
  await Promise.all(asked);
  expect((await site.ask('/v1/stats?counts=true')).json.keys).toBe(90);
});
