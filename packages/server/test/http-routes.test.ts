import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { operations } from 'koru-delta/inside';
import { expect, test } from 'vitest';
import { Site } from './site.js';

const shell = promisify(execFile);
const ALICE = '/v1/db/users/alice';

test('every operation of the table has its route, and every other method is refused there with those that there are', async () => {
  const site = await Site.begin();
  for (const { http } of Object.values(operations)) {
    const path = http.path.replace('{namespace}', 'users').replace('{key}', 'alice');
    const known = await site.ask(path, { method: 'PATCH' });
    expect([path, known.status]).toEqual([path, 405]);
    expect(known.json).toMatchObject({ code: 'method_not_allowed', status: 405 });
    expect(known.headers.get('allow')?.split(', ')).toContain(http.method);
  }
});

test('a document goes in and comes out as it was written, with its names in the headers', async () => {
  const site = await Site.begin();
  const text = '{"n":123456789012345678901234567890,"one":1.0,"zero":-0,"b":"\\u00e9","a":[]}';
  const written = await site.put(ALICE, ` ${text.replace(',"one"', ' ,\n\t"one"')}\r\n`);
  expect(written.status).toBe(200);
  expect(written.json).toMatchObject({ namespace: 'users', key: 'alice', seq: 1, previous: null });
  expect('value' in written.json).toBe(false);
  const read = await site.ask(ALICE);
  expect(read.text).toBe(text);
  expect(read.headers.get('content-type')).toBe('application/json; charset=utf-8');
  for (const { headers } of [written, read]) {
    expect(headers.get('etag')).toBe(`"${written.json.version}"`);
    expect(headers.get('koru-seq')).toBe('1');
    expect(headers.get('koru-timestamp')).toBe(written.json.timestamp);
  }
  const version = await site.ask(ALICE, { headers: { accept: 'application/vnd.korudelta.version+json' } });
  expect(version.text).toContain(`"value":${text},"previous":null}`);
  expect(version.headers.get('content-type')).toContain('application/vnd.korudelta.version+json');
});

test.each(['null', 'false', '0', '""', '"text"', '[]', '{}', '{"previous":1,"value":2}', '",\\"previous\\":null}"'])(
  'the value %s is answered alone',
  async (value) => {
    const site = await Site.begin();
    await site.put(`${ALICE}?reason=%2C%22previous%22%3A1%2C%22value%22%3A2&actor=%22`, value);
    expect((await site.ask(ALICE)).text).toBe(value);
  },
);

test('the past is read, undone, compared and listed', async () => {
  const site = await Site.begin();
  await site.put(ALICE, '{"age":30}');
  await site.put(`${ALICE}?actor=bob&reason=birthday`, '{"age":31}');
  expect((await site.ask(`${ALICE}?at=seq:1`)).text).toBe('{"age":30}');
  const history = await site.ask(`${ALICE}/history?limit=1&values=false`);
  expect(history.json.versions).toMatchObject([{ seq: 2, actor: 'bob', reason: 'birthday' }]);
  expect('value' in history.json.versions[0]).toBe(false);
  const rest = await site.ask(`${ALICE}/history?cursor=${encodeURIComponent(history.json.cursor)}`);
  expect(rest.json).toMatchObject({ versions: [{ seq: 1 }], cursor: null });
  const diff = await site.ask(`${ALICE}/diff`);
  expect(diff.json.patch).toEqual([{ op: 'replace', path: '/age', value: 31 }]);
  const reverted = await site.ask(`${ALICE}/revert`, { method: 'POST' });
  expect(reverted.json).toMatchObject({ seq: 3 });
  expect((await site.ask(ALICE)).text).toBe('{"age":30}');
  const gone = await site.ask(ALICE, { method: 'DELETE' });
  expect(gone.json).toMatchObject({ deleted: true, seq: 4 });
  const missing = await site.ask(ALICE);
  expect(missing.json).toMatchObject({ code: 'key_deleted', status: 404, type: missing.json.docs });
  expect((await site.ask('/v1/db?counts=true&at=seq:3')).json).toEqual({ namespaces: [{ name: 'users', keys: 1 }] });
  expect((await site.ask('/v1/db/users?at=seq:2&prefix=al')).json.items).toMatchObject([{ key: 'alice', seq: 2 }]);
  expect((await site.ask('/v1/diff/users?from=seq:1')).json.changes).toMatchObject([
    { key: 'alice', change: 'deleted' },
  ]);
  expect((await site.ask('/v1/changes?since=seq:2&limit=1')).json).toMatchObject({ changes: [{ seq: 3 }], more: true });
  expect((await site.ask('/v1/stats?counts=true')).json).toMatchObject({ versions: 4, keys: 0 });
  expect((await site.ask('/v1/verify')).json).toMatchObject({ ok: true });
});

