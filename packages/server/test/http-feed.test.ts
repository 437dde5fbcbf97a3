import { expect, test } from 'vitest';
import { Feed } from './feed.js';
import { Site } from './site.js';

test('a feed begins now, brings each version with its cursor, and is filtered', async () => {
  const site = await Site.begin();
  await site.put('/v1/db/users/before', '1');
  const all = await Feed.open(site, '/v1/watch');
  const users = await Feed.open(site, '/v1/watch?namespace=users&prefix=a&values=false');
  await site.put('/v1/db/users/alice', '{"n":123456789012345678901234567890}');
  await site.put('/v1/db/users/bob', '1');
  await site.ask('/v1/db/users/alice', { method: 'DELETE' });
  const events = await all.take(3);
  expect(events.map(({ id, event }) => [id, event])).toEqual([
    ['seq:2', 'change'],
    ['seq:3', 'change'],
    ['seq:4', 'change'],
  ]);
  expect(events[0]?.data).toContain('"value":{"n":123456789012345678901234567890},"previous":null');
  const [written, deleted] = await users.take(2);
  expect(JSON.parse(written?.data ?? '')).toMatchObject({ key: 'alice', seq: 2 });
  expect(written?.data).not.toContain('value');
  expect(JSON.parse(deleted?.data ?? '')).toMatchObject({ key: 'alice', deleted: true });
});

test('a client that comes again goes on behind what it has seen', async () => {
  const site = await Site.begin();
  for (const n of [1, 2, 3]) await site.put('/v1/db/n/k', `${n}`);
  const first = await Feed.open(site, '/v1/watch?since=seq:1');
  expect((await first.take(2)).map(({ id }) => id)).toEqual(['seq:2', 'seq:3']);
  first.close();
  await site.put('/v1/db/n/k', '4');
  const again = await Feed.open(site, '/v1/watch?since=seq:1', { 'last-event-id': 'seq:3' });
  expect((await again.take(1)).map(({ id }) => id)).toEqual(['seq:4']);
  const quiet = await Feed.open(site, '/v1/watch');
  expect(quiet.lastId).toBe('seq:4');
  const page = await site.ask('/v1/changes?since=seq:2&limit=1');
  const behind = await Feed.open(site, `/v1/watch?since=${page.json.cursor}`);
  expect((await behind.take(1)).map(({ id }) => id)).toEqual(['seq:4']);
  expect((await site.ask('/v1/watch?since=nonsense')).json.code).toBe('invalid_cursor');
});

test('changes are events, too, from the first on, for those who want that', async () => {
  const site = await Site.begin();
  for (const n of [1, 2]) await site.put('/v1/db/n/k', `${n}`);
  const feed = await Feed.open(site, '/v1/changes', { accept: 'text/event-stream' });
  expect((await feed.take(2)).map(({ id }) => id)).toEqual(['seq:1', 'seq:2']);
  await site.put('/v1/db/n/k', '3');
  expect((await feed.take(1)).map(({ id }) => id)).toEqual(['seq:3']);
});

test('many clients that want the same cost one read for each write', async () => {
  const site = await Site.begin();
  const { carrier } = site.engine;
  let reads = 0;
  const call = carrier.call.bind(carrier);
  carrier.call = (op, ...rest) => {
    if (op === 'changes') reads += 1;
    return call(op, ...rest);
  };
  const feeds = await Promise.all(Array.from({ length: 100 }, () => Feed.open(site, '/v1/watch?namespace=n')));
  await new Promise((resolve) => setTimeout(resolve, 50));
  reads = 0;
  const writes = 20;
  for (let n = 1; n <= writes; n += 1) await site.put('/v1/db/n/k', `${n}`);
  for (const feed of feeds) {
    const events = await feed.take(writes);
    expect(events.map(({ id }) => id)).toEqual(Array.from({ length: writes }, (_, n) => `seq:${n + 1}`));
  }
  expect(reads).toBeLessThanOrEqual(2 * writes);
});

