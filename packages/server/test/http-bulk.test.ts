import { expect, test } from 'vitest';
import { Site, streamOf } from './site.js';

test.each([1, 3, 17, 4_096])('lines that are cut into pieces of %i bytes become one batch', async (size) => {
  const site = await Site.begin();
  const text = Buffer.from(
    Array.from(
      { length: 50 },
      (_, n) => `{"key":"docs/é${n}","value":{"n":${n},"big":1234567890123456789012}}\r\n`,
    ).join(''),
  );
  const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, n) =>
    text.subarray(n * size, (n + 1) * size),
  );
  const { status, json } = await site.lines('/v1/load?actor=bob', streamOf(pieces));
  expect([status, json.count, json.rejected]).toEqual([200, 50, 0]);
  expect((await site.ask('/v1/db/docs/%C3%A97')).text).toBe('{"n":7,"big":1234567890123456789012}');
});

test('documents are loaded by a member that is their key', async () => {
  const site = await Site.begin();
  const { json } = await site.lines('/v1/load?namespace=docs&keyField=id', '{"id":1,"a":"x"}\n{"id":"two"}');
  expect(json.count).toBe(2);
  expect((await site.ask('/v1/db/docs/1')).text).toBe('{"id":1,"a":"x"}');
});

test('a bad line refuses all of them with its number, or is left out and told', async () => {
  const site = await Site.begin();
  const body = '{"key":"n/a","value":1}\nnonsense\n{"key":"n/b","value":2}\n';
  const refused = await site.lines('/v1/load', body);
  expect(refused).toMatchObject({ status: 400, json: { code: 'invalid_line', line: 2 } });
  expect(await site.versions()).toBe(0);
  const { json } = await site.lines('/v1/load?skipBad=true', body);
  expect(json).toMatchObject({ count: 2, rejected: 1, rejects: [{ line: 2, text: 'nonsense' }] });
});

test('what is refused early is told while the client still sends', async () => {
  const site = await Site.begin();
  function* lines() {
    yield 'nonsense\n';
    for (let n = 0; n < 2_000; n += 1) yield '{"key":"n/a","value":1}\n'.repeat(100);
  }
  const { status, json } = await site.lines('/v1/load', streamOf(lines()));
  expect([status, json.code]).toEqual([400, 'invalid_line']);
});

test('lines that are the params of batches are one batch, with all their guards', async () => {
  const site = await Site.begin();
  await site.put('/v1/db/n/guard', '1');
  const line = (members: object) => JSON.stringify(members);
  const ops = (n: number) => ({ ops: [{ namespace: 'n', key: `${n}`, value: n }] });
  const columns = { columns: { namespaces: ['n', 'n'], keys: ['x', 'y'], values: [1, 2], deletes: [1] } };
  const body = [line(ops(1)), '', line(columns), `${line(ops(2))}`].join('\r\n');
  const { json } = await site.lines('/v1/load?form=batches&reason=why', body);
  expect(json).toMatchObject({ count: 4, firstSeq: 2, lastSeq: 5 });
  const expectation = { expect: [{ namespace: 'n', key: 'guard', version: null }] };
  const refused = await site.lines('/v1/load?form=batches', [line(ops(3)), line(expectation)].join('\n'));
  expect(refused).toMatchObject({ status: 409, json: { code: 'conflict', key: 'guard' } });
  const bad = await site.lines('/v1/load?form=batches', [line(ops(3)), '{"opps":[]}'].join('\n'));
  expect(bad.json).toMatchObject({ code: 'invalid_params', line: 2 });
  expect((await site.lines('/v1/load?form=rows', '')).json.code).toBe('invalid_params');
  expect((await site.lines('/v1/load?form=batches&namespace=n', '')).json.code).toBe('invalid_params');
  expect(await site.versions()).toBe(5);
});

test('a load that is sent again under its name is written once', async () => {
  const site = await Site.begin();
  const more = { headers: { 'idempotency-key': 'load-1' } };
  const [first, again] = [
    await site.lines('/v1/load', '{"key":"n/a","value":1}\n', more),
    await site.lines('/v1/load', '{"key":"n/a","value":1}\n', more),
  ];
  expect(again.json.first).toBe(first.json.first);
  expect(await site.versions()).toBe(1);
});

test('a client that vanishes in a load has written nothing, and the server goes on', async () => {
  const site = await Site.begin();
  const wire = site.connect();
  wire.send(
    'POST /v1/load HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n',
  );
  wire.send('18\r\n{"key":"n/a","value":1}\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 50));
  wire.socket.destroy();
  await wire.closed;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await site.versions()).toBe(0);
  expect((await site.put('/v1/db/n/a', '1')).status).toBe(200);
});

test('an export goes into another database by import, and into the same one not', async () => {
  const site = await Site.begin();
  const other = await Site.begin();
  await site.lines(
    '/v1/load',
    Array.from({ length: 3_000 }, (_, n) => `{"key":"n/${n}","value":"${'x'.repeat(200)}"}\n`).join(''),
  );
  const exported = await site.ask('/v1/export');
  expect(exported.headers.get('content-type')).toContain('application/x-ndjson');
  expect(exported.headers.get('transfer-encoding')).toBe('chunked');
  const { json } = await other.lines('/v1/import', exported.text);
  expect(json).toMatchObject({ versions: 3_000, commits: 1 });
  expect((await other.ask('/v1/db/n/2999')).text).toBe((await site.ask('/v1/db/n/2999')).text);
  expect((await other.lines('/v1/import', exported.text)).json.code).toBe('import_refused');
  const damaged = exported.text.replace('"n","key":"7"', '"n","key":"8"');
  const third = await Site.begin();
  expect((await third.lines('/v1/import', damaged)).json.code).toBe('export_damaged');
  expect(await third.versions()).toBe(0);
  expect((await site.ask('/v1/export?at=nonsense')).json.code).toBe('invalid_moment');
});

test('a reader that is gone ends its export', async () => {
  const site = await Site.begin();
  const value = JSON.stringify('x'.repeat(1 << 20));
  for (let n = 0; n < 24; n += 1) await site.put(`/v1/db/n/${n}`, value);
  const wire = site.connect();
  wire.send('GET /v1/export HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await wire.until('"korudelta":"export"');
  wire.socket.destroy();
  await wire.closed;
  // The server stops at once when nothing is under way: see the end of each test.
  const began = performance.now();
  await site.server.stop();
  expect(performance.now() - began).toBeLessThan(4_000);
});