test('a batch is its params, and the address and the headers add to them', async () => {
  const site = await Site.begin();
  const ops = [
    { namespace: 'a', key: '1', value: 1 },
    { namespace: 'a', key: '2', delete: true },
  ];
  const receipt = await site.ask('/v1/batch?actor=bob', { method: 'POST', body: JSON.stringify({ ops }) });
  expect(receipt.json).toMatchObject({ count: 2, firstSeq: 1, lastSeq: 2 });
  expect((await site.ask('/v1/db/a/1/history')).json.versions).toMatchObject([{ actor: 'bob' }]);
  expect((await site.ask('/v1/batch', { method: 'POST', body: '{ }' })).json.code).toBe('invalid_params');
  const twice = { method: 'POST', body: '{"actor":"eve","ops":[]}' };
  expect((await site.ask('/v1/batch?actor=bob', twice)).json.code).toBe('invalid_params');
  for (const body of ['[]', '1', '{}{}']) {
    expect((await site.ask('/v1/batch', { method: 'POST', body })).status).toBe(400);
  }
  expect(await site.versions()).toBe(2);
});

test('a write that is guarded by a header fails with the status of HTTP', async () => {
  const site = await Site.begin();
  const first = await site.put(ALICE, '1', { 'if-none-match': '*' });
  expect(first.status).toBe(200);
  const again = await site.put(ALICE, '2', { 'if-none-match': '*' });
  expect(again.status).toBe(412);
  expect(again.json).toMatchObject({
    code: 'conflict',
    status: 412,
    currentVersion: first.json.version,
    currentValue: 1,
  });
  const second = await site.put(ALICE, '2', { 'if-match': first.headers.get('etag') ?? '' });
  expect(second.status).toBe(200);
  const stale = { 'if-match': first.headers.get('etag') ?? '' };
  expect((await site.put(ALICE, '3', stale)).status).toBe(412);
  expect((await site.ask(ALICE, { method: 'DELETE', headers: stale })).status).toBe(412);
  expect((await site.ask(`${ALICE}/revert`, { method: 'POST', headers: stale })).status).toBe(412);
  for (const bad of ['*', 'W/"x"', '"a", "b"', 'plain', '""', `"${'x'.repeat(26)}"`]) {
    expect([bad, (await site.put(ALICE, '3', { 'if-match': bad })).json.code]).toEqual([bad, 'bad_request']);
  }
  expect((await site.put(ALICE, '3', { 'if-none-match': '"x"' })).json.code).toBe('bad_request');
  expect((await site.ask(ALICE)).text).toBe('2');
});

test('a conflict tells the current value with all its digits', async () => {
  const site = await Site.begin();
  await site.put(ALICE, '123456789012345678901234567890');
  const { text } = await site.put(ALICE, '1', { 'if-none-match': '*' });
  expect(text).toContain('"currentValue":123456789012345678901234567890');
});

