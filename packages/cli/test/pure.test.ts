import { expect, test } from 'vitest';
import { summarize } from '../src/change-summary.js';
import { CommandLine } from '../src/command-line.js';
import { drawFailure } from '../src/drawing.js';
import { elements, members, pretty } from '../src/json-text.js';
import { distance, nearCommands, nearWords } from '../src/nearness.js';
import { patchLines } from '../src/patch.js';
import { describe as describeProgress, took } from '../src/progress.js';
import { repaired } from '../src/quotation.js';
import { readRecord } from '../src/record.js';
import { safeCommand, shellWord } from '../src/shell-word.js';
import { size } from '../src/size.js';
import { styleFor } from '../src/style.js';
import { table } from '../src/table.js';
import { visible, visibleLines } from '../src/visible.js';

const plain = styleFor({ isTTY: false } as NodeJS.WriteStream, {});

test.each([
  ['[]', []],
  ['[1, 2 ,[3,4], {"a":[5]}]', ['1', '2', '[3,4]', '{"a":[5]}']],
  ['["a,b]", "\\"]", "\\\\"]', ['"a,b]"', '"\\"]"', '"\\\\"']],
  ['[1e400,-0,1.0,9007199254740993]', ['1e400', '-0', '1.0', '9007199254740993']],
])('the elements of %s', (array, expected) => {
  expect(elements(array)).toEqual(expected);
});

test('members keep their order, their text and their names, whatever they are', () => {
  const object = '{"2":1,"1": {"x":[1,{}]} ,"__proto__":null,"a\\u0000b":"}","":-0}';
  expect([...members(object)]).toEqual([
    ['2', '1'],
    ['1', '{"x":[1,{}]}'],
    ['__proto__', 'null'],
    ['a\u0000b', '"}"'],
    ['', '-0'],
  ]);
});

test.each([
  '{}',
  '[]',
  '1e400',
  '"a: {b}, [c]"',
  '{"a":[],"b":{},"c":[1,{"d":"\\\\"}]}',
  `${'['.repeat(5000)}${']'.repeat(5000)}`,
])('a drawn value is the same JSON: %.40s', (json) => {
  expect(pretty(json).replace(/\n */g, '').replaceAll('": ', '":')).toBe(json);
});

