import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer, request } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { KoruDelta } from '../src/index.js';
import { temporaryFolder } from './folder.js';
import { endServers, kdelta, served } from './served.js';

afterAll(endServers);

/** A server in a process of its own, to be killed. */
async function start(folder: string, port = 0): Promise<{ child: ChildProcess; url: string }> {
  const [node, program] = kdelta;
  const args = [program, 'start', '--db', folder, '--port', String(port), '--json'];
  const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) return { child, url: JSON.parse(line).url };
  throw new Error('The server ended before it said where it listens.');
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A way to a server that can be told to swallow answers, and then breaks the connection. */
async function breaking(target: string) {
  const told = { swallow: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(new URL(target).port), '127.0.0.1');
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => {}));
    client.pipe(upstream);
    upstream.on('data', (chunk) => {
      if (told.swallow === 0) client.write(chunk);
      else {
        told.swallow -= 1;
        client.destroy();
      }
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  return { url: await listening(server), told };
}

test('a write whose answer is lost is unknown, and done or not', async () => {
  const { url, told } = await breaking(await served());
  await using db = await KoruDelta.connect(url);
  told.swallow = 1;
  await expect(db.put('n', 'k', 1)).rejects.toMatchObject({ code: 'connection_lost', facts: { outcome: 'unknown' } });
  expect(await db.get('n', 'k')).toBe(1);
});

test('a write with a name is sent again, and written once', async () => {
  const { url, told } = await breaking(await served());
  await using db = await KoruDelta.connect(url);
  told.swallow = 2;
  const { seq } = await db.put('n', 'k', 1, { idempotencyKey: 'once' });
  expect(told.swallow).toBe(0);
  told.swallow = 1;
  const { count } = await db.batchPut([{ namespace: 'n', key: 'b', value: 1 }], { idempotencyKey: 'twice' });
  told.swallow = 1;
  const long = Array.from({ length: 600 }, (_, n) => ({ namespace: 'long', key: `k${n}`, value: n }));
  expect((await db.batchPut(long, { idempotencyKey: 'thrice' })).firstSeq).toBe(3);
  expect(told.swallow).toBe(0);
  expect([seq, count, (await db.stats()).versions]).toEqual([1, 1, 602]);
});

test('a read is sent again, and no more often than it may be', async () => {
  const { url, told } = await breaking(await served());
  await using db = await KoruDelta.connect(url, { retries: 1 });
  told.swallow = 1;
  expect(await db.get('n', 'k')).toBeUndefined();
  told.swallow = 2;
  await expect(db.get('n', 'k')).rejects.toMatchObject({ code: 'connection_lost' });
});

test('a server that asks for patience gets it, and a conflict is an answer', async () => {
  let refusals = 0;
  const target = await served();
  const server = createHttpServer((incoming, outgoing) => {
    if (refusals > 0) {
      refusals -= 1;
      incoming.resume().on('end', () => outgoing.writeHead(503, { 'retry-after': '0' }).end());
      return;
    }
    const { method, headers } = incoming;
    incoming.pipe(
      request(target + incoming.url, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      }),
    );
  });
  await using db = await KoruDelta.connect(await listening(server));
  refusals = 2;
  expect((await db.put('n', 'k', 1)).seq).toBe(1);
  refusals = 3;
  await expect(db.put('n', 'k', 1)).rejects.toMatchObject({ code: 'unavailable' });
  await expect(db.put('n', 'k', 1, { ifVersion: null })).rejects.toMatchObject({ code: 'conflict' });
  expect((await db.stats()).versions).toBe(1);
});

test('a server that is killed and comes back has every named write once', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder();
  const first = await start(folder);
  await using db = await KoruDelta.connect(first.url, { retries: 12 });
  const writes: Promise<unknown>[] = [];
  for (let n = 0; n < 300; n += 1) {
    writes.push(db.put('n', `k${n}`, n, { idempotencyKey: `name-${n}` }));
    if (n % 30 === 0) await writes.at(-1);
    if (n === 150) await kill(first.child);
    if (n === 150) void start(folder, Number(new URL(first.url).port));
  }
  await Promise.all(writes);
  const written: string[] = [];
  for await (const { key } of db.changes()) written.push(key);
  expect(written).toEqual(Array.from({ length: 300 }, (_, n) => `k${n}`));
});

