import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { done, folder, kdelta, lines, sharedFolder, steady } from './kdelta.js';

const cwd = sharedFolder();
const run = (...args: string[]) => done(args, { cwd });

// Every read has a past: alice was written twice, carol was deleted.
beforeAll(() => {
  run('set', 'users/alice', '{"name":"Alice","tags":["a","b"]}', '--actor', 'ann', '--reason', 'first');
  run('set', 'users/bob', '{"name":"Bob"}');
  run('set', 'users/carol', '1');
  run('set', 'users/alice', '{"name":"Alice B","tags":["b"],"age":1.0}');
  run('delete', 'users/carol', '--actor', 'ann', '--reason', 'left');
  run('set', 'orders/1', 'true');
});

test('get reads the past by version, time, seq and relative time', () => {
  const history = lines(run('log', 'users/alice', '--json')).map((line) => JSON.parse(line));
  const [, first] = history;
  for (const moment of [first.version, first.timestamp, `seq:${first.seq}`, 'seq:3']) {
    expect(run('get', 'users/alice', '--at', moment)).toBe('{"name":"Alice","tags":["a","b"]}\n');
  }
  expect(run('get', 'users/alice', '--at', 'now')).toBe('{"name":"Alice B","tags":["b"],"age":1.0}\n');
  expect(kdelta(['get', 'users/alice', '--at', '-10m'], { cwd }).code).toBe(3);
});

