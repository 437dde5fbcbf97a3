import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { KoruDelta } from '../src/index.js';
import { endServers, kdelta, overHttp, overStdio, served } from './served.js';

afterAll(endServers);

const over: [name: string, open: typeof overHttp][] = [
  ['HTTP', overHttp],
  ['the standard streams', overStdio],
];

/** A server that answers what it is told, and its address. */
async function answering(answer: (request: IncomingMessage, response: ServerResponse, body: string) => void) {
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    answer(request, response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.closeAllConnections());
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const result = (value: unknown) => JSON.stringify({ jsonrpc: '2.0', id: 1, result: value });

describe('connect', () => {
  test.each<[string, string, object, string]>([
    ['no address', 'nonsense', {}, 'invalid_params'],
    ['another protocol', 'ftp://localhost', {}, 'invalid_params'],
    ['a password', 'http://user:secret@localhost', {}, 'invalid_params'],
    ['a query', 'http://localhost?x=1', {}, 'invalid_params'],
    ['a key that no header carries', 'http://localhost', { key: 'a\nb' }, 'invalid_params'],
    ['an empty key', 'http://localhost', { key: '' }, 'invalid_params'],
    ['a time limit that is none', 'http://localhost', { timeoutMs: Number.NaN }, 'invalid_params'],
    ['an aborted signal', 'http://localhost', { signal: AbortSignal.abort() }, 'cancelled'],
    ['a bridge that is not there', 'stdio:', { command: '/nonexistent/kdelta' }, 'bridge_not_found'],
    ['a program that is no bridge', 'stdio:', { command: ['node', '-e', '0', '--'] }, 'unreachable'],
    ['a folder that is none', 'stdio:/dev/null/x', { command: kdelta }, 'not_a_database'],
  ])('is refused with %s', async (_, url, options, code) => {
    const error = await KoruDelta.connect(url, options).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code });
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  test('says all ways to a bridge', async () => {
    const error = await KoruDelta.connect('stdio:./data', { command: '/nonexistent/kdelta' }).catch((e) => e);
    const told = JSON.stringify(error.hints);
    for (const way of ['command', 'KDELTA_BRIDGE', 'npm install', 'startWithPath']) expect(told).toContain(way);
  });

  test.each<[string, string, (response: ServerResponse) => void]>([
    ['what is no KoruDelta server', 'unreachable', (response) => response.end('<html>')],
    ['a redirect', 'unsupported_protocol', (response) => response.writeHead(302, { location: 'http://x/' }).end()],
    ['a newer protocol alone', 'unsupported_protocol', (response) => response.end(result({ protocol: 2 }))],
    ['a page of errors', 'unreachable', (response) => response.writeHead(502).end('<html>')],
    ['a proxy that wants a key', 'unauthorized', (response) => response.writeHead(401).end('who?')],
    ['a connection that breaks', 'unreachable', (response) => response.destroy()],
    ['a server that says nothing', 'unreachable', () => {}],
  ])('fails at %s', async (_, code, answer) => {
    const url = await answering((__, response) => answer(response));
    await expect(KoruDelta.connect(url, { retries: 0, timeoutMs: 300 })).rejects.toMatchObject({ code });
  });

  test('speaks with a newer server, whose news it passes over', async () => {
    const seen: string[] = [];
    const url = await answering((request, response, body) => {
      seen.push(`${request.headers.authorization} ${body}`);
      if (body.includes('"hello"'))
        response.end(result({ protocol: 1, news: [1], limits: { lineBytes: 1e6, more: 1 } }));
      else
        response.end(result({ mood: { value: 1 }, namespace: 'n', key: 'k', value: [1.5], previous: null, later: 1 }));
    });
    await using db = await KoruDelta.connect(url, { key: 'kdelta_x' });
    expect(await db.getText('n', 'k')).toBe('[1.5]');
    expect(await db.getVersion('n', 'k')).toMatchObject({ value: [1.5], later: 1 });
    expect(JSON.parse(seen[0]?.split(' ').slice(2).join(' ') ?? '').params).toMatchObject({ protocols: [1] });
    expect(seen.every((line) => line.startsWith('Bearer kdelta_x '))).toBe(true);
  });

  test('is answered by a server that speaks less than a newer client', async () => {
    const body = '{"jsonrpc":"2.0","id":1,"method":"hello","params":{"protocols":[1,2],"client":"new","wishes":[]}}\n';
    const response = await fetch(`${await served()}/v1/rpc`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(await response.json()).toMatchObject({ result: { protocol: 1 } });
  });
});

describe.each(over)('over %s', (_, open) => {
  test('an operation of the table is called by its name', async () => {
    const db = await open();
    const { version } = await db.call('put', { namespace: 'n', key: 'k', value: { a: 1 } });
    expect((await db.call('history', { namespace: 'n', key: 'k' })).versions).toMatchObject([{ version }]);
    await expect(db.call('watch' as never, {} as never)).rejects.toMatchObject({ code: 'invalid_params' });
    await expect(db.call('dance' as never, {} as never)).rejects.toMatchObject({ code: 'unknown_operation' });
  });

  test('a name that is given to a write keeps it from being written twice', async () => {
    const db = await open();
    const named = { idempotencyKey: 'one' };
    const first = await db.put('n', 'k', 1, named);
    expect(await db.put('n', 'k', 1, named)).toEqual(first);
    await expect(db.put('n', 'other', 1, named)).rejects.toMatchObject({ code: 'idempotency_mismatch' });
    const items = Array.from({ length: 600 }, (__, n) => ({ namespace: 'n', key: `k${n}`, value: n }));
    for (const source of [items.slice(0, 3), items, items.values(), Buffer.from('{"key":"n/a","value":1}')]) {
      const options = { idempotencyKey: crypto.randomUUID() };
      const again = typeof source === 'object' && 'next' in source ? items.values() : source;
      const { first } = await db.batchPut(source, options);
      expect((await db.batchPut(again, options)).first).toBe(first);
    }
    await db.transact((tx) => tx.put('n', 't', 1), { idempotencyKey: 't' });
    expect((await db.stats()).versions).toBe(1 + 3 + 600 + 600 + 1 + 1);
  });

  test('exact texts come back as they were written, by every way in', async () => {
    const db = await open();
    const texts = [
      '9007199254740993',
      '-0.0',
      '1e400',
      '1E+2',
      '[1.0,1,"\\u0000",{"b":1,"a":2,"\u2028":"\ud83d\udd11"}]',
      '"],\\"value\\":1}\\n{"',
      '{"value":{"previous":null},"result":1,"id":7}',
      '""',
    ];
    const lines = texts.map((text, n) => `{"key":"n/${n}","value":${text}}\n`).join('');
    // Cut within characters too.
    const bytes = Buffer.from(lines);
    await db.batchPut(Array.from({ length: bytes.length }, (__, at) => bytes.subarray(at, at + 1)));
    for (const [n, text] of texts.entries()) expect(await db.getText('n', String(n))).toBe(text);
    const file: Uint8Array[] = [];
    for await (const chunk of db.export()) file.push(chunk);
    const copy = await open();
    await copy.import(file);
    for (const n of texts.keys()) expect(await copy.getText('n', String(n))).toBe(await db.getText('n', String(n)));
  });

  test('a line that is not UTF-8 refuses the batch and is named', async () => {
    const db = await open();
    const bytes = Buffer.concat([
      Buffer.from('{"key":"n/a","value":1}\n{"key":"n/b","value":"'),
      Buffer.of(0xff),
      Buffer.from('"}\n'),
    ]);
    await expect(db.batchPut(bytes)).rejects.toMatchObject({ code: 'invalid_line', facts: { line: 2 } });
    expect((await db.stats()).versions).toBe(0);
  });

  test('a call is let go of at once, and the next ones are answered', async () => {
    const db = await open();
    const controller = new AbortController();
    const waiting = db.call('changes', { waitMs: 60_000 }, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    expect((await db.put('n', 'k', 1)).seq).toBe(1);
  });

  test('a call that takes too long ends with timeout, but not one that was asked to wait', async () => {
    const db = await open({ timeoutMs: 1_000, retries: 0 });
    expect((await db.call('changes', { waitMs: 1_500 })).changes).toEqual([]);
  });

  test('a value that no call carries is refused before it is sent', { timeout: 60_000 }, async () => {
    const db = await open();
    const values = Array.from({ length: 3 }, (__, n) => ({
      namespace: 'n',
      key: `k${n}`,
      value: 'x'.repeat(15 << 20),
    }));
    expect((await db.batchPut(values)).count).toBe(3);
    await expect(db.put('n', 'k', 'x'.repeat(40 << 20))).rejects.toMatchObject({
      code: 'request_too_large',
      facts: { outcome: 'not_done' },
    });
  });
});