test('a read is answered without its body when the client has the version', async () => {
  const site = await Site.begin();
  const { headers } = await site.put(ALICE, '1');
  const tag = headers.get('etag') ?? '';
  for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
    const read = await site.ask(ALICE, { headers: { 'if-none-match': known } });
    expect([known, read.status, read.text, read.headers.get('etag')]).toEqual([known, 304, '', tag]);
  }
  expect((await site.ask(ALICE, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
});

test('HEAD tells what GET would', async () => {
  const site = await Site.begin();
  await site.put(ALICE, '"some text"');
  const [head, get] = [await site.ask(ALICE, { method: 'HEAD' }), await site.ask(ALICE)];
  expect([head.status, head.text]).toEqual([200, '']);
  for (const name of ['etag', 'content-length', 'content-type', 'koru-seq']) {
    expect(head.headers.get(name)).toBe(get.headers.get(name));
  }
  expect((await site.ask('/v1/db/users/nobody', { method: 'HEAD' })).status).toBe(404);
  expect((await site.ask('/v1/export', { method: 'HEAD' })).status).toBe(405);
});

test('a write that is sent again under its name is written once', async () => {
  const site = await Site.begin();
  const name = { 'idempotency-key': 'a-name-for-it' };
  const [first, again] = [await site.put(ALICE, '1', name), await site.put(ALICE, '1', name)];
  expect(again.json).toEqual(first.json);
  expect((await site.put('/v1/db/users/bob', '1', name)).json).toMatchObject({
    code: 'idempotency_mismatch',
    status: 422,
  });
  expect(await site.versions()).toBe(1);
});

test.each<[string, string, string]>([
  ['a parameter that nobody knows', `${ALICE}/history?limt=1`, 'invalid_params'],
  ['a number that is none', `${ALICE}/history?limit=many`, 'invalid_params'],
  ['a number below zero', `${ALICE}/history?limit=-1`, 'invalid_params'],
  ['a flag that is neither', `${ALICE}/history?values=perhaps`, 'invalid_params'],
  ['a parameter twice', `${ALICE}/history?limit=1&limit=2`, 'bad_request'],
  ['a name in the path and in the query', `${ALICE}?key=bob`, 'bad_request'],
  ['what a header carries', `${ALICE}?value=1`, 'invalid_params'],
  ['a moment that is none', `${ALICE}?at=yesterday-ish`, 'invalid_moment'],
  ['a cursor that is none', '/v1/changes?since=nonsense', 'invalid_cursor'],
  ['too long a wait', '/v1/changes?waitMs=60001', 'invalid_params'],
  ['a namespace of the system', '/v1/db/_system/key', 'invalid_namespace'],
])('%s is refused', async (_, path, code) => {
  const site = await Site.begin();
  const { json, headers } = await site.ask(path);
  expect(json).toMatchObject({ code, status: 400 });
  expect(headers.get('content-type')).toContain('application/problem+json');
});

test('an error says what was probably meant', async () => {
  const site = await Site.begin();
  await site.put(ALICE, '1');
  expect((await site.ask('/v1/db/users/alic')).json.suggestions).toMatchObject([{ text: 'users/alice' }]);
  expect((await site.ask(`${ALICE}/history?limt=1`)).json.suggestions).toMatchObject([{ text: 'limit' }]);
});

test('the page for people and the description for programs are there', async () => {
  const site = await Site.begin();
  const page = await site.ask('/');
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.text.match(/<pre[^>]*><code>curl /g)).toHaveLength(3);
  expect(page.text).toContain(`${site.url}/v1/db/users/alice`);
  const { paths, openapi } = (await site.ask('/openapi.json')).json;
  expect(openapi).toMatch(/^3\.1\./);
  for (const { http } of Object.values(operations)) {
    expect(paths[http.path]?.[http.method.toLowerCase()]).toBeDefined();
  }
});

test('the lines of the page work as they stand', async () => {
  const site = await Site.begin();
  const page = (await site.ask('/')).text.replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  const [write, read, history] = [...page.matchAll(/<code>(curl [^<]*)<\/code>/g)].map(([, line]) => line ?? '');
  const run = async (line = '') => JSON.parse((await shell('sh', ['-c', `${line} -s`])).stdout);
  expect(await run(write)).toMatchObject({ key: 'alice', seq: 1 });
  expect(await run(read)).toEqual({ name: 'Alice' });
  expect((await run(history)).versions).toHaveLength(1);
});

test('health and readiness tell storage and memory apart', async () => {
  const site = await Site.begin();
  const health = await site.ask('/health');
  expect(health.json).toMatchObject({ status: 'healthy', checks: { storage: 'ok', memory: 'ok' } });
  expect(health.json.details.memory.budgetBytes).toBeGreaterThan(0);
  expect((await site.ask('/ready')).json).toEqual({ status: 'ready', failing: [] });
  await site.engine.carrier.close();
  expect(await site.ask('/health')).toMatchObject({
    status: 503,
    json: { status: 'unhealthy', checks: { storage: 'failing', memory: 'ok' } },
  });
  expect(await site.ask('/ready')).toMatchObject({ status: 503, json: { failing: ['storage'] } });
});