test('a load that a dying server did not hear to its end is not done', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder();
  const { child, url } = await start(folder);
  const db = await KoruDelta.connect(url, { retries: 0 });
  async function* lines() {
    for (let n = 0; n < 2_000; n += 1) {
      if (n === 1_000) await kill(child);
      yield Buffer.from(`{"key":"n/${n}","value":"${'x'.repeat(1_000)}"}\n`);
    }
  }
  const lost = await db.batchPut(lines()).catch((reason: unknown) => reason);
  expect(lost).toMatchObject({ facts: { outcome: 'not_done' } });
  expect(['connection_lost', 'unreachable']).toContain((lost as { code: string }).code);
  await expect(db.put('n', 'k', 1)).rejects.toMatchObject({ code: 'unreachable', facts: { outcome: 'not_done' } });
  await db.close();
  await using again = await KoruDelta.startWithPath(folder);
  expect((await again.stats()).versions).toBe(0);
});

test('a bridge that dies is told of, and nothing waits for it', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder();
  const pid = join(folder, 'pid');
  const command = ['sh', '-c', `echo $$ > '${pid}'; exec "$@"`, 'sh', ...kdelta];
  const db = await KoruDelta.connect(`stdio:${join(folder, 'data')}`, { command });
  await db.put('n', 'k', 1);
  const waiting = db.call('changes', { since: 'seq:1', waitMs: 60_000 });
  const watching = (async () => {
    for await (const change of db.watch()) return change;
    return undefined;
  })();
  setTimeout(async () => process.kill(Number(await readFile(pid, 'utf8')), 'SIGKILL'), 100);
  const lost = { code: 'connection_lost' };
  await Promise.all([expect(waiting).rejects.toMatchObject(lost), expect(watching).rejects.toMatchObject(lost)]);
  await expect(db.put('n', 'k', 1)).rejects.toMatchObject({ code: 'connection_lost', facts: { outcome: 'not_done' } });
  await expect(db.get('n', 'k')).rejects.toMatchObject({ code: 'connection_lost' });
  await expect(db.batchPut(Buffer.from('{"key":"n/a","value":1}'))).rejects.toMatchObject({ code: 'connection_lost' });
  await db.close();
  await using again = await KoruDelta.startWithPath(join(folder, 'data'));
  expect(await again.get('n', 'k')).toBe(1);
});

test('a folder that somebody writes to is locked for a bridge, which says so', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder();
  await using _ = await KoruDelta.startWithPath(folder);
  await expect(KoruDelta.connect(`stdio:${folder}`, { command: kdelta })).rejects.toMatchObject({
    code: 'database_locked',
    facts: { pid: process.pid },
  });
});

test('a program may end without closing what it has open', { timeout: 60_000 }, async () => {
  const built = new URL('../dist/index.js', import.meta.url).href;
  const folder = await temporaryFolder();
  for (const [url, options] of [
    [`stdio:${join(folder, 'data')}`, { command: kdelta }],
    [await served(), {}],
  ]) {
    const script = `import { KoruDelta } from ${JSON.stringify(built)};
      const db = await KoruDelta.connect(${JSON.stringify(url)}, ${JSON.stringify(options)});
      await db.put('n', 'k', 1);
      console.log('done');`;
    const child = spawn('node', ['--input-type=module', '-e', script], { stdio: ['ignore', 'ignore', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    expect(await once(child, 'exit')).toEqual([0, null]);
  }
});

test('a feed passes a proxy that keeps every answer until it is whole', { timeout: 60_000 }, async () => {
  const target = await served();
  const server = createHttpServer((incoming, outgoing) => {
    const { method, headers } = incoming;
    const passed = request(target + incoming.url, { method, headers }, async (answer) => {
      const whole: Buffer[] = [];
      for await (const chunk of answer) whole.push(chunk);
      outgoing.writeHead(answer.statusCode ?? 500, { 'content-type': answer.headers['content-type'] });
      outgoing.end(Buffer.concat(whole));
    });
    passed.on('error', () => outgoing.destroy());
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  });
  await using db = await KoruDelta.connect(await listening(server));
  await using direct = await KoruDelta.connect(target);
  const seen: string[] = [];
  const watching = (async () => {
    for await (const { key } of db.watch({ namespace: 'n' })) if (seen.push(key) === 3) return;
  })();
  for (const key of ['a', 'b', 'c']) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    await direct.put('n', key, 1);
  }
  await watching;
  expect(seen).toEqual(['a', 'b', 'c']);
});
