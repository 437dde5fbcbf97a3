import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { done, ended, folder, kdelta, lines, program, start } from './kdelta.js';

let cwd: string;
beforeEach(() => {
  cwd = folder();
});

const row = (i: number) => `${JSON.stringify({ key: `n/${i}`, value: { i, text: 'x'.repeat(80) } })}\n`;
const rows = (many: number) => Array.from({ length: many }, (_, i) => row(i)).join('');
const versions = () => JSON.parse(done(['status', '--json'], { cwd })).versions as number;

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s in the middle of a batch writes nothing, and the next command works', async (signal, code) => {
  done(['set', 'a/k', '1'], { cwd });
  const child = start(['batch', '--file', '-', '--progress'], { cwd });
  const end = ended(child);
  child.stdin?.write(rows(20_000));
  child.stderr?.once('data', () => child.kill(signal));
  const run = await end;
  expect([run.code, run.stdout]).toEqual([code, '']);
  expect(run.stderr).toMatch(/\nError: Interrupted\. Nothing was written\.\n$/);
  expect(versions()).toBe(1);
  done(['set', 'a/k', '2'], { cwd });
});

test('an interrupted batch in parts says what stays', async () => {
  const child = start(['batch', '--file', '-', '--batch-size', '1000', '--progress'], { cwd });
  const end = ended(child);
  child.stdin?.write(rows(2500));
  await pause(3000);
  child.kill('SIGINT');
  const run = await end;
  expect(run.stderr).toMatch(/Error: Interrupted\. What was written before stays: 2 batches with 2,000 versions\.\n$/);
  expect([run.code, versions()]).toEqual([130, 2000]);
});

test('an interrupted import brings in nothing', async () => {
  const history = rows(20_000).replaceAll('"value"', '"timestamp":"2020-01-01T00:00:00Z","value"');
  const child = start(['import', '-', '--progress'], { cwd });
  const end = ended(child);
  child.stdin?.write(history);
  child.stderr?.once('data', () => child.kill('SIGINT'));
  const run = await end;
  expect([run.code, run.stderr.split('\n').at(-2)]).toEqual([130, 'Error: Interrupted. Nothing was imported.']);
  expect(versions()).toBe(0);
});

test('an interrupted export leaves no file behind', async () => {
  done(['batch', '--file', '-'], { cwd, input: rows(200_000) });
  const child = start(['export', '--output', 'data.jsonl.gz'], { cwd });
  const end = ended(child);
  while (readdirSync(cwd).length === 1) await new Promise((resolve) => setTimeout(resolve, 1));
  child.kill('SIGINT');
  const run = await end;
  expect([run.code, run.stderr.split('\n').at(-2)]).toEqual([130, 'Error: Interrupted. The export is not complete.']);
  expect(readdirSync(cwd)).toEqual(['.kdelta']);
});

test('a second Ctrl-C ends at once what does not stop at the first', async () => {
  done(['set', 'a/k', '1'], { cwd });
  // A named pipe that nobody writes to: opening it cannot be interrupted.
  spawnSync('bash', ['-c', 'mkfifo pipe'], { cwd });
  const child = start(['batch', '--file', 'pipe'], { cwd });
  const end = ended(child);
  await pause(500);
  child.kill('SIGINT');
  await pause(300);
  child.kill('SIGINT');
  await end;
  expect([child.exitCode, child.signalCode]).toEqual([null, 'SIGINT']);
});

test('kill -9 in the middle of a batch leaves nothing of it, and the next command opens', async () => {
  done(['set', 'a/k', '1'], { cwd });
  for (let round = 0; round < 5; round++) {
    const child = start(['batch', '--file', '-', '--progress'], { cwd });
    const end = ended(child);
    child.stdin?.write(rows(5000));
    await new Promise((resolve) => child.stderr?.once('data', resolve));
    child.kill('SIGKILL');
    await end;
    expect(versions()).toBe(1 + round);
    done(['set', 'a/k', String(round)], { cwd });
  }
  done(['verify'], { cwd });
});

test('kill -9 between batches keeps every batch whole', async () => {
  const child = start(['batch', '--file', '-', '--batch-size', '100'], { cwd });
  const end = ended(child);
  child.stdin?.write(rows(100_000));
  await pause(700);
  child.kill('SIGKILL');
  await end;
  const kept = versions();
  expect(kept % 100).toBe(0);
  expect(lines(done(['list', 'n', '--keys'], { cwd }))).toHaveLength(kept);
  done(['verify'], { cwd });
});

test('reads work beside a writer, and a second writer is told who writes', async () => {
  done(['set', 'a/k', '1'], { cwd });
  const child = start(['batch', '--file', '-', '--progress'], { cwd });
  const end = ended(child);
  child.stdin?.write(rows(1000));
  await new Promise((resolve) => child.stderr?.once('data', resolve));
  expect(done(['get', 'a/k'], { cwd })).toBe('1\n');
  expect(done(['list'], { cwd })).toBe('a  1 key\n');
  const { code, stderr } = kdelta(['set', 'a/k', '2'], { cwd });
  expect(code).toBe(6);
  expect(stderr).toContain(String(child.pid));
  child.stdin?.end();
  expect((await end).code).toBe(0);
  expect(versions()).toBe(1001);
});

test('two commands at once both write', async () => {
  const both = await Promise.all(
    Array.from({ length: 4 }, (_, i) => ended(start(['set', `a/${i}`, String(i)], { cwd }))),
  );
  expect(both.map(({ code, stderr }) => [code, stderr])).toEqual(Array(4).fill([0, '']));
  expect(versions()).toBe(4);
});