test('each of many clients sees every version once and in order, however they come and go while it is written', async () => {
  const site = await Site.begin();
  const total = 400;
  const writing = (async () => {
    for (let n = 0; n < total; n += 1) await site.put(`/v1/db/n/${n % 5}`, `${n}`);
  })();
  const follow = async () => {
    let last = 0;
    while (last < total) {
      const feed = await Feed.open(site, `/v1/watch?since=seq:${last}`);
      for (const { id } of await feed.take(Math.min(60, total - last))) {
        expect(id).toBe(`seq:${last + 1}`);
        last += 1;
      }
      feed.close();
    }
  };
  await Promise.all([writing, ...Array.from({ length: 12 }, follow)]);
});

test('reads disturb nobody who waits', async () => {
  const site = await Site.begin();
  await site.put('/v1/db/n/k', '1');
  const waiting = site.ask('/v1/changes?since=seq:1&waitMs=400');
  await new Promise((resolve) => setTimeout(resolve, 50));
  const { carrier } = site.engine;
  let reads = 0;
  const call = carrier.call.bind(carrier);
  carrier.call = (op, ...rest) => {
    if (op === 'changes') reads += 1;
    return call(op, ...rest);
  };
  const get = '{"jsonrpc":"2.0","id":1,"method":"get","params":{"namespace":"n","key":"k"}}';
  for (let n = 0; n < 50; n += 1) await site.ask('/v1/rpc', { method: 'POST', body: get });
  expect((await waiting).json.changes).toEqual([]);
  // The first look at the newest seq may wake everybody once, and a poll looks once more before it answers.
  expect(reads).toBeLessThanOrEqual(2);
});

test('a poll waits for the first change, and no longer than it was told', async () => {
  const site = await Site.begin();
  await site.put('/v1/db/n/k', '1');
  const began = performance.now();
  const waiting = site.ask('/v1/changes?since=seq:1&waitMs=20000');
  const other = site.ask('/v1/changes?since=seq:1&waitMs=20000&namespace=other');
  await new Promise((resolve) => setTimeout(resolve, 50));
  await site.put('/v1/db/n/k', '2');
  expect((await waiting).json.changes).toMatchObject([{ seq: 2 }]);
  await site.put('/v1/db/other/k', '3');
  expect((await other).json.changes).toMatchObject([{ seq: 3 }]);
  expect(performance.now() - began).toBeLessThan(10_000);
  const empty = await site.ask('/v1/changes?since=seq:3&waitMs=30');
  expect(empty.json).toMatchObject({ changes: [], more: false });
  expect((await site.ask('/v1/changes?since=seq:1&waitMs=20000')).json.changes).toHaveLength(2);
});

test('a server that stops tells its feeds and answers those who wait', async () => {
  const site = await Site.begin();
  await site.put('/v1/db/n/k', '1');
  const feed = await Feed.open(site, '/v1/watch');
  const waiting = site.ask('/v1/changes?since=seq:1&waitMs=30000');
  await new Promise((resolve) => setTimeout(resolve, 50));
  const began = performance.now();
  await site.server.stop();
  expect(performance.now() - began).toBeLessThan(4_000);
  expect((await waiting).json.changes).toEqual([]);
  expect((await feed.take(1)).map(({ event }) => event)).toEqual(['goaway']);
  await feed.ended;
});

test('a client that reads nothing is told what it missed when it reads again', async () => {
  const site = await Site.begin();
  const wire = site.connect();
  wire.send('GET /v1/watch HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await wire.until('retry:');
  wire.socket.pause();
  const value = JSON.stringify('x'.repeat(1 << 20));
  const other = await Feed.open(site, '/v1/watch?values=false');
  for (let n = 0; n < 12; n += 1) await site.put('/v1/db/n/k', value);
  await other.take(12);
  wire.socket.resume();
  await wire.until('id: seq:12\n');
  const ids = [...wire.text.matchAll(/^id: (seq:\d+)$/gm)].map(([, id]) => id);
  expect(ids).toEqual(Array.from({ length: 13 }, (_, n) => `seq:${n}`));
});
