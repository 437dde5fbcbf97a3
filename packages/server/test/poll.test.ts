import { expect, test } from 'vitest';
import { Talk } from './talk.js';

test('changes wait for the first over the standard streams, too, and others are answered meanwhile', async () => {
  const talk = await Talk.begin();
  talk.send({ id: 'w', method: 'changes', params: { waitMs: 20_000 } });
  expect((await talk.call('stats')).result.versions).toBe(0);
  await talk.call('put', { namespace: 'n', key: 'k', value: 1 });
  const { result } = await talk.message(({ id }) => id === 'w');
  expect(result).toMatchObject({ changes: [{ key: 'k' }], more: false });
  const empty = await talk.call('changes', { since: result.cursor, waitMs: 20 });
  expect(empty.result).toMatchObject({ changes: [], more: false });
});

test.each([-1, 1.5, 60_001, '10', null])('a wait of %j is refused', async (waitMs) => {
  const talk = await Talk.begin();
  expect((await talk.call('changes', { waitMs })).error.data.code).toBe('invalid_params');
});

test('a wait that is cancelled is answered as such', async () => {
  const talk = await Talk.begin();
  talk.send({ id: 'w', method: 'changes', params: { waitMs: 60_000 } });
  await talk.call('stats');
  talk.send({ method: 'cancel', params: { id: 'w' } });
  expect((await talk.message(({ id }) => id === 'w')).error.data.code).toBe('cancelled');
});

test('lines that are the params of batches are one batch over the standard streams, too', async () => {
  const talk = await Talk.begin();
  talk.send({ id: 'l', method: 'load', params: { form: 'batches', actor: 'bob' } });
  await talk.message(({ method }) => method === 'credit');
  const line = (n: number) => JSON.stringify({ ops: [{ namespace: 'n', key: `${n}`, value: n }] });
  const text = `${line(1)}\n${line(2)}`;
  talk.send({ method: 'chunk', params: { id: 'l', text: text.slice(0, 20) } });
  talk.send({ method: 'chunk', params: { id: 'l', text: text.slice(20) } });
  talk.send({ method: 'end', params: { id: 'l' } });
  expect((await talk.message(({ id }) => id === 'l')).result).toMatchObject({ count: 2, firstSeq: 1, lastSeq: 2 });
  const { result } = await talk.call('history', { namespace: 'n', key: '2' });
  expect(result.versions).toMatchObject([{ actor: 'bob', value: 2 }]);
});
