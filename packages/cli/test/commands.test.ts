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

/** Four writes, so that every read has a past: alice twice, bob, carol, who is deleted. */
function people(): void {
  run('set', 'users/alice', '{"name":"Alice","tags":["a","b"]}', '--actor', 'ann', '--reason', 'first');
  run('set', 'users/bob', '{"name":"Bob"}');
  run('set', 'users/carol', '1');
  run('set', 'users/alice', '{"name":"Alice B","tags":["b"],"age":1.0}');
  run('delete', 'users/carol', '--actor', 'ann', '--reason', 'left');
}

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

test('get reads the past by version, time, seq and relative time', () => {
  people();
  const history = lines(run('log', 'users/alice', '--json')).map((line) => JSON.parse(line));
  const [, first] = history;
  for (const moment of [first.version, first.timestamp, `seq:${first.seq}`, 'seq:3']) {
    expect(run('get', 'users/alice', '--at', moment)).toBe('{"name":"Alice","tags":["a","b"]}\n');
  }
  expect(run('get', 'users/alice', '--at', 'now')).toBe('{"name":"Alice B","tags":["b"],"age":1.0}\n');
  expect(kdelta(['get', 'users/alice', '--at', '-10m'], { cwd }).code).toBe(3);
});

test('get --json and get -v tell the whole record', () => {
  people();
  const record = JSON.parse(run('get', 'users/alice', '--json', '--at', 'seq:1'));
  expect(record).toMatchObject({
    namespace: 'users',
    key: 'alice',
    seq: 1,
    actor: 'ann',
    reason: 'first',
    previous: null,
  });
  expect(record.value).toEqual({ name: 'Alice', tags: ['a', 'b'] });
  expect(steady(run('get', 'users/alice', '-v', '--at', 'seq:1'))).toBe(`users/alice
  version   <version>
  seq       1
  time      <time>
  actor     ann
  reason    first
  previous  none
{
  "name": "Alice",
  "tags": [
    "a",
    "b"
  ]
}
`);
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
  expect(steady(run('revert', 'users/alice'))).toBe(
    'users/alice is deleted again, as it was then, as version <version>\n',
  );
});

test('revert --at brings back any moment, and keeps who and why', () => {
  people();
  run('revert', 'users/alice', '--at', 'seq:1', '--actor', 'bob', '--reason', 'mistake');
  expect(run('get', 'users/alice')).toBe('{"name":"Alice","tags":["a","b"]}\n');
  expect(JSON.parse(run('get', 'users/alice', '--json'))).toMatchObject({ actor: 'bob', reason: 'mistake' });
});

test('log shows every version, newest first', () => {
  people();
  expect(steady(run('log', 'users/carol'))).toBe(`<version>  <time>  ann  deleted  (left)
<version>  <time>       1
`);
  expect(lines(run('log', 'users/alice', '--limit', '1'))).toHaveLength(1);
  expect(lines(run('log', 'users/alice', '--at', 'seq:3'))).toHaveLength(1);
  const records = lines(run('log', 'users/carol', '--json')).map((line) => JSON.parse(line));
  expect(records.map(({ seq, deleted, value }) => [seq, deleted, value])).toEqual([
    [5, true, undefined],
    [3, undefined, 1],
  ]);
});

test('diff draws what went and what came', () => {
  people();
  expect(run('diff', 'users/alice')).toBe(`users/alice
- /name  "Alice"
+ /name  "Alice B"
- /tags/0  "a"
+ /age  1.0
`);
  expect(run('diff', 'users/alice', '--from', 'seq:1', '--to', 'seq:2')).toBe('');
  expect(JSON.parse(run('diff', 'users/bob', '--json'))).toMatchObject({
    from: null,
    patch: [{ op: 'add', path: '', value: { name: 'Bob' } }],
  });
});

