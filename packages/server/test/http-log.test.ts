import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { KeyFile } from '../src/keys/key-file.js';
import { newKeyText, readKeyText } from '../src/keys/key-text.js';
import { Feed } from './feed.js';
import { Site } from './site.js';

/** A log that is kept. */
function log(): { stream: PassThrough; text(): string } {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return { stream, text: () => text };
}

test('a line tells who did what and how it went', async () => {
  const { stream, text } = log();
  const site = await Site.begin({ log: 'info', logTo: stream });
  await site.put('/v1/db/users/alice', '1');
  await site.ask('/v1/db/users/nobody');
  await site.ask('/nowhere');
  const lines = text()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { what: 'request', method: 'PUT', route: '/v1/db/:namespace/:key', status: 200 },
    { what: 'request', method: 'GET', route: '/v1/db/:namespace/:key', status: 404 },
    { what: 'request', method: 'GET', route: null, status: 404 },
  ]);
  for (const line of lines) {
    expect(Object.keys(line).sort()).toEqual(['level', 'method', 'ms', 'reqId', 'route', 'status', 'time', 'what']);
  }
});

test('no secret, no name and no value comes into the log, and no secret and no value into an error', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kdelta-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = new KeyFile(join(folder, 'keys.json'));
  const { text: key, key: kept } = await file.create({
    name: 'canary-name',
    scopes: { read: ['*'], write: ['*'], admin: true },
  });
  const { stream, text } = log();
  const site = await Site.begin({
    log: 'debug',
    logTo: stream,
    keys: file,
    allowOrigins: ['https://canary-allowed.example'],
  });
  const headers = { authorization: `Bearer ${key}` };
  const wrong = newKeyText();
  const errors: string[] = [];
  const ask = async (path: string, sent: Parameters<Site['ask']>[1] = {}) => {
    const answer = await site.ask(path, { ...sent, headers: { ...headers, ...sent.headers } });
    if (answer.status >= 400) errors.push(answer.text);
    return answer;
  };
  const put = { method: 'PUT', body: '{"secret":"canary-value"}' };
  await ask('/v1/db/canary-namespace/canary-key?actor=canary-actor&reason=canary-reason', put);
  await ask('/v1/db/canary-namespace/canary-key');
  await ask('/v1/db/canary-namespace/canary-key', { method: 'PUT', body: '{"canary-value":nil}' });
  await ask('/v1/db/canary-namespace/canary-key', { method: 'PUT', body: '"canary-value"x' });
  await ask('/v1/db/canary-namespace/canary-key', { ...put, headers: { 'if-match': '"canary-tag"' } });
  await ask('/v1/db/canary-namespace/canary-key', { ...put, headers: { 'idempotency-key': 'canary-idempotency' } });
  await ask('/v1/db/canary-namespace/canary-key', { headers: { authorization: `Bearer ${wrong}` } });
  await ask('/v1/db/canary-namespace/canary-key', { headers: { origin: 'https://canary-origin.example' } });
  await ask('/v1/db/canary-namespace/%ffcanary-key');
  await ask('/canary-path?canary-query=1', { headers: { 'x-canary': 'canary-header' } });
  const ndjson = { 'content-type': 'application/x-ndjson' };
  await ask('/v1/load', { method: 'POST', body: '{"key":"canary-namespace/canary-key","value":nil}', headers: ndjson });
  await ask('/v1/import', { method: 'POST', body: '{"korudelta":"canary-value"}', headers: ndjson });
  await ask('/v1/rpc', {
    method: 'POST',
    body: '{"jsonrpc":"2.0","id":"canary-id","method":"canary-method","params":{"a":"canary-value"}}',
  });
  await ask('/v1/rpc', { method: 'POST', body: 'canary-value', headers: { 'content-type': 'canary/type' } });
  (await Feed.open(site, '/v1/watch?namespace=canary-namespace', headers)).close();
  const wire = site.connect();
  wire.send(`GET /canary-path HTTP/1.1\r\nHost: canary-host\r\nAuthorization: Bearer ${key}\r\ncanary header\r\n\r\n`);
  await wire.closed;
  errors.push(wire.text);
  // What fails here is a mistake of ours, whose words must stay here, too.
  const broken = await Site.begin({ log: 'debug', logTo: stream });
  broken.engine.carrier.call = () => Promise.reject(new Error('canary-mistake: canary-value'));
  const failed = await broken.ask('/v1/db/canary-namespace/canary-key/history');
  expect(failed.json).toMatchObject({ code: 'internal', status: 500 });
  errors.push(failed.text);
  await new Promise((resolve) => setTimeout(resolve, 50));

  expect(text()).toContain('"what":"failed"');
  expect(text()).toContain(`"key":"${kept.id}"`);
  expect(text()).not.toMatch(/canary/i);
  expect(errors.length).toBeGreaterThan(10);
  for (const secret of [key, wrong].flatMap((one) => [one, readKeyText(one)?.secret ?? one])) {
    expect(text()).not.toContain(secret);
    for (const error of errors) expect(error).not.toContain(secret);
  }
  for (const error of errors) expect(error).not.toMatch(/canary-(value|mistake|header|actor|reason|name\b)/);
});

test('a log that is off says nothing', async () => {
  const { stream, text } = log();
  const site = await Site.begin({ logTo: stream });
  await site.ask('/nowhere');
  expect(text()).toBe('');
});
