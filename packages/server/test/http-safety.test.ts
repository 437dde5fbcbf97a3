import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Site } from './site.js';

const KEY = '/v1/db/users/alice';

/** Sends a request as a browser or an attacker would, with headers that no client library lets through. */
async function raw(site: Site, head: string, body = ''): Promise<string> {
  const wire = site.connect();
  wire.send(`${head}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  await wire.closed;
  return wire.text;
}

test.each([
  ['another site', 'https://evil.example'],
  ['a page without an origin', 'null'],
  ['this machine on another port', 'http://localhost:1'],
  ['a name that only begins like ours', 'http://127.0.0.1.evil.example'],
])('a page of %s is refused, whatever it asks', async (_, origin) => {
  const site = await Site.begin();
  for (const head of [
    `GET ${KEY}`,
    `POST ${KEY}/revert`,
    `DELETE ${KEY}`,
    'POST /v1/rpc',
    'GET /health',
    'OPTIONS /v1/rpc',
  ]) {
    const text = await raw(site, `${head} HTTP/1.1\r\nHost: ${new URL(site.url).host}\r\nOrigin: ${origin}`);
    expect(text).toMatch(/^HTTP\/1\.1 403 /);
    expect(text.toLowerCase()).not.toContain('access-control-allow');
  }
});

test('a page of this server itself may call it', async () => {
  const site = await Site.begin();
  expect((await site.put(KEY, '1', { origin: site.url })).status).toBe(200);
});

test('an origin that is allowed may read and write, and is told what it may send', async () => {
  const site = await Site.begin({ allowOrigins: ['https://app.example.com'] });
  const origin = 'https://app.example.com';
  const asked = await site.ask(KEY, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'if-match' },
  });
  expect(asked.status).toBe(204);
  expect(asked.headers.get('access-control-allow-origin')).toBe(origin);
  expect(asked.headers.get('access-control-allow-methods')).toContain('PUT');
  expect(asked.headers.get('access-control-allow-headers')).toContain('If-Match');
  const written = await site.put(KEY, '1', { origin });
  expect(written.status).toBe(200);
  expect(written.headers.get('access-control-expose-headers')).toContain('ETag');
  expect(written.headers.get('vary')).toContain('Origin');
  expect((await site.ask('/v1/db', { headers: { origin: 'https://evil.example' } })).status).toBe(403);
});

test.each([
  'evil.example',
  'evil.example:7878',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  '0.0.0.0',
  '2130706433',
  '',
])('a request by the name %j, which may lead here from anywhere, is refused', async (host) => {
  const site = await Site.begin();
  for (const path of [KEY, '/', '/health']) {
    expect(await raw(site, `GET ${path} HTTP/1.1\r\nHost: ${host}`)).toMatch(/^HTTP\/1\.1 40[03] /);
  }
});

test.each(['localhost', 'localhost:7878', '127.0.0.1:1', '[::1]:7878', 'LOCALHOST'])(
  'the name %s is ours',
  async (host) => {
    const site = await Site.begin();
    expect(await raw(site, `GET /v1/db HTTP/1.1\r\nHost: ${host}`)).toMatch(/^HTTP\/1\.1 200 /);
  },
);

test.each([
  ['a form', 'application/x-www-form-urlencoded'],
  ['a form with files', 'multipart/form-data; boundary=x'],
  ['plain text', 'text/plain'],
  ['nothing said', ''],
  ['nonsense', 'a/b/c'],
])('what a page can send without asking is refused: %s', async (_, type) => {
  const site = await Site.begin();
  await site.put(KEY, '1');
  const sent = [
    `PUT ${KEY}`,
    `DELETE ${KEY}`,
    `POST ${KEY}/revert`,
    'POST /v1/rpc',
    'POST /v1/batch',
    'POST /v1/load',
    'POST /v1/import',
  ];
  for (const head of sent) {
    const kind = type === '' ? '' : `\r\nContent-Type: ${type}`;
    const body = '{"jsonrpc":"2.0","id":1,"method":"delete","params":{"namespace":"users","key":"alice"}}';
    expect([head, (await raw(site, `${head} HTTP/1.1\r\nHost: localhost${kind}`, body)).slice(0, 12)]).toEqual([
      head,
      'HTTP/1.1 415',
    ]);
  }
  expect(await site.versions()).toBe(1);
});

test.each(['gzip', 'br', 'deflate', 'zstd', 'gzip, gzip', 'GZIP'])(
  'a body that is packed as %s is refused unread',
  async (encoding) => {
    const site = await Site.begin();
    const bomb = gzipSync(Buffer.alloc(16 << 20, ' '));
    for (const path of ['/v1/load', '/v1/import', '/v1/rpc']) {
      const answer = await site.lines(path, bomb, { headers: { 'content-encoding': encoding } });
      expect([path, answer.status, answer.json.code]).toEqual([path, 415, 'unsupported_media_type']);
    }
    expect((await site.put(KEY, bomb, { 'content-encoding': encoding })).status).toBe(415);
    expect(await site.versions()).toBe(0);
  },
);

const POST = 'POST /v1/rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
const smuggled = 'DELETE /v1/db/users/alice HTTP/1.1\r\nHost: localhost\r\n\r\n';

test.each([
  ['two lengths', `${POST}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}   ${smuggled}`],
  ['two lengths in one', `${POST}Content-Length: 5, 6\r\n\r\n{}   ${smuggled}`],
  ['a length with chunks', `${POST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`],
  ['chunks with a length', `${POST}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${smuggled}`],
  ['chunks that are something else', `${POST}Transfer-Encoding: xchunked\r\n\r\n${smuggled}`],
  ['chunks twice', `${POST}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n${smuggled}`],
  ['chunks behind a space', `${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${smuggled}`],
  ['a length below zero', `${POST}Content-Length: -1\r\n\r\n${smuggled}`],
  ['a length with a sign', `${POST}Content-Length: +5\r\n\r\n${smuggled}`],
  ['a length in hexadecimal', `${POST}Content-Length: 0x5\r\n\r\n${smuggled}`],
  ['a length of letters', `${POST}Content-Length: five\r\n\r\n${smuggled}`],
  ['a chunk of a bad size', `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n${smuggled}`],
  ['a chunk of a size that is too large', `${POST}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n${smuggled}`],
  ['bare line feeds', 'GET /v1/db HTTP/1.1\nHost: localhost\n\n'],
  ['a bare carriage return', 'GET /v1/db HTTP/1.1\r\nHost: localhost\rX: y\r\n\r\n'],
  ['a folded header', 'GET /v1/db HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n'],
  ['a NUL in a header', 'GET /v1/db HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n'],
  ['a NUL in the path', 'GET /v1/db/\0 HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ['a space in the path', 'GET /v1/db/a b HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ['a header without a name', 'GET /v1/db HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n'],
  ['a header without a colon', 'GET /v1/db HTTP/1.1\r\nHost: localhost\r\nnonsense\r\n\r\n'],
  ['another version', 'GET /v1/db HTTP/3.0\r\nHost: localhost\r\n\r\n'],
  ['no version', 'GET /v1/db\r\n\r\n'],
  ['no host', 'GET /v1/db HTTP/1.1\r\n\r\n'],
  ['a method that is none', 'G@T /v1/db HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['nonsense', 'nonsense\r\n\r\n'],
])('what is no clean request is refused, and its connection closed: %s', async (_, bytes) => {
  const site = await Site.begin();
  await site.put(KEY, '1');
  const wire = site.connect();
  wire.send(bytes);
  await wire.closed;
  expect(wire.text).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(wire.text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  expect((await site.ask(KEY)).text).toBe('1');
});

test('two hosts are one request by one name, and refused where the first is not ours', async () => {
  const site = await Site.begin();
  expect(await raw(site, 'GET /v1/db HTTP/1.1\r\nHost: evil.example\r\nHost: localhost')).toMatch(
    /^HTTP\/1\.1 40[03] /,
  );
});

test('headers that are too long are refused as that', async () => {
  const site = await Site.begin();
  const long = await raw(site, `GET /v1/db HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(17_000)}`);
  expect(long).toMatch(/^HTTP\/1\.1 431 /);
  expect(long).toContain('"code":"request_too_large"');
  expect(await raw(site, `GET /v1/db/n/${'k'.repeat(17_000)} HTTP/1.1\r\nHost: localhost`)).toMatch(/^HTTP\/1\.1 431 /);
});

test('a body that says that it is too long is refused before it comes', async () => {
  const site = await Site.begin();
  const wire = site.connect();
  wire.send(
    `PUT ${KEY} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10737418240\r\n\r\n`,
  );
  expect(await wire.until('"status":413')).toMatch(/^HTTP\/1\.1 413 /);
  expect(wire.text).toContain('"code":"request_too_large"');
  await wire.closed;
});

test('a client makes no more requests than it may, and is told when to come again', async () => {
  const site = await Site.begin({ rate: 5 });
  const answers = await Promise.all(Array.from({ length: 20 }, () => site.ask('/v1/db')));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(10);
  expect(refused[0]?.json).toMatchObject({ code: 'rate_limited', retryable: true });
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await site.ask('/health')).status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  expect((await site.ask('/v1/db')).status).toBe(200);
});

test('a port that is taken and an address that is not ours are told as such', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  await expect(Site.begin({ port })).rejects.toMatchObject({ code: 'unavailable' });
  await new Promise((resolve) => other.close(resolve));
  await expect(Site.begin({ host: 'no-such-name.invalid' })).rejects.toMatchObject({ code: 'invalid_params' });
});

test('a server that stops finishes what is under way, and refuses what is new', async () => {
  const site = await Site.begin();
  const wire = site.connect();
  wire.send(
    'POST /v1/load HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n',
  );
  wire.send('18\r\n{"key":"n/a","value":1}\n\r\n');
  await new Promise((resolve) => setTimeout(resolve, 100));
  const stopped = site.server.stop();
  const ready = await site.ask('/ready');
  expect(ready).toMatchObject({ status: 503, json: { failing: ['stopping'] } });
  const refused = await site.put('/v1/db/n/b', '1');
  expect(refused).toMatchObject({ status: 503, json: { code: 'unavailable', retryable: true } });
  expect(refused.headers.get('retry-after')).toBe('1');
  wire.send('0\r\n\r\n');
  expect(await wire.until('"count":1')).toMatch(/^HTTP\/1\.1 200 /);
  await stopped;
  await expect(site.ask('/health')).rejects.toThrow();
  expect(await site.versions()).toBe(1);
});
