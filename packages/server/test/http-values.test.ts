import { expect, test } from 'vitest';
import { oneValue } from '../src/http/json-value.js';
import { Site } from './site.js';

const KEY = '/v1/db/users/alice';

test.each([
  ['a second member', '1,"key":"eve"'],
  ['another key', '1,"key":"eve","value":2'],
  ['the end of the params', '1},"method":"delete","x":{"a":1'],
  [
    'the end of the request',
    '1}}\n{"jsonrpc":"2.0","id":0,"method":"delete","params":{"namespace":"users","key":"bob"}}',
  ],
  ['a line in a string', '"\n{\\"jsonrpc\\":1}\n"'],
  ['an escaped line feed in a string', '"\\\n"'],
  ['a string that closes early', '"a","key":"eve"'],
  ['a string that never closes', '"a'],
  ['a string that ends with its escape', '"a\\'],
  ['brackets of two kinds', '[1},"key":"eve",{"a":1]'],
  ['brackets that close early', '{}},"key":"eve"'],
  ['brackets that never close', '{"a":1'],
  ['two values', '1 2'],
  ['two objects', '{}{}'],
  ['a word that goes on', 'null,"key":"eve"'],
  ['a bare word', 'nil'],
  ['a comment', '/**/1'],
  ['a byte order mark', '\ufeff1'],
  ['a member twice', '{"a":1,"a":2}'],
  ['a lone surrogate', '"\\ud800"'],
  ['NaN', 'NaN'],
  ['nothing', ''],
  ['white space', ' \n\t '],
  ['a depth of 129', '['.repeat(129) + ']'.repeat(129)],
  ['a depth of a million', '['.repeat(1_000_000)],
])('a body with %s is refused, and nothing is written', async (_, body) => {
  const site = await Site.begin();
  await site.put('/v1/db/users/bob', '1');
  const { status, json } = await site.put(KEY, body);
  expect(status).toBe(400);
  expect(json.code).toMatch(/^invalid_(json|params)$/);
  expect(await site.versions()).toBe(1);
});

test('a body that is no JSON inside is refused as such', async () => {
  const site = await Site.begin();
  const { json } = await site.put(`${KEY}?reason=%C3%A9`, ' {"a":\n nil}');
  expect(json).toMatchObject({ code: 'invalid_json', detail: 'The body is not JSON: expected ident.' });
  const batch = await site.ask('/v1/batch?actor=a', { method: 'POST', body: '{"ops":[nil]}' });
  expect(batch.json).toMatchObject({
    code: 'invalid_json',
    detail: 'The body is not JSON: expected ident.',
  });
});

test.each([
  [[0xff]],
  [[0xc3]],
  [[0xc0, 0xaf]],
  [[0xed, 0xa0, 0x80]],
  [[0xf5, 0x80, 0x80, 0x80]],
  [[0x22, 0xe2, 0x82, 0x22]],
])('a body that is not UTF-8 is refused: %j', async (bytes) => {
  const site = await Site.begin();
  expect((await site.put(KEY, Buffer.from(bytes))).json.code).toBe('invalid_json');
  expect((await site.put(KEY, Buffer.from([0x22, ...bytes, 0x22]))).json.code).toBe('invalid_json');
  expect(await site.versions()).toBe(0);
});

/** Every text of up to four of these. */
function* texts(parts: readonly string[], most: number): Generator<string> {
  yield '';
  if (most > 0) for (const text of texts(parts, most - 1)) for (const part of parts) yield part + text;
}