test('a reader that has seen enough ends the command without a word', () => {
  done(['batch', '--file', '-'], { cwd, input: rows(20_000) });
  for (const command of ['list n', 'list n --json', 'export', 'log n/1 --json']) {
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['-c', `"${process.execPath}" "${program}" ${command} | head -n 1; exit "\${PIPESTATUS[0]}"`],
      { cwd, encoding: 'utf8' },
    );
    expect([status, lines(stdout).length, stderr], command).toEqual([0, 1, '']);
  }
});

test.skipIf(!existsSync('/dev/full'))('a disk that is full behind stdout is said', () => {
  done(['set', 'a/k', '1'], { cwd });
  const redirected = (line: string) =>
    spawnSync('bash', ['-c', `"${process.execPath}" "${program}" ${line}`], { cwd, encoding: 'utf8' });
  for (const line of ['get a/k', 'list', 'export', 'help']) {
    const { status, stderr } = redirected(`${line} > /dev/full`);
    expect([status, stderr], line).toEqual([9, 'Error: Cannot write stdout: the disk is full.\n']);
  }
  expect(redirected('--version > /dev/full')).toMatchObject({ status: 9, stderr: '' });
  expect(redirected('get a/nothing 2> /dev/full')).toMatchObject({ status: 3, stdout: '' });
});

test('a full disk is said, and what was acknowledged stays', () => {
  const disk = join(cwd, 'disk');
  mkdirSync(disk);
  const mounted = spawnSync('bash', ['-c', 'mount -t tmpfs -o size=3m tmpfs disk'], { cwd, encoding: 'utf8' });
  if (mounted.status !== 0) {
    console.warn(`SKIPPED: no small disk can be mounted here: ${mounted.stderr.trim()}`);
    return;
  }
  onTestFinished(() => {
    spawnSync('bash', ['-c', 'umount disk'], { cwd });
  });
  const db = ['--db', join(disk, 'data')];
  done(['set', 'a/k', '"kept"', ...db], { cwd });
  const { code, stdout, stderr } = kdelta(['batch', '--file', '-', ...db], { cwd, input: rows(50_000) });
  expect([code, stdout], stderr).toEqual([9, '']);
  expect(stderr).toMatch(/^Error: /);
  expect(done(['get', 'a/k', ...db], { cwd })).toBe('"kept"\n');
  expect(done(['list', ...db], { cwd })).toBe('a  1 key\n');
  done(['batch', '--file', '-'], { cwd, input: rows(50_000) });
  const target = join(disk, 'data.jsonl');
  expect(kdelta(['export', '--output', target], { cwd })).toEqual({
    code: 9,
    stdout: '',
    stderr: `Error: Cannot write ${target}: the disk is full.\n`,
  });
  expect(readdirSync(disk)).toEqual(['data']);

  // The same disk, made read-only: what even an administrator may not write.
  expect(spawnSync('bash', ['-c', 'mount -o remount,ro disk'], { cwd }).status).toBe(0);
  expect(done(['get', 'a/k', ...db], { cwd })).toBe('"kept"\n');
  for (const [args, code] of [
    [['set', 'a/k', '1', ...db], 8],
    [['set', 'a/k', '1', '--db', join(disk, 'new')], 8],
    [['export', '--output', target], 8],
  ] as const) {
    const refused = kdelta([...args], { cwd });
    expect(refused.code, refused.stderr).toBe(code);
    expect(refused.stderr).toMatch(/^Error: ./);
  }
});

test('a socket where the database should be', async () => {
  const server = createServer().listen(join(cwd, 'socket'));
  onTestFinished(() => {
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const { code, stderr } = kdelta(['set', 'a/k', '1', '--db', 'socket'], { cwd });
  expect(code, stderr).toBeGreaterThan(1);
  expect(stderr).toMatch(/^Error: /);
});

test('a damaged file is found, named, and the exit code says so', () => {
  done(['batch', '--file', '-'], { cwd, input: rows(2000) });
  const data = join(cwd, '.kdelta');
  const names = (readdirSync(data, { recursive: true }) as string[]).sort();
  const damaged = spawnSync(
    'bash',
    ['-c', `printf '\\xff\\xff\\xff\\xff' | dd of="$(ls -S | head -n 1)" bs=1 seek=5000 conv=notrunc`],
    { cwd: data },
  );
  expect(damaged.status).toBe(0);
  const { code, stderr } = kdelta(['verify'], { cwd });
  expect(code, `${names.join()}\n${stderr}`).toBe(5);
  expect(stderr).toMatch(/^Error: ./);
});

test('progress without a terminal is a line every few seconds, and one at the end', async () => {
  const child = start(['batch', '--file', '-', '--progress'], { cwd });
  const end = ended(child);
  child.stdin?.write('{"key":"n/1","value":1}\n');
  await new Promise((resolve) => setTimeout(resolve, 4700));
  child.stdin?.end('{"key":"n/2","value":2}\n');
  const { code, stderr } = await end;
  expect(code).toBe(0);
  const told = stderr.split('\n').slice(0, -1);
  expect(told.length).toBeGreaterThanOrEqual(3);
  for (const line of told.slice(0, -1)) expect(line).toMatch(/^24 B, 1 line, \d+ lines\/s$/);
  expect(told.at(-1)).toMatch(/^48 B, 2 lines, \d+ lines\/s$/);
});