test('get --json and get -v tell the whole record', () => {
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

test('log shows every version, newest first', () => {
  expect(steady(run('log', 'users/carol'))).toBe(`seq:5  <time>  ann  deleted  (left)
seq:3  <time>  created  1
`);
  expect(steady(run('log', 'users/alice'))).toBe(
    `seq:4  <time>  changed  name "Alice" → "Alice B", tags ["a","b"] → ["b"], +age 1.0
seq:1  <time>  ann  created  {"name":"Alice","tags":["a","b"]}  (first)
`,
  );
  expect(lines(run('log', 'users/alice', '--limit', '1'))).toHaveLength(1);
  expect(lines(run('log', 'users/alice', '--at', 'seq:3'))).toHaveLength(1);
  const records = lines(run('log', 'users/carol', '--json')).map((line) => JSON.parse(line));
  expect(records.map(({ seq, deleted, value }) => [seq, deleted, value])).toEqual([
    [5, true, undefined],
    [3, undefined, 1],
  ]);
});

test('what begins a line of the log is a moment', () => {
  const values = lines(run('log', 'users/alice')).map((line) =>
    run('get', 'users/alice', '--at', line.split(' ')[0] ?? ''),
  );
  expect(values).toEqual(['{"name":"Alice B","tags":["b"],"age":1.0}\n', '{"name":"Alice","tags":["a","b"]}\n']);
});

test('log -v shows ids, exact times and whole changes', () => {
  expect(steady(run('log', 'users/alice', '-v'))).toBe(`seq:4  <version>  <time>
  changed  name "Alice" → "Alice B", tags ["a","b"] → ["b"], +age 1.0
seq:1  <version>  <time>  ann
  created  {"name":"Alice","tags":["a","b"]}  (first)
`);
});

test('a log of many pages says of every version what it changed', () => {
  const cwd = folder();
  const rows = Array.from({ length: 1100 }, (_, value) => JSON.stringify({ key: 'n/k', value }));
  done(['batch', '--file', '-', '--batch-size', '1'], { cwd, input: rows.join('\n') });
  const changes = (...args: string[]) =>
    lines(done(['log', 'n/k', ...args], { cwd })).map((line) => /Z +(.*)/.exec(line)?.[1]);
  const all = Array.from({ length: 1100 }, (_, n) =>
    n === 1099 ? 'created  0' : `changed  ${1098 - n} → ${1099 - n}`,
  );
  expect(changes()).toEqual(all);
  for (const limit of [1, 499, 500, 501, 1100, 2000])
    expect(changes('--limit', `${limit}`)).toEqual(all.slice(0, limit));
});

const future = ['--at', '2999-01-01'];

test('a number past the end of the history is refused, and a time to come is told', () => {
  for (const args of [
    ['get', 'users/alice', '--at', 'seq:7'],
    ['log', 'users/alice', '--at', 'seq:7'],
    ['list', '--at', 'seq:7'],
    ['list', 'users', '--at', 'seq:7'],
    ['diff', 'users/alice', '--from', 'seq:7'],
    ['diff', 'users', '--from', 'seq:7'],
    ['diff', 'users', '--from', 'seq:1', '--to', 'seq:7'],
    ['export', '--at', 'seq:7'],
    ['revert', 'users/alice', '--at', 'seq:7'],
  ]) {
    expect(kdelta(args, { cwd }), args.join(' ')).toEqual({
      code: 3,
      stdout: '',
      stderr: 'Error: seq:7 is past the end of the history: the last version is seq:6.\n',
    });
  }
  expect(kdelta(['get', 'users/alice', '--at', 'seq:1', '--memory'], { cwd }).stderr).toContain(
    'the database is empty',
  );
  const { code, stdout, stderr } = kdelta(['get', 'users/bob', ...future], { cwd });
  expect([code, stdout]).toEqual([0, '{"name":"Bob"}\n']);
  expect(stderr).toBe('2999-01-01 is still to come. This is the state of now.\n');
  expect(kdelta(['get', 'users/bob', '--json', ...future], { cwd }).stderr).toBe('');
});

test('diff draws what went and what came', () => {
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
  expect(run('list')).toBe('orders  1 key\nusers   2 keys\n');
  expect(run('list', '--json')).toBe('{"name":"orders","keys":1}\n{"name":"users","keys":2}\n');
  expect(run('list', 'users')).toBe(
    `users/alice  {"name":"Alice B","tags":["b"],"age":1.0}\nusers/bob    {"name":"Bob"}\n`,
  );
  expect(run('list', 'users/', '--keys')).toBe('users/alice\nusers/bob\n');
  expect(run('list', 'users', '--keys', '--at', 'seq:3')).toBe('users/alice\nusers/bob\nusers/carol\n');
});

test('status tells place, counts and size', () => {
  const drawn = run('status');
  for (const fact of [
    /^place +.*\.kdelta$/m,
    /^namespaces +2$/m,
    /^keys +3$/m,
    /^versions +6$/m,
    /^sealed +no$/m,
    /^durability +sync$/m,
  ]) {
    expect(drawn).toMatch(fact);
  }
  expect(JSON.parse(run('status', '--json'))).toMatchObject({
    namespaces: 2,
    keys: 3,
    versions: 6,
    lastSeq: 6,
    sealed: false,
  });
});

test('verify reads every file', () => {
  expect(run('verify')).toMatch(/^ok +\d.* [\w.-]+\n[\s\S]*^6 versions in \d+ files?, no damage\n$/m);
  expect(JSON.parse(run('verify', '--json'))).toMatchObject({ ok: true, versions: 6 });
});

test.each([
  ['a log', /^log-/, /No version can be read|can be read, /, /does not open: log-\d+ is damaged/, /Bring back a copy/],
  [
    'both manifests',
    /^manifest-/,
    /6 of 6 versions can be read, from 2/,
    /does not open: manifest-000000/,
    /Bring back a copy/,
  ],
  [
    'one manifest',
    /^manifest-000001/,
    /6 of 6 versions can be read/,
    /^Error: 1 file of \d+ damaged/,
    /the next write mends/,
  ],
])('verify looks at a database without %s', (_, lost, drawn, said, next) => {
  const copy = join(folder(), 'copy');
  cpSync(join(cwd, '.kdelta'), copy, { recursive: true });
  const names = readdirSync(copy).filter((name) => lost.test(name));
  expect(names).not.toEqual([]);
  for (const name of names) rmSync(join(copy, name));
  const { code, stdout, stderr } = kdelta(['verify', '--db', copy], { cwd });
  expect(code).toBe(5);
  for (const name of names) expect(stdout).toMatch(new RegExp(`^DAMAGED +0 B  ${name}  .*the file is missing`, 'm'));
  expect(stdout).toMatch(drawn);
  expect(stderr).toMatch(said);
  expect(stderr).toMatch(next);
  const { stdout: json } = kdelta(['verify', '--db', copy, '--json'], { cwd });
  expect(JSON.parse(json)).toMatchObject({ ok: false, reach: { newest: expect.any(Number) } });
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
  const cwd = folder();
  done(['batch', '--file', '-'], { cwd, input: rows.join('\n') });
  for (const [args, keys] of choices) {
    expect(lines(done(['list', 'n', '--keys', ...args], { cwd })), args.join(' ')).toEqual(
      keys.map((key) => `n/${key}`),
    );
    const records = lines(done(['list', 'n', '--keys', '--json', ...args], { cwd })).map((line) => JSON.parse(line));
    expect(records.map(({ key, value }) => [key, value])).toEqual(keys.map((key) => [key, undefined]));
  }
});

test('list follows the pages to the end', () => {
  const rows = Array.from({ length: 1234 }, (_, i) =>
    JSON.stringify({ key: `n/${String(i).padStart(4, '0')}`, value: i }),
  );
  const cwd = folder();
  done(['batch', '--file', '-'], { cwd, input: rows.join('\n') });
  const values = lines(done(['list', 'n', '--json'], { cwd })).map((line) => JSON.parse(line).value);
  expect(values).toEqual(Array.from({ length: 1234 }, (_, i) => i));
  expect(lines(done(['list', 'n', '--limit', '777'], { cwd }))).toHaveLength(777);
});