test('diff of a namespace draws every key that changed', () => {
  people();
  expect(run('diff', 'users', '--from', 'seq:1')).toBe(`users/alice changed
- /name  "Alice"
+ /name  "Alice B"
- /tags/0  "a"
+ /age  1.0
users/bob added
+ {"name":"Bob"}
`);
  expect(run('diff', 'users', '--from', 'seq:3', '--prefix', 'c')).toBe('users/carol deleted\n- 1\n');
  expect(lines(run('diff', 'users', '--from', 'seq:1', '--json')).map((line) => JSON.parse(line).change)).toEqual([
    'changed',
    'added',
  ]);
});

test('list names namespaces with their counts, and keys with their values', () => {
  people();
  run('set', 'orders/1', 'true');
  expect(run('list')).toBe('orders  1 key\nusers   2 keys\n');
  expect(run('list', '--json')).toBe('{"name":"orders","keys":1}\n{"name":"users","keys":2}\n');
  expect(run('list', 'users')).toBe(
    `users/alice  {"name":"Alice B","tags":["b"],"age":1.0}\nusers/bob    {"name":"Bob"}\n`,
  );
  expect(run('list', 'users/', '--keys')).toBe('users/alice\nusers/bob\n');
  expect(run('list', 'users', '--keys', '--at', 'seq:3')).toBe('users/alice\nusers/bob\nusers/carol\n');
});

const choices: [args: string[], keys: string[]][] = [
  [
    ['--prefix', 'b'],
    ['b1', 'b2'],
  ],
  [
    ['--from', 'b2'],
    ['b2', 'c1'],
  ],
  [
    ['--to', 'b2'],
    ['a1', 'b1'],
  ],
  [
    ['--from', 'b', '--to', 'c'],
    ['b1', 'b2'],
  ],
  [['--reverse'], ['c1', 'b2', 'b1', 'a1']],
  [
    ['--reverse', '--limit', '2'],
    ['c1', 'b2'],
  ],
  [['--prefix', 'b', '--limit', '1'], ['b1']],
  [['--prefix', 'x'], []],
];

test('list chooses by prefix, range, direction and number', () => {
  const rows = ['a1', 'b1', 'b2', 'c1'].map((key) => JSON.stringify({ key: `n/${key}`, value: 1 }));
  done(['batch', '--file', '-'], { cwd, input: rows.join('\n') });
  for (const [args, keys] of choices) {
    expect(lines(run('list', 'n', '--keys', ...args)), args.join(' ')).toEqual(keys.map((key) => `n/${key}`));
    const records = lines(run('list', 'n', '--keys', '--json', ...args)).map((line) => JSON.parse(line));
    expect(records.map(({ key, value }) => [key, value])).toEqual(keys.map((key) => [key, undefined]));
  }
});

test('list follows the pages to the end', () => {
  const rows = Array.from({ length: 1234 }, (_, i) =>
    JSON.stringify({ key: `n/${String(i).padStart(4, '0')}`, value: i }),
  );
  done(['batch', '--file', '-'], { cwd, input: rows.join('\n') });
  const values = lines(run('list', 'n', '--json')).map((line) => JSON.parse(line).value);
  expect(values).toEqual(Array.from({ length: 1234 }, (_, i) => i));
  expect(lines(run('list', 'n', '--limit', '777'))).toHaveLength(777);
});

test('status tells place, counts and size', () => {
  people();
  const drawn = run('status');
  for (const fact of [
    /^place +.*\.kdelta$/m,
    /^namespaces +1$/m,
    /^keys +2$/m,
    /^versions +5$/m,
    /^sealed +no$/m,
    /^durability +sync$/m,
  ]) {
    expect(drawn).toMatch(fact);
  }
  expect(JSON.parse(run('status', '--json'))).toMatchObject({
    namespaces: 1,
    keys: 2,
    versions: 5,
    lastSeq: 5,
    sealed: false,
  });
});

test('verify reads every file', () => {
  people();
  expect(run('verify')).toMatch(/^ok +\d.* [\w.-]+\n[\s\S]*^5 versions in \d+ files?, no damage\n$/m);
  expect(JSON.parse(run('verify', '--json'))).toMatchObject({ ok: true, versions: 5 });
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
