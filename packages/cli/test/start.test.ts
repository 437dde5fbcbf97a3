import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { done, folder, kdelta, start } from './kdelta.js';

/** Starts a server on any free port; resolves to the first line that it prints. */
async function serve(cwd: string, ...options: string[]): Promise<{ child: ChildProcess; line: string }> {
  const child = start(['start', '--port', '0', ...options], { cwd });
  if (!child.stdout) throw new Error('The child has no output.');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, line: (await lines.next()).value };
}

test('a server says where it listens, serves, and closes the database when it is told to stop', async () => {
  const cwd = folder();
  const { child, line } = await serve(cwd, '--db', 'data');
  const [, url] = /^KoruDelta is listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(line) ?? [];
  const headers = { 'content-type': 'application/json' };
  await fetch(`${url}/v1/db/users/alice`, { method: 'PUT', body: '{"age":30}', headers });
  const locked = kdelta(['set', 'users/bob', '1', '--db', 'data'], { cwd });
  expect(locked.code).toBe(6);
  const watching = await fetch(`${url}/v1/watch`);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await watching.text()).toContain('event: goaway');
  expect(await ended).toEqual([0, null]);
  expect(done(['get', 'users/alice', '--db', 'data', '--json'], { cwd })).toContain('"value":{"age":30}');
});

test('programs are told the address as JSON, and a database in memory needs no folder', async () => {
  const cwd = folder();
  const { child, line } = await serve(cwd, '--memory', '--json');
  const { url } = JSON.parse(line);
  expect(await (await fetch(`${url}/v1/stats`)).json()).toMatchObject({ location: 'memory' });
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
});

test('a second signal ends at once', async () => {
  const cwd = folder();
  const { child, line } = await serve(cwd, '--memory', '--json');
  const { port } = new URL(JSON.parse(line).url);
  // A load that never ends is under way, for which the first signal waits.
  const { connect } = await import('node:net');
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => {});
  const head =
    'POST /v1/load HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked';
  socket.write(`${head}\r\n\r\n`);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const ended = once(child, 'exit');
  const began = performance.now();
  child.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 200));
  child.kill('SIGTERM');
  expect(await ended).toEqual([1, null]);
  expect(performance.now() - began).toBeLessThan(5_000);
  socket.destroy();
});

test('a server that other machines would reach without a key does not begin, and says what to do', () => {
  const cwd = folder();
  const { code, stdout, stderr } = kdelta(['start', '--db', 'data', '--host', '0.0.0.0'], { cwd });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain("Error: Other machines reach '0.0.0.0'");
  expect(stderr).toContain('kdelta key create NAME');
  done(['key', 'create', 'boss', '--db', 'data'], { cwd });
});

test('a server whose database has keys wants them, on any address', async () => {
  const cwd = folder();
  const { key } = JSON.parse(done(['key', 'create', 'boss', '--db', 'data', '--json'], { cwd }));
  const { line } = await serve(cwd, '--db', 'data', '--host', '0.0.0.0', '--json');
  const url = JSON.parse(line).url.replace('0.0.0.0', '127.0.0.1');
  expect((await fetch(`${url}/v1/db`)).status).toBe(401);
  expect((await fetch(`${url}/v1/db`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(200);
});

test.each([
  [['--port', '65536'], '--port'],
  [['--port', 'http'], '--port'],
  [['--rate', '0'], '--rate'],
  [['--log', 'loud'], '--log'],
])('%j cannot be used', (options, name) => {
  const { code, stderr } = kdelta(['start', '--memory', ...options], { cwd: folder() });
  expect(code).toBe(2);
  expect(stderr).toContain(`Error: ${name} takes `);
});
