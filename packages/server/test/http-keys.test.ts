import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operations } from 'koru-delta/inside';
import { expect, onTestFinished, test } from 'vitest';
import type { Scopes } from '../src/keys/key.js';
import { KeyFile } from '../src/keys/key-file.js';
import { fits, hashOf, newKeyText, readKeyText } from '../src/keys/key-text.js';
import { Feed } from './feed.js';
import { type Sent, Site } from './site.js';

function keyFile(): KeyFile {
  const folder = mkdtempSync(join(tmpdir(), 'kdelta-keys-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return new KeyFile(join(folder, 'data.keys.json'));
}

async function make(file: KeyFile, scopes: Partial<Scopes>, expires?: Date): Promise<string> {
  const all = { read: [], write: [], admin: false, ...scopes };
  return (await file.create({ name: 'test', scopes: all, ...(expires && { expires }) })).text;
}

function bearing(key: string): { authorization: string } {
  return { authorization: `Bearer ${key}` };
}

/** Waits until a running server has seen a change of its file. */
async function within(limitMs: number, isSo: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > until) throw new Error(`It was not so after ${limitMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

test('a key is a text with an id, a secret of 256 bits and a check of both', () => {
  const texts = Array.from({ length: 200 }, newKeyText);
  expect(new Set(texts).size).toBe(200);
  for (const text of texts) {
    expect(text).toMatch(/^kdelta_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
    const { id, secret } = readKeyText(text) ?? { id: '', secret: '' };
    expect(text.slice(0, -6)).toBe(`kdelta_${id}_${secret}`);
    expect([fits(secret, hashOf(secret)), fits(secret, hashOf(`${secret}x`)), fits(secret, '')]).toEqual([
      true,
      false,
      false,
    ]);
  }
  const text = texts[0] ?? '';
  const other = (at: number) => (text[at] === 'a' ? 'b' : 'a');
  for (let at = 0; at < text.length; at += 1) {
    expect(readKeyText(text.slice(0, at) + other(at) + text.slice(at + 1))).toBe(undefined);
  }
  for (const bad of ['', 'kdelta_', `${text}x`, ` ${text}`, text.slice(0, -1)])
    expect(readKeyText(bad)).toBe(undefined);
});

test('the file holds a hash and no secret, and is for its owner alone', async () => {
  const file = keyFile();
  expect(await file.read()).toBe(undefined);
  const text = await make(file, { read: ['*'] });
  const { id, secret } = readKeyText(text) ?? { id: '', secret: '' };
  const kept = readFileSync(file.path, 'utf8');
  expect(kept).toContain(id);
  expect(kept).not.toContain(secret);
  expect(statSync(file.path).mode & 0o777).toBe(0o600);
  expect(await file.read()).toMatchObject([{ id, name: 'test', hash: hashOf(secret), scopes: { read: ['*'] } }]);
});

test('many who change the file at once lose nothing of each other', async () => {
  const file = keyFile();
  const keys = await Promise.all(Array.from({ length: 20 }, () => make(file, { admin: true })));
  expect((await file.read())?.map(({ id }) => id).sort()).toEqual(keys.map((key) => readKeyText(key)?.id).sort());
  await expect(file.revoke('nobody')).rejects.toMatchObject({ code: 'invalid_params' });
});

/** What each scope may do, and what it is answered else. */
const asked: [what: string, path: string, sent: Sent, needs: string][] = [
  ['get', '/v1/db/users/alice', {}, 'read users'],
  ['get nothing', '/v1/db/users/nobody', {}, 'read users'],
  ['history', '/v1/db/users/alice/history', {}, 'read users'],
  ['diff', '/v1/db/users/alice/diff', {}, 'read users'],
  ['list', '/v1/db/users', {}, 'read users'],
  ['diffNamespace', '/v1/diff/users?from=seq:0', {}, 'read users'],
  ['changes', '/v1/changes?namespace=users', {}, 'read users'],
  ['all changes', '/v1/changes', {}, 'read *'],
  ['export', '/v1/export', {}, 'read *'],
  ['put', '/v1/db/users/carol', { method: 'PUT', body: '1' }, 'write users'],
  ['delete', '/v1/db/users/carol', { method: 'DELETE' }, 'write users'],
  ['revert', '/v1/db/users/alice/revert?at=seq:1', { method: 'POST' }, 'write users'],
  [
    'batch',
    '/v1/batch',
    { method: 'POST', body: '{"ops":[{"namespace":"users","key":"x","value":1}]}' },
    'write users',
  ],
  [
    'load',
    '/v1/load',
    { method: 'POST', body: '{"key":"users/x","value":1}', headers: { 'content-type': 'application/x-ndjson' } },
    'write users',
  ],
  [
    'load batches',
    '/v1/load?form=batches',
    {
      method: 'POST',
      body: '{"ops":[{"namespace":"users","key":"x","value":1}]}',
      headers: { 'content-type': 'application/x-ndjson' },
    },
    'write users',
  ],
  ['verify', '/v1/verify', {}, 'admin'],
  ['import', '/v1/import', { method: 'POST', body: '', headers: { 'content-type': 'application/x-ndjson' } }, 'admin'],
];

const scopes: [name: string, scopes: Partial<Scopes>, may: string[]][] = [
  ['a reader of users', { read: ['users'] }, ['read users']],
  ['a reader of everything', { read: ['*'] }, ['read users', 'read *']],
  ['a reader of others', { read: ['logs-*'] }, []],
  ['a writer of users', { write: ['u*'] }, ['write users']],
  ['a writer of others', { write: ['logs'] }, []],
  ['an administrator', { admin: true }, ['admin']],
  [
    'one who may everything',
    { read: ['*'], write: ['*'], admin: true },
    ['read users', 'read *', 'write users', 'admin'],
  ],
];

test.each(scopes)('%s may do what the scopes say, over each route and in a conversation', async (_, given, may) => {
  const file = keyFile();
  const key = await make(file, given);
  const site = await Site.begin({ keys: file });
  await site.engine.carrier.call('put', '{"namespace":"users","key":"alice","value":"a canary"}');
  for (const [what, path, sent, needs] of asked) {
    const { status, text, json } = await site.ask(path, { ...sent, headers: { ...sent.headers, ...bearing(key) } });
    if (may.includes(needs)) expect([what, status]).not.toEqual([what, 403]);
    else expect([what, status, json?.code]).toEqual([what, 403, 'forbidden']);
    if (!given.read) expect(text).not.toContain('a canary');
  }
  const calls = [
    ['read users', 'get', { namespace: 'users', key: 'alice' }],
    ['read users', 'list', { namespace: 'users' }],
    ['write users', 'put', { namespace: 'users', key: 'carol', value: 1 }],
    ['read *', 'changes', {}],
    ['admin', 'verify', {}],
  ] as const;
  const lines = calls
    .map(([, method, params], id) => JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    .join('\n');
  const { text } = await site.lines('/v1/rpc', lines, { headers: bearing(key) });
  const answers = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(answers.map(({ error }) => error?.data.code ?? 'done')).toEqual(
    calls.map(([needs]) => (may.includes(needs) ? 'done' : 'forbidden')),
  );
});

test('what is not there and what may not be seen are told alike', async () => {
  const file = keyFile();
  const key = await make(file, { read: ['mine'], write: ['users'] });
  const site = await Site.begin({ keys: file });
  await site.engine.carrier.call('put', '{"namespace":"users","key":"alice","value":"a canary"}');
  const [there, not] = await Promise.all(
    ['alice', 'nobody'].map((name) => site.ask(`/v1/db/users/${name}`, { headers: bearing(key) })),
  );
  expect(there?.text).toBe(not?.text);
  const guarded = await site.put('/v1/db/users/alice', '1', { ...bearing(key), 'if-none-match': '*' });
  expect(guarded.status).toBe(412);
  expect(guarded.text).not.toMatch(/a canary|currentV/);
});

test('without a good key every route answers the same, and only what shows nothing is open', async () => {
  const file = keyFile();
  const good = await make(file, { read: ['*'], write: ['*'], admin: true });
  const expired = await make(file, { read: ['*'] }, new Date(Date.now() - 1_000));
  const revoked = await make(file, { read: ['*'] });
  await file.revoke(readKeyText(revoked)?.id ?? '');
  const site = await Site.begin({ keys: file });
  await site.engine.carrier.call('put', '{"namespace":"users","key":"alice","value":1}');
  const last = good.at(-1) === 'a' ? 'b' : 'a';
  const forged = `${good.slice(0, -7)}${good.at(-7) === 'a' ? 'b' : 'a'}${good.slice(-6)}`;
  const headers: Record<string, string>[] = [
    {},
    { authorization: '' },
    { authorization: good },
    { authorization: `Basic ${Buffer.from(`${good}:`).toString('base64')}` },
    bearing(`${good.slice(0, -1)}${last}`),
    bearing(forged),
    bearing(newKeyText()),
    bearing(expired),
    bearing(revoked),
    bearing('x'.repeat(8_000)),
  ];
  const paths = Object.values(operations).map(({ http }) => ({
    method: http.method,
    path: http.path.replace('{namespace}', 'users').replace('{key}', 'alice'),
  }));
  const rest = [
    { method: 'POST', path: '/v1/rpc' },
    { method: 'GET', path: '/v1/nothing' },
    { method: 'PATCH', path: '/v1/db/users/alice' },
    { method: 'GET', path: '/v1/db/users/nobody' },
  ];
  const texts = new Set<string>();
  for (const given of headers) {
    for (const { method, path } of [...paths, ...rest]) {
      const answer = await site.ask(path, { method, headers: given });
      expect([path, answer.status, answer.headers.get('www-authenticate')]).toEqual([path, 401, 'Bearer']);
      texts.add(answer.text);
    }
  }
  expect(texts.size).toBe(1);
  for (const path of ['/', '/health', '/ready', '/openapi.json']) expect((await site.ask(path)).status).toBe(200);
  expect((await site.ask('/v1/db/users/alice', { headers: bearing(good) })).status).toBe(200);
  expect(await site.versions()).toBe(1);
});

test('a key that is revoked ends within a second, and so does its feed', async () => {
  const file = keyFile();
  const [key, other] = [await make(file, { read: ['*'] }), await make(file, { read: ['*'] })];
  const site = await Site.begin({ keys: file });
  const feed = await Feed.open(site, '/v1/watch', bearing(key));
  const spared = await Feed.open(site, '/v1/watch', bearing(other));
  const waiting = site.ask('/v1/changes?since=seq:0&waitMs=20000', { headers: bearing(key) });
  await new Promise((resolve) => setTimeout(resolve, 50));
  await file.revoke(readKeyText(key)?.id ?? '');
  await within(1_000, async () => (await site.ask('/v1/db', { headers: bearing(key) })).status === 401);
  await feed.ended;
  expect((await waiting).status).toBe(401);
  await site.engine.carrier.call('put', '{"namespace":"n","key":"k","value":1}');
  site.engine.touched();
  expect(await spared.take(1)).toHaveLength(1);
});

test('the first key closes a running server, which no lost file opens again', async () => {
  const file = keyFile();
  const site = await Site.begin({ keys: file });
  expect((await site.ask('/v1/db')).status).toBe(200);
  const key = await make(file, { read: ['*'] });
  await within(1_000, async () => (await site.ask('/v1/db')).status === 401);
  expect((await site.ask('/v1/db', { headers: bearing(key) })).status).toBe(200);
  const kept = readFileSync(file.path);
  for (const bad of [
    undefined,
    '',
    '{"format":1,"keys":',
    '{"format":2,"keys":[]}',
    '{"format":1,"keys":[{"id":1}]}',
  ]) {
    if (bad === undefined) rmSync(file.path);
    else writeFileSync(file.path, bad);
    await within(1_000, async () => (await site.ask('/v1/db', { headers: bearing(key) })).status === 401);
    writeFileSync(file.path, kept);
    await within(1_000, async () => (await site.ask('/v1/db', { headers: bearing(key) })).status === 200);
  }
});

test('a file of keys that cannot be read keeps a server from beginning', async () => {
  const file = keyFile();
  writeFileSync(file.path, 'nonsense');
  await expect(Site.begin({ keys: file })).rejects.toMatchObject({ code: 'corrupt', facts: { file: file.path } });
});

test('a server that others reach needs keys', async () => {
  await expect(Site.begin({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'invalid_params' });
  await expect(Site.begin({ host: '::' })).rejects.toMatchObject({ code: 'invalid_params' });
  const file = keyFile();
  await expect(Site.begin({ host: '0.0.0.0', keys: file })).rejects.toMatchObject({ code: 'invalid_params' });
  const key = await make(file, { read: ['*'] });
  const site = await Site.begin({ host: '0.0.0.0', keys: file });
  const port = new URL(site.url).port;
  const answer = await fetch(`http://127.0.0.1:${port}/v1/db`, {
    headers: { ...bearing(key), host: 'db.example.com' },
  });
  expect(answer.status).toBe(200);
});
