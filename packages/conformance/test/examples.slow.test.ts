import { execFile } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { operations } from '@koru-delta/protocol';
import { KoruDelta } from 'koru-delta';
import { expect, onTestFinished, test } from 'vitest';
import { kdelta, ServerProcess } from '../src/program.js';

/* Every example of docs/reference/operations.md, in each language, one after the other in the order of the page. */

const root = fileURLToPath(new URL('../../..', import.meta.url));
const page = readFileSync(join(root, 'docs/reference/operations.md'), 'utf8');
const run = promisify(execFile);
const environment = { ...process.env, KDELTA_BRIDGE: kdelta.join(' '), PYTHONPATH: join(root, 'bindings/python/src') };

function examples(language: string): { name: string; code: string }[] {
  const found = operations.map(({ name }) => {
    const [, section = ''] = page.split(`\n## ${name}\n`);
    const [, code = ''] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\n\`\`\``).exec(section) ?? [];
    return { name, code };
  });
  expect(found.filter(({ code }) => code === '')).toEqual([]);
  return found;
}

/** A folder with the files that the examples read. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'koru-examples-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  writeFileSync(join(path, 'users.jsonl'), '{"key":"users/dan","value":{"name":"Dan"}}\n');
  writeFileSync(join(path, 'history.jsonl'), '{"key":"users/eve","timestamp":"2020-01-01T00:00:00Z","value":1}\n');
  return path;
}

const indented = (code: string) => code.replaceAll(/^(?=.)/gm, '    ');

test('in TypeScript', async () => {
  const path = folder();
  await using db = await KoruDelta.start();
  const AsyncFunction = (async () => {}).constructor as new (...texts: string[]) => (...given: unknown[]) => unknown;
  for (const { name, code } of examples('ts')) {
    // Whoever watches waits for somebody who writes.
    const writer = name === 'watch' ? setInterval(() => db.put('users', 'fay', 1), 20) : undefined;
    const silent = { console: { log() {} }, process: { stdout: { write() {} } } };
    const body = new AsyncFunction('db', 'createReadStream', 'console', 'process', code);
    await body(db, (file: string) => createReadStream(join(path, file)), silent.console, silent.process);
    clearInterval(writer);
  }
  expect(await db.get('users', 'dan')).toEqual({ name: 'Dan' });
}, 60_000);

test('in Python', async () => {
  const all = examples('python').map(({ name, code }) =>
    name === 'watch' ? `threading.Timer(0.5, lambda: db.put("users", "fay", 1)).start()\n${code}` : code,
  );
  const script = `import sys, threading\nfrom pathlib import Path\nfrom koru_delta import KoruDelta\n\nwith KoruDelta.start() as db:\n${indented(all.join('\n'))}\n    assert db.get("users", "dan") == {"name": "Dan"}\n`;
  await run('python3', ['-W', 'error', '-c', script], { cwd: folder(), env: environment });
}, 60_000);

test('in Go', async () => {
  const path = folder();
  const all = examples('go').map(({ name, code }) => {
    const end = code.startsWith('for ')
      ? 'return nil'
      : code.startsWith('err ')
        ? 'return err'
        : '_ = found\nreturn err';
    const writer = 'time.AfterFunc(500*time.Millisecond, func() { db.Put(ctx, "users", "fay", 1) })\n';
    return `func() error {\n${name === 'watch' ? writer : ''}${code}\n${end}\n},\n`;
  });
  writeFileSync(
    join(path, 'main.go'),
    `package main\n\nimport (\n"context"\n"fmt"\n"log"\n"os"\n"time"\n\nkoru "github.com/koru-delta/go-client"\n)\n\nfunc main() {\nctx := context.Background()\ndb, err := koru.Start(ctx)\nif err != nil {\nlog.Fatal(err)\n}\ndefer db.Close()\nfor n, example := range []func() error{\n${all.join('')}} {\nif err := example(); err != nil {\nlog.Fatal(n, err)\n}\n}\nvalue, err := db.Get(ctx, "users", "dan")\nfmt.Println(value, err)\n}\n`,
  );
  const [, version = ''] = /^go (.+)$/m.exec(readFileSync(join(root, 'bindings/go/go.mod'), 'utf8')) ?? [];
  const replaced = `replace github.com/koru-delta/go-client => ${join(root, 'bindings/go')}`;
  const required = 'require github.com/koru-delta/go-client v0.0.0';
  writeFileSync(join(path, 'go.mod'), `module example\n\ngo ${version}\n\n${required}\n\n${replaced}\n`);
  const { stdout } = await run('go', ['run', '.'], { cwd: path, env: { ...environment, GOFLAGS: '-mod=mod' } });
  expect(stdout).toContain('map[name:Dan] <nil>');
}, 120_000);

test('with curl', async () => {
  const path = folder();
  const server = await ServerProcess.start();
  onTestFinished(() => server.stop());
  for (const { name, code } of examples('sh')) {
    const command = code.replace('http://127.0.0.1:7878', server.url).replace('curl ', 'curl --fail-with-body ');
    if (name !== 'watch') {
      await run('sh', ['-c', command], { cwd: path });
      continue;
    }
    const headers = { 'content-type': 'application/json' };
    const write = () => fetch(`${server.url}/v1/db/users/fay`, { method: 'PUT', body: '1', headers });
    const writer = setInterval(write, 100);
    // It has no end of its own.
    const watching = run('sh', ['-c', `${command} --max-time 2`], { cwd: path });
    await expect(watching).rejects.toMatchObject({ code: 28, stdout: expect.stringContaining('event: change') });
    clearInterval(writer);
  }
  const { stdout } = await run('curl', ['-sS', `${server.url}/v1/db/users/dan`]);
  expect(stdout).toBe('{"name":"Dan"}');
}, 60_000);
