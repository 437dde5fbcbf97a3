import { expect, test } from 'vitest';
import { GetQueue } from '../src/get-queue.js';

/** A server that answers each get by the key that it names, and counts requests. */
function served(answer: (id: number, key: string) => string) {
  const bodies: number[] = [];
  const send = async (lines: Uint8Array) => {
    const requests = Buffer.from(lines).toString('utf8').trimEnd().split('\n');
    bodies.push(requests.length);
    return requests
      .map((line) => JSON.parse(line) as { id: number; params: { key: string } })
      .map(({ id, params }) => `${answer(id, params.key)}\n`)
      .join('');
  };
  return { bodies, queue: new GetQueue(send, () => new Error('no answer')) };
}

const asked = (queue: GetQueue, count: number) =>
  Array.from({ length: count }, (_, n) => queue.get(JSON.stringify({ namespace: 'n', key: `k${n}` })));

test('gets of one tick go together, a few at a time, and each has its own answer', async () => {
  const { queue, bodies } = served((id, key) => `{"jsonrpc":"2.0","id":${id},"result":"${key}"}`);
  const found = await Promise.all(asked(queue, 40));
  expect(found).toEqual(Array.from({ length: 40 }, (_, n) => `"k${n}"`));
  expect(bodies).toEqual([16, 16, 8]);
  await queue.get('{"namespace":"n","key":"later"}');
  expect(bodies).toEqual([16, 16, 8, 1]);
});

test('what fails for one is not told to the others', async () => {
  const data = { code: 'pruned', title: '', detail: 'gone', suggestions: [], hints: [], retryable: false };
  const failed = JSON.stringify({ code: -32_000, message: 'gone', data });
  const { queue } = served((id, key) =>
    key === 'k1' ? `{"jsonrpc":"2.0","id":${id},"error":${failed}}` : `{"jsonrpc":"2.0","id":${id},"result":null}`,
  );
  const [first, second, third] = await Promise.allSettled(asked(queue, 3));
  expect([first, third]).toEqual(Array(2).fill({ status: 'fulfilled', value: 'null' }));
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'pruned' } });
});

test('an answer that breaks off fails those whose part is missing', async () => {
  const { queue } = served((id) => (id < 3 ? `{"jsonrpc":"2.0","id":${id},"result":1}` : '{"jsonrpc":"2.0","id'));
  const found = await Promise.allSettled(asked(queue, 4));
  expect(found.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
});

test('a request that fails on its way fails all that went with it', async () => {
  const queue = new GetQueue(
    () => Promise.reject(new Error('lost')),
    () => new Error('no answer'),
  );
  const found = await Promise.allSettled(asked(queue, 3));
  expect(found.map((one) => (one as PromiseRejectedResult).reason.message)).toEqual(['lost', 'lost', 'lost']);
});