test('what is taken for one value is one, wherever it is put', () => {
  const parts = ['{', '}', '[', ']', '"', '"a":', ',', ':', '\\', '1', 'null', ' ', '\n'];
  let [values, refused] = [0, 0];
  for (const text of texts(parts, 4)) {
    const isValue = isJson(text);
    let taken: string | undefined;
    try {
      taken = oneValue(Buffer.from(text)).toString();
    } catch {
      refused += 1;
    }
    if (isValue) values += 1;
    // No value is refused, and what is no value stays none in any place: nothing beside it comes to be.
    if (isValue ? taken === undefined : taken !== undefined && isJson(`{"value":${taken}}`)) expect(text).toBe('taken');
    if (taken?.includes('\n')) expect(taken).toBe('without a line feed');
  }
  expect(values).toBeGreaterThan(300);
  expect(refused).toBeGreaterThan(10_000);
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test.each([
  ['..', '%2e%2e', '..%2f..%2fetc%2fpasswd'],
  ['..', '..', '%2e%2e%2f%2e%2e'],
  ['.', '%2e', '.'],
  ['a slash', 'a', 'b%2Fc%2fd'],
  ['a NUL', 'a', 'b%00c'],
  ['a backslash', 'a%5Cb', '..%5C..%5Cboot.ini'],
  ['a device', 'con', 'nul.txt'],
  ['a percent', '100%25', '%2525'],
  ['a question', 'a%3Fb', 'c%23d'],
  ['a plus and a space', 'a+b', 'c%20d'],
  ['a semicolon', 'a;b', 'c;d=e'],
  ['a byte order mark', 'a', '%EF%BB%BF'],
  ['what turns the writing round', 'a', '%E2%80%AEtxt'],
  ['the names of prototypes', 'constructor', '__proto__'],
  ['1,024 bytes', 'a', 'k'.repeat(1_024)],
])('a name with %s is a name, and never a path', async (_, namespace, key) => {
  const site = await Site.begin();
  // By hand, since a client library would tidy the path up.
  const wire = site.connect();
  const path = `/v1/db/${namespace}/${key}`;
  wire.send(`PUT ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n7`);
  const text = await wire.until('}');
  expect(text).toMatch(/^HTTP\/1\.1 200 /);
  const written = JSON.parse(text.slice(text.indexOf('{')));
  const name = (encoded: string) => Buffer.from(decodeURIComponent(encoded)).toString('latin1');
  expect([written.namespace, written.key].map((one) => JSON.stringify(one))).toEqual(
    [name(namespace), name(key)].map((one) => JSON.stringify(one)),
  );
  const { items } = JSON.parse(
    await site.engine.carrier.call('list', JSON.stringify({ namespace: decodeURIComponent(namespace) })),
  );
  expect(items).toMatchObject([{ key: decodeURIComponent(key), value: 7 }]);
});

test.each([
  ['half an escape', '/v1/db/a/%', 400],
  ['an escape that is none', '/v1/db/a/%zz', 400],
  ['overlong UTF-8', '/v1/db/a/%c0%af', 400],
  ['half a character', '/v1/db/a/%e2%82', 400],
  ['a surrogate', '/v1/db/a/%ed%a0%80', 400],
  ['a bad escape in the query', '/v1/db/a?prefix=%ff', 400],
  ['an encoded slash in a namespace', '/v1/db/a%2fb/c', 400],
  ['a control character in a namespace', '/v1/db/a%0ab/c', 400],
  ['a namespace that is too long', `/v1/db/${'n'.repeat(129)}/c`, 400],
  ['a key that is too long', `/v1/db/a/${'k'.repeat(1_025)}`, 400],
  ['an empty key', '/v1/db/a/', 400],
  ['an empty namespace', '/v1/db//a', 400],
  ['another capital', '/V1/db/a/b', 404],
  ['a slash too many', '//v1/db/a/b', 404],
  ['a slash at the end', '/v1/stats/', 404],
  ['a whole address', 'http://evil.example/v1/db/a/b', 404],
  ['dots that lead out', '/v1/../v1/stats', 404],
])('an address with %s is refused', async (_, path, status) => {
  const site = await Site.begin();
  const wire = site.connect();
  wire.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  await wire.closed;
  expect(wire.text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(wire.text).toContain('application/problem+json');
});
