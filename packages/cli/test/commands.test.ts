import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { done, folder, kdelta, lines, steady } from './kdelta.js';

let cwd: string;
beforeEach(() => {
  cwd = folder();
});

const run = (...args: string[]) => done(args, { cwd });
/** The version id of the newest write of a key. */
const version = (address: string): string => JSON.parse(run('get', address, '--json')).version;

test('what is set can be read, and the folder is made by the first write', () => {
  expect(steady(run('set', 'users/alice', ' {"name": "Alice"} '))).toBe('users/alice is now version <version>\n');
  expect(readdirSync(cwd)).toEqual(['.kdelta']);
  expect(run('get', 'users/alice')).toBe('{"name":"Alice"}\n');
});

test('a value comes from stdin and from a file', () => {
  writeFileSync(join(cwd, 'value.json'), '\ufeff[1,\n2]\n');
  done(['set', 'a/stdin', '-'], { cwd, input: '{"from": "stdin"}\n' });
  run('set', 'a/file', '@value.json');
  expect([run('get', 'a/stdin'), run('get', 'a/file')]).toEqual(['{"from":"stdin"}\n', '[1,2]\n']);
});

test('a key may hold slashes, spaces and anything else', () => {
  for (const key of ['a/b/c', 'with space', "it's", '日本語', '-dash', '*', '$HOME']) {
    run('set', `odd/${key}`, JSON.stringify(key));
    expect(run('get', `odd/${key}`)).toBe(`${JSON.stringify(key)}\n`);
  }
});

test('--if-version writes only where nobody wrote in between', () => {
  run('set', 'a/k', '1', '--if-version', 'none');
  const seen = version('a/k');
  run('set', 'a/k', '2', '--if-version', seen);
  const { code, stdout, stderr } = kdelta(['set', 'a/k', '3', '--if-version', seen, '--json'], { cwd });
  const { error } = JSON.parse(stderr);
  expect([code, stdout, error.code, error.currentVersion, error.currentValue]).toEqual([
    4,
    '',
    'conflict',
    version('a/k'),
    2,
  ]);
  expect(kdelta(['set', 'a/k', '3', '--if-version', 'none'], { cwd }).code).toBe(4);
  expect(kdelta(['delete', 'a/k', '--if-version', seen], { cwd }).code).toBe(4);
  expect(kdelta(['revert', 'a/k', '--if-version', seen], { cwd }).code).toBe(4);
  expect(run('get', 'a/k')).toBe('2\n');
});

test('delete says how to bring the key back, and revert does', () => {
  run('set', 'users/alice', '1');
  const { code, stdout, stderr } = kdelta(['delete', 'users/alice', '--db', '.kdelta'], { cwd });
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: 'users/alice is deleted\n',
    stderr: '\nTo bring it back:\n  kdelta revert users/alice --db .kdelta\n',
  });
  expect(steady(run('revert', 'users/alice'))).toBe('users/alice is again what it was, as version <version>\n');
  expect(run('get', 'users/alice')).toBe('1\n');
  expect(steady(run('revert', 'users/alice'))).toBe('users/alice is gone, as it was then, as version <version>\n');
});

test('revert --at brings back any moment, and keeps who and why', () => {
  run('set', 'users/alice', '{"name":"Alice","tags":["a","b"]}');
  run('set', 'users/alice', '2');
  run('revert', 'users/alice', '--at', 'seq:1', '--actor', 'bob', '--reason', 'mistake');
  expect(run('get', 'users/alice')).toBe('{"name":"Alice","tags":["a","b"]}\n');
  expect(JSON.parse(run('get', 'users/alice', '--json'))).toMatchObject({ actor: 'bob', reason: 'mistake' });
});

test('the database is the one of --db, else KDELTA_DB, else ./.kdelta', () => {
  for (const [args, env] of [
    [[], {}],
    [[], { KDELTA_DB: 'from-env' }],
    [['--db', 'from-flag'], { KDELTA_DB: 'from-env' }],
    [['--db=from-equals'], {}],
  ] as [string[], Record<string, string>][]) {
    const given = { cwd, env };
    done(['set', 'a/k', JSON.stringify(args.join() + JSON.stringify(env)), ...args], given);
    expect(JSON.parse(done([...args, 'get', 'a/k'], given))).toBe(args.join() + JSON.stringify(env));
  }
  expect(readdirSync(cwd).sort()).toEqual(['.kdelta', 'from-env', 'from-equals', 'from-flag']);
});

test('--memory touches no folder', () => {
  expect(steady(done(['set', 'a/k', '1', '--memory'], { cwd, env: { KDELTA_DB: 'data' } }))).toBe(
    'a/k is now version <version>\n',
  );
  expect(run('list', '--memory')).toBe('');
  expect(readdirSync(cwd)).toEqual([]);
});

test('reads create nothing', () => {
  for (const args of [
    ['get', 'a/k'],
    ['list'],
    ['list', 'a'],
    ['log', 'a/k'],
    ['diff', 'a/k'],
    ['status'],
    ['verify'],
    ['export'],
  ]) {
    expect(kdelta(args, { cwd }).code, args.join(' ')).toBe(3);
  }
  expect(readdirSync(cwd)).toEqual([]);
});

test('--json prints one document for a write', () => {
  for (const args of [
    ['set', 'a/k', '1'],
    ['set', 'a/k', '2'],
    ['delete', 'a/k'],
    ['revert', 'a/k'],
  ]) {
    const output = lines(run(...args, '--json'));
    expect(output).toHaveLength(1);
    expect(JSON.parse(output[0] ?? '')).toMatchObject({ namespace: 'a', key: 'k' });
  }
});

test('KDELTA_ACTOR names who writes, and --actor is stronger', () => {
  const env = { KDELTA_ACTOR: 'env' };
  done(['set', 'a/k', '1'], { cwd, env });
  done(['set', 'a/k', '2', '--actor', 'flag'], { cwd, env });
  expect(lines(run('log', 'a/k', '--json')).map((line) => JSON.parse(line).actor)).toEqual(['flag', 'env']);
});

test('options may stand before the command', () => {
  mkdirSync(join(cwd, 'sub'));
  run('--db', 'sub', 'set', 'a/k', '1');
  expect(run('--db', 'sub', '--json', 'list')).toBe('{"name":"a","keys":1}\n');
});
