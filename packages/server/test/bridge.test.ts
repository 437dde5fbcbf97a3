import { expect, test } from 'vitest';
import { LineJoiner } from '../src/lines.js';
import { Talk } from './talk.js';

test('hello agrees on a protocol, or says what is spoken', async () => {
  const talk = await Talk.begin();
  const { result } = await talk.call('hello', { protocols: [1, 2], client: 'test/1' });
  expect(result).toMatchObject({ protocol: 1, limits: { lineBytes: 33_554_432 } });
  expect(result.operations).toEqual(expect.arrayContaining(['put', 'get', 'watch', 'cancel']));
  const { error } = await talk.call('hello', { protocols: [9] });
  expect(error.data).toMatchObject({ code: 'unsupported_protocol', protocols: [1] });
});

test('values come back as they went in, in the words in which they were sent', async () => {
  const talk = await Talk.begin();
  const value = '{"big":123456789012345678901234567890,"one":1.0,"zero":-0,"text":"\\u00e9\\ud83d\\ude39"}';
  talk.raw(`{"jsonrpc":"2.0","id":"w","method":"put","params":{"namespace":"n","key":"k","value":${value}}}\n`);
  const written = await talk.message(({ id }) => id === 'w');
  expect(written.result).toMatchObject({ namespace: 'n', key: 'k', seq: 1, previous: null });
  talk.send({ id: 'r', method: 'get', params: { namespace: 'n', key: 'k' } });
  await talk.message(({ id }) => id === 'r');
  expect(talk.lines.at(-1)).toContain('"big":123456789012345678901234567890,"one":1.0,"zero":-0');
});

test('many requests in one piece are answered in their order, each for itself', async () => {
  const talk = await Talk.begin();
  const requests = Array.from({ length: 500 }, (_, n) => ({
    jsonrpc: '2.0',
    id: n,
    method: n % 5 === 4 ? 'get' : 'put',
    params: { namespace: n % 7 === 3 ? '_no' : 'n', key: `k${n % 11}`, ...(n % 5 === 4 ? {} : { value: n }) },
  }));
  talk.raw(`${requests.map((request) => JSON.stringify(request)).join('\n')}\n`);
  await talk.message(({ id }) => id === 499);
  const messages = talk.lines.map((line) => JSON.parse(line));
  expect(messages.map(({ id }) => id)).toEqual(requests.map(({ id }) => id));
  for (const { id, error } of messages) expect(error?.data.code).toBe(id % 7 === 3 ? 'invalid_namespace' : undefined);
});

test.each<[string, string, number, string]>([
  ['no JSON', 'nonsense', -32_600, 'bad_request'],
  ['half a line of JSON', '{"jsonrpc":"2.0","id":1,"method":', -32_600, 'bad_request'],
  ['an array', '[]', -32_600, 'bad_request'],
  ['another JSON-RPC', '{"jsonrpc":"1.0","id":1,"method":"get"}', -32_600, 'bad_request'],
  ['an object for an id', '{"jsonrpc":"2.0","id":{},"method":"get"}', -32_600, 'bad_request'],
  ['a method that is none', '{"jsonrpc":"2.0","id":1,"method":"gte"}', -32_601, 'unknown_operation'],
  ['params that are missing', '{"jsonrpc":"2.0","id":1,"method":"put"}', -32_602, 'invalid_params'],
  [
    'a param that nobody knows',
    '{"jsonrpc":"2.0","id":1,"method":"get","params":{"namespace":"n","kye":"k"}}',
    -32_602,
    'invalid_params',
  ],
  [
    'a depth that nobody needs',
    `{"jsonrpc":"2.0","id":1,"method":"put","params":${'['.repeat(100_000)}`,
    -32_600,
    'bad_request',
  ],
])('%s is answered with an error, and the conversation goes on', async (_, line, code, name) => {
  const talk = await Talk.begin();
  talk.raw(`${line}\n`);
  const { error } = await talk.message(({ error }) => error !== undefined);
  expect(error).toMatchObject({ code, data: { code: name } });
  expect((await talk.call('get', { namespace: 'n', key: 'k' })).result).toBe(null);
});

test('a line that is not UTF-8 is refused, and nothing of it is kept in another form', async () => {
  const talk = await Talk.begin();
  const [head, tail] = [
    '{"jsonrpc":"2.0","id":1,"method":"put","params":{"namespace":"n","key":"k","value":"',
    '"}}\n',
  ];
  for (const bad of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
    talk.input.write(Buffer.concat([Buffer.from(head), Buffer.from(bad), Buffer.from(tail)]));
    const { error } = await talk.message(({ error }) => error !== undefined);
    expect(error).toMatchObject({ code: -32_600, data: { code: 'bad_request' } });
  }
  expect((await talk.call('stats')).result.versions).toBe(0);
});

