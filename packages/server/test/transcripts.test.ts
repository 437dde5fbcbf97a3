import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Message, Talk } from './talk.js';

/*
 * Whole conversations as they go over the wire, for those who write a client: `>` is what the client sends, `<` what the
 * server answers. They are the memory of protocol 1: a line here may gain members, and may not change otherwise.
 */

const folder = fileURLToPath(new URL('../../conformance/vectors/wire/', import.meta.url));

/** One message of the client, and how many of the server are waited for after it. */
type Step = readonly [message: object, answers: number];

const call = (id: number, method: string, params: object, answers = 1): Step => [{ id, method, params }, answers];
const tell = (method: string, params: object, answers = 0): Step => [{ method, params }, answers];
const alice = { namespace: 'users', key: 'alice' };

const conversations: Readonly<Record<string, readonly Step[]>> = {
  hello: [
    call(0, 'hello', { protocols: [1], client: 'example/1' }),
    call(1, 'hello', { protocols: [2, 1], client: 'newer/2' }),
    call(2, 'hello', { protocols: [2], client: 'newest/3' }),
  ],
  calls: [
    call(1, 'put', { ...alice, value: { name: 'Alice', balance: 12.5 } }),
    call(2, 'get', alice),
    call(3, 'get', { ...alice, key: 'alic', required: true }),
    call(4, 'put', { ...alice, value: 1, ifVersion: null }),
    call(5, 'delete', { ...alice, actor: 'ann', reason: 'asked for it' }),
    call(6, 'get', alice),
    call(7, 'history', { ...alice, values: false }),
    call(8, 'revert', alice),
    call(9, 'many', {
      calls: [
        { op: 'put', params: { ...alice, value: 2 } },
        { op: 'nothing', params: {} },
      ],
    }),
    call(10, 'get', { namespace: 'users', kee: 'alice' }),
    call(11, 'gett', alice),
  ],
  'sent-again': [
    call(1, 'put', { ...alice, value: 1, idempotencyKey: 'e0a5' }),
    call(2, 'put', { ...alice, value: 1, idempotencyKey: 'e0a5' }),
    call(3, 'put', { namespace: 'users', key: 'bob', value: 1, idempotencyKey: 'e0a5' }),
  ],
  watch: [
    call(1, 'watch', { namespace: 'users', since: 'seq:0', credit: 1 }, 0),
    call(2, 'put', { ...alice, value: 1 }, 2),
    call(3, 'put', { ...alice, value: 2 }, 1),
    tell('credit', { id: 1, more: 1 }, 1),
    tell('cancel', { id: 1 }, 1),
  ],
  load: [
    call(1, 'load', {}, 1),
    tell('chunk', { id: 1, text: '{"key":"users/alice","value":1}\n{"key":"users/b' }, 0),
    tell('chunk', { id: 1, text: 'ob","value":2}\n' }, 0),
    tell('end', { id: 1 }, 3),
    call(2, 'load', {}, 1),
    tell('chunk', { id: 2, text: 'no line\n' }, 0),
    tell('end', { id: 2 }, 2),
  ],
};

/** What differs from run to run, by one name. */
function steady(line: string): string {
  return line
    .replaceAll(/\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g, '<version>')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/g, '<time>')
    .replaceAll(/"server":"kdelta\/[^"]+"/g, '"server":"kdelta/<release>"');
}

test.each(Object.entries(conversations))('%s', async (name, steps) => {
  const talk = await Talk.begin();
  const lines: string[] = [];
  for (const [message, answers] of steps) {
    lines.push(`> ${JSON.stringify({ jsonrpc: '2.0', ...message })}`);
    const before = talk.lines.length;
    talk.send(message);
    const any = (_: Message) => true;
    for (let n = 0; n < answers; n += 1) await talk.message(any);
    // Those that come together come in any order.
    lines.push(
      ...talk.lines
        .slice(before)
        .map((line) => `< ${steady(line)}`)
        .sort(),
    );
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`${folder}${name}.txt`);
});