test('a drawn value is indented like JSON.stringify does it', () => {
  const value = { a: [1, { b: [] }], c: {}, d: 'x,y:{', e: [[], [null, true]] };
  expect(pretty(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
});

const patches: [patch: unknown[], before: string | undefined, drawn: string[]][] = [
  [[{ op: 'add', path: '', value: 1 }], undefined, ['+  1']],
  [[{ op: 'remove', path: '' }], '{"a":1}', ['-  {"a":1}']],
  [[{ op: 'replace', path: '', value: [2] }], '1e400', ['-  1e400', '+  [2]']],
  [[{ op: 'replace', path: '/a~1b/m~0n', value: 2 }], '{"a/b":{"m~n":1.0}}', ['- /a~1b/m~0n 1.0', '+ /a~1b/m~0n 2']],
  [
    [
      { op: 'remove', path: '/0' },
      { op: 'remove', path: '/0' },
    ],
    '[1,2,3]',
    ['- /0 1', '- /0 2'],
  ],
  [
    [
      { op: 'add', path: '/1', value: 9 },
      { op: 'replace', path: '/2', value: 8 },
    ],
    '[1,2]',
    ['+ /1 9', '- /2 2', '+ /2 8'],
  ],
  [[{ op: 'add', path: '/-', value: 9 }], '[1,2]', ['+ /2 9']],
  [
    [
      { op: 'add', path: '/a/x', value: 1 },
      { op: 'remove', path: '/a' },
    ],
    '{"a":{"b":1}}',
    ['+ /a/x 1', '- /a {"b":1,"x":1}'],
  ],
  [[{ op: 'add', path: '/-', value: 1 }], '{"-":0}', ['- /- 0', '+ /- 1']],
  [[{ op: 'add', path: '/__proto__', value: 1 }], '{}', ['+ /__proto__ 1']],
];

test.each(patches)('the patch %j of %s', (patch, before, drawn) => {
  expect(patchLines(JSON.stringify(patch), before).map(({ sign, path, text }) => `${sign} ${path} ${text}`)).toEqual(
    drawn,
  );
});

test.each([
  ['list', 'list', 0],
  ['lsit', 'list', 1],
  ['lst', 'list', 1],
  ['listt', 'list', 1],
  ['lost', 'list', 1],
  ['', 'ab', 2],
  ['ca', 'abc', 3],
])('%s is %s letters from %s', (a, b, letters) => {
  expect(distance(a, b)).toBe(letters);
  expect(distance(b, a)).toBe(letters);
});

test('near words are few, near, and the nearest first', () => {
  expect(nearWords('--lmit', ['--limit', '--list', '--file']).map(({ text }) => text)).toEqual(['--limit']);
  expect(nearWords('ver', ['verify', 'revert']).map(({ text }) => text)).toEqual(['verify']);
  expect(nearWords('--', ['--db', '--at'])).toEqual([]);
  expect(nearCommands('DEL', ['delete', 'get']).map(({ text }) => text)).toEqual(['delete']);
});

test.each([
  ['users/alice', 'users/alice'],
  ['a b', "'a b'"],
  ["it's", `'it'\\''s'`],
  ['', "''"],
  ['$(rm)', "'$(rm)'"],
  ["a\u001b1\n\t'\\\u202e", String.raw`$'a\0331\012\011\'\\\342\200\256'`],
])('the shell takes %s as %s', (word, quoted) => {
  expect(shellWord(word)).toBe(quoted);
});

test('a quoted word of a command is quoted anew where it could act on a terminal', () => {
  expect(safeCommand(`kdelta set 'a b' 'it'\\''s\u001b'`)).toBe(String.raw`kdelta set 'a b' $'it\'s\033'`);
  expect(safeCommand(`kdelta set 'a b' 'it'\\''s'`)).toBe(`kdelta set 'a b' 'it'\\''s'`);
});

test('what could act on a terminal is spelled out', () => {
  expect(visible('a\u001b[31m\n\u009b\u202e\u2028b')).toBe('a\\u001b[31m\\u000a\\u009b\\u202e\\u2028b');
  expect(visibleLines('a\n\tb\u0007')).toBe('a\n\tb\\u0007');
});

test('a table cuts its last column alone', () => {
  const rows = [
    [{ text: 'a' }, { text: 'long text' }],
    [{ text: 'longer' }, { text: '日本語日本語' }],
  ];
  expect(table(rows)).toEqual(['a       long text', 'longer  日本語日本語']);
  expect(table(rows, 12)).toEqual(['a       lon…', 'longer  日本語…']);
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 KB'],
  [45_678, '45.7 KB'],
  [123_456_789, '123 MB'],
  [5e12, '5.0 TB'],
])('%s bytes are %s', (bytes, drawn) => {
  expect(size(bytes)).toBe(drawn);
});

test('progress tells bytes, lines, rate and what is left', () => {
  expect(describeProgress(50_000_000, 200_000, 2, 100_000_000)).toBe(
    '50.0 MB of 100 MB, 200,000 lines, 100,000 lines/s, 0:02 left',
  );
  expect(describeProgress(1000, 10, 0.5)).toBe('1.0 KB, 10 lines, 20 lines/s');
});

test('a failure is drawn as the design draws it', () => {
  const record = {
    code: 'key_not_found',
    detail: "Key 'users/alic' not found.",
    suggestions: [{ text: 'users/alice', why: 'different spelling' }],
    hints: [
      { text: 'To see all keys', command: 'kdelta list users' },
      { text: 'To create this key', command: `kdelta set users/alic '{"name": "Alice"}'` },
      { text: 'A sentence of its own' },
    ],
    exitCode: 3,
    docs: 'https://korudelta.io/errors/key_not_found',
  };
  const drawn = `Error: Key 'users/alic' not found.

Did you mean:
  - users/alice (different spelling)

To see all keys:
  kdelta list users

To create this key:
  kdelta set users/alic '{"name": "Alice"}'

A sentence of its own.
`;
  expect(drawFailure(record, plain)).toBe(drawn);

  const coloured = drawFailure(record, styleFor({ isTTY: true } as NodeJS.WriteStream, {}));
  expect(coloured).toContain('\u001b[31mError:\u001b[39m');
  expect(coloured).toContain(`\u001b]8;;${record.docs}\u0007`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours and links are what is taken away
  expect(coloured.replace(/\u001b\[\d+m|\u001b\]8;;.*?\u0007/g, '')).toBe(drawn);
});

test.each([
  [{ NO_COLOR: '1' }, false],
  [{ NO_COLOR: '' }, true],
  [{ TERM: 'dumb' }, false],
  [{}, true],
])('in a terminal %j colours: %s', (env, coloured) => {
  expect(styleFor({ isTTY: true } as NodeJS.WriteStream, env).red('x') !== 'x').toBe(coloured);
});

test.each([
  ['{name: Alice, age: 3,}', '{"name": "Alice", "age": 3}'],
  ["{'a': [1, true, null, x]}", '{"a": [1, true, null, "x"]}'],
  ['{name: Alice B}', '{"name": "Alice B"}'],
  ['{"a": "it\'s, {so}"}', '{"a": "it\'s, {so}"}'],
  ['[a, b', undefined],
  ['{a: 1e}', undefined],
])('%s was probably meant as %s', (text, meant) => {
  expect(repaired(text)).toBe(meant);
});

const version = (value: unknown, previous: string | null = 'x') =>
  readRecord(
    JSON.stringify({
      namespace: 'n',
      key: 'k',
      seq: 1,
      value,
      previous,
      ...(value === undefined && { deleted: true }),
    }),
  );

const summaries: [before: unknown, after: unknown, word: string, text: string][] = [
  [{ a: 1 }, { a: 1 }, 'changed', 'nothing'],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, 'changed', 'the order of members'],
  [{ a: { b: 1, c: 2 } }, { a: { b: 2 }, 'd e': [] }, 'changed', 'a.b 1 → 2, -a.c, +"d e" []'],
  [1, 2, 'changed', '1 → 2'],
  ['x'.repeat(50), 2, 'changed', '→ 2'],
  [{ a: 1 }, [1], 'changed', '{"a":1} → [1]'],
  [{ a: 1 }, undefined, 'deleted', ''],
  [undefined, { a: 1 }, 'created', '{"a":1}'],
];

test.each(summaries)('from %j to %j: %s %s', (before, after, word, text) => {
  expect(summarize(version(after), version(before))).toEqual({ word, text });
});

test('a first version is created, and values in a summary are cut to their part', () => {
  expect(summarize(version({ a: 1 }, null), undefined)).toEqual({ word: 'created', text: '{"a":1}' });
  expect(summarize(version({ a: 'long text' }), version({ a: 1 }), 5).text).toBe('a 1 → "lon…');
});

test.each([
  [1000, 0.09, ''],
  [999, 2, ' in 2.0 s'],
  [1000, 2, ' in 2.0 s (500/s)'],
])('%s versions in %s s', (amount, seconds, drawn) => {
  expect(took(amount, seconds)).toBe(drawn);
});

/** A line of a command that has these options. */
function typed(...words: string[]): CommandLine {
  const valued = ['--db', '--key-file', '--reason', '--file'];
  return new CommandLine(words, (word) =>
    valued.includes(word) ? 'valued' : ['--json', '-v'].includes(word) ? 'flag' : undefined,
  );
}

test('a line of a command is shown again with what was mended', () => {
  const line = typed('--db', 'users', 'get', 'users', '--key-file=k');
  expect(line.again).toBe('kdelta --db users get users --key-file=k');
  expect(line.replacing('users', 'users/a b')).toBe("kdelta --db users get 'users/a b' --key-file=k");
  expect(line.without('--key-file')).toBe('kdelta --db users get users');
  expect(line.without('--db')).toBe('kdelta get users --key-file=k');
  const ended = typed('set', 'a/k', '--', '-1');
  expect(ended.plus('--reason', "it's")).toBe("kdelta set a/k --reason 'it'\\''s' -- -1");
});

test.each([
  ['get --db users users', 'kdelta get --db users NEW'],
  ['get users --db users', 'kdelta get NEW --db users'],
  ['--db users users users', 'kdelta --db users users NEW'],
  ['get --db=users -v users', 'kdelta get --db=users -v NEW'],
  ['get --json -- users', 'kdelta get --json -- NEW'],
  ['get --db -- users', 'kdelta get --db -- NEW'],
])('the operand of %s is replaced, and no value of an option', (words, mended) => {
  expect(typed(...words.split(' ')).replacing('users', 'NEW')).toBe(mended);
});

test.each([
  ['set a/b -1E5', '-1E5', 'kdelta set a/b -- -1E5'],
  ['set -a/b 5', '-a/b', 'kdelta set -- -a/b 5'],
  ['set -a/b 5 --reason why --json', '-a/b', 'kdelta set --reason why --json -- -a/b 5'],
  ['set --db=d -a/b -1E5', '-a/b', 'kdelta set --db=d -- -a/b -1E5'],
  ['set -a/b -- 5', '-a/b', 'kdelta set -- -a/b 5'],
  ['set --reason -a/b -a/b 5', '-a/b', 'kdelta set --reason -a/b -- -a/b 5'],
  ['get -va/b', '-a/b', undefined],
])('in %s the value %s gets two dashes, and the operands keep their order', (words, value, mended) => {
  expect(typed(...words.split(' ')).asValue(value)).toBe(mended);
});

test('an option is set anew in the form it was typed in or another', () => {
  for (const words of [['--file=a.json'], ['--file', 'a.json']]) {
    expect(typed('batch', ...words, '--db', 'a.json').setting('--file', '-')).toBe('kdelta batch --file - --db a.json');
  }
});