test('a request without an id is carried out and not answered', async () => {
  const talk = await Talk.begin();
  talk.send({ method: 'put', params: { namespace: 'n', key: 'k', value: 1 } });
  talk.send({ method: 'put', params: { namespace: '_', key: 'k', value: 1 } });
  expect((await talk.call('get', { namespace: 'n', key: 'k' })).result.value).toBe(1);
  expect(talk.lines).toHaveLength(1);
});

test('watch sends what is written, as far as there is credit, until it is cancelled', async () => {
  const talk = await Talk.begin();
  await talk.call('put', { namespace: 'n', key: 'before', value: 0 });
  talk.send({ id: 'w', method: 'watch', params: { namespace: 'n', credit: 1 } });
  await talk.call('stats');
  for (const value of [1, 2, 3]) {
    await talk.call('put', { namespace: 'n', key: 'k', value });
    await talk.call('put', { namespace: 'other', key: 'k', value });
  }
  const first = await talk.message(({ method }) => method === 'event');
  expect(first.params.items[0]).toMatchObject({ key: 'k', value: 1 });
  talk.send({ method: 'credit', params: { id: 'w', more: 5 } });
  const seen = [...first.params.items];
  let { cursor } = first.params;
  while (seen.length < 3) {
    const event = await talk.message(({ method }) => method === 'event');
    seen.push(...event.params.items);
    cursor = event.params.cursor;
  }
  expect(seen.map(({ value }) => value)).toEqual([1, 2, 3]);
  talk.send({ method: 'cancel', params: { id: 'w' } });
  const end = await talk.message(({ id }) => id === 'w');
  expect(end.result.cursor).toBe(cursor);
});

test('an export goes into another database by import, and a load is one batch', async () => {
  const talk = await Talk.begin();
  const other = await Talk.begin();
  talk.send({ id: 'l', method: 'load', params: { namespace: 'docs', keyField: 'id' } });
  await talk.message(({ method, params }) => method === 'credit' && params.id === 'l');
  talk.send({ method: 'chunk', params: { id: 'l', text: '{"id":1,"a":"é"}\n{"id":' } });
  talk.send({ method: 'chunk', params: { id: 'l', text: '2}\n' } });
  talk.send({ method: 'end', params: { id: 'l' } });
  expect((await talk.message(({ id }) => id === 'l')).result).toMatchObject({ count: 2 });

  other.send({ id: 'i', method: 'import', params: {} });
  await other.message(({ method }) => method === 'credit');
  talk.send({ id: 'e', method: 'export', params: { credit: 10 } });
  const { params } = await talk.message(({ method }) => method === 'event');
  other.send({ method: 'chunk', params: { id: 'i', text: params.text } });
  other.send({ method: 'end', params: { id: 'i' } });
  expect((await other.message(({ id }) => id === 'i')).result).toMatchObject({ versions: 2, commits: 1 });
  const { result } = await other.call('list', { namespace: 'docs' });
  expect(result.items.map(({ key, value }: { key: string; value: unknown }) => [key, value])).toEqual([
    ['1', { id: 1, a: 'é' }],
    ['2', { id: 2 }],
  ]);
});

test('a load that breaks off writes nothing', async () => {
  const talk = await Talk.begin();
  talk.send({ id: 'l', method: 'load', params: {} });
  await talk.message(({ method }) => method === 'credit');
  talk.send({ method: 'chunk', params: { id: 'l', text: '{"key":"n/k","value":1}\n' } });
  talk.input.end();
  await talk.ended;
  expect(JSON.parse(await talk.engine.carrier.call('stats', '{}')).versions).toBe(0);
});

test.each([1, 2, 3, 7, 64])('lines are the same when they come in pieces of %i bytes', (size) => {
  const text = Buffer.from('a\n\nbéc\nd'.repeat(5));
  const joiner = new LineJoiner(8);
  const whole: Buffer[] = [];
  for (let from = 0; from < text.length; from += size) whole.push(joiner.push(text.subarray(from, from + size)).bytes);
  whole.push(joiner.end());
  expect(Buffer.concat(whole).toString()).toBe(text.toString());
});

test('a line that is too long is counted once, and costs the others nothing', () => {
  for (const size of [1, 5]) {
    const text = Buffer.from(`short\n${'x'.repeat(50)}\nagain\n${'y'.repeat(11)}\nend\n`);
    const joiner = new LineJoiner(10);
    let tooLong = 0;
    const whole: Buffer[] = [];
    for (let from = 0; from < text.length; from += size) {
      const lines = joiner.push(text.subarray(from, from + size));
      whole.push(lines.bytes);
      tooLong += lines.tooLong;
    }
    expect([Buffer.concat(whole).toString(), tooLong]).toEqual(['short\nagain\nend\n', 2]);
  }
});
