import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { done, folder, kdelta, lines } from './kdelta.js';

let cwd: string;
beforeEach(() => {
  cwd = folder();
});

/** Values that come back letter by letter, on every way in and out. */
const exact = [
  'null',
  'true',
  '0',
  '-0',
  '1.0',
  '1e400',
  '-1E-400',
  '9007199254740993',
  '123456789012345678901234567890.10',
  '""',
  '"\\u0000"',
  '"\u2028\u2029"',
  '"😀 مرحبا \u202e"',
  '{}',
  '[]',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":1},"toString":2,"hasOwnProperty":3}',
  '{"b":1,"a":2,"10":3,"9":4}',
  '{"":""}',
  '{"value":1,"deleted":true,"version":"x"}',
  `${'['.repeat(128)}${']'.repeat(128)}`,
];

test('every value comes back as it went in, on every way in and out', () => {
  for (const json of exact) done(['set', 'a/k', '-'], { cwd, input: json });
  exact.forEach((json, i) => {
    expect(done(['get', 'a/k', '--at', `seq:${i + 1}`], { cwd })).toBe(`${json}\n`);
  });
  done(['batch', '--file', '-'], {
    cwd,
    input: exact.map((json, i) => `{"key":"b/${10 + i}","value":${json}}\n`).join(''),
  });
  const ways = {
    log: lines(done(['log', 'a/k', '--json'], { cwd })).reverse(),
    list: lines(done(['list', 'b', '--json'], { cwd })),
    diff: lines(done(['diff', 'b', '--from', `seq:${exact.length}`, '--json'], { cwd })),
    set: lines(done(['export'], { cwd })).slice(1, 1 + exact.length),
    batch: lines(done(['export'], { cwd })).slice(1 + exact.length, -1),
  };
  for (const [way, rows] of Object.entries(ways)) {
    expect(rows.length, way).toBe(exact.length);
    exact.forEach((json, i) => {
      expect(rows[i], way).toContain(`"value":${json}`);
    });
  }
});

const refused: [what: string, json: string | Uint8Array][] = [
  ['duplicate members', '{"a":1,"a":2}'],
  ['duplicate members by escape', '{"a":1,"\\u0061":2}'],
  ['a lone surrogate', '"\\ud800"'],
  ['too deep', `${'['.repeat(129)}${']'.repeat(129)}`],
  ['far too deep', '['.repeat(100_000)],
  ['two values', '1 2'],
  ['a value and params of the call', '1,"actor":"mallory"'],
  ['a value that ends the call', '1}'],
  ['nothing', ''],
  ['white space', ' \n'],
  ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ['UTF-16', Buffer.from('\ufeff"x"', 'utf16le')],
  ['NaN', 'NaN'],
  ['a comment', '1 // one'],
  ['a raw control character', '"\u0001"'],
];

test.each(refused)('%s is refused on stdin and in the open', (_, json) => {
  const ways: [string, string | Uint8Array][] = [['-', json]];
  if (typeof json === 'string' && json.length < 1000) ways.push([json, '']);
  for (const [argument, input] of ways) {
    const { code, stdout, stderr } = kdelta(['set', 'a/k', argument, '--json'], { cwd, input });
    expect([code, stdout]).toEqual([2, '']);
    expect(JSON.parse(stderr).error.code).toBe('invalid_json');
  }
});

test('what is refused is refused in a file too, and nothing of it is kept', () => {
  for (const [, json] of refused) {
    writeFileSync(join(cwd, 'value.json'), json);
    expect(kdelta(['set', 'a/k', '@value.json'], { cwd }).code).toBe(2);
  }
  expect(kdelta(['get', 'a/k'], { cwd }).code).toBe(3);
});

test('a value of more than 16 MiB is refused, one of just that is kept', () => {
  const largest = `"${'x'.repeat((16 << 20) - 2)}"`;
  done(['set', 'a/k', '-'], { cwd, input: largest });
  expect(done(['get', 'a/k'], { cwd }) === `${largest}\n`).toBe(true);
  for (const input of [`"${'x'.repeat((16 << 20) - 1)}"`, ' '.repeat(65 << 20)]) {
    const { code, stderr } = kdelta(['set', 'a/k', '-', '--json'], { cwd, input });
    expect([code, JSON.parse(stderr).error.code]).toEqual([2, 'value_too_large']);
  }
});

test('bytes that the shell could not pass on are not kept as another text', () => {
  const { code, stderr } = kdelta(['set', 'a/k', '"\ufffd"', '--json'], { cwd });
  expect([code, JSON.parse(stderr).error.code]).toEqual([2, 'invalid_json']);
  done(['set', 'a/k', '-'], { cwd, input: '"\ufffd"' });
  expect(done(['get', 'a/k'], { cwd })).toBe('"\ufffd"\n');
});

test('what is stored cannot draw on the terminal of who lists it', () => {
  const key = 'k\u001b[2J\u009b';
  const input = JSON.stringify({ namespace: 'a', key, value: '\u0007\u009b' });
  done(['batch', '--file', '-', '--actor', 'x\u001b[31m'], { cwd, input });
  for (const args of [
    ['list', 'a'],
    ['list', 'a', '--keys'],
    ['log', `a/${key}`],
    ['get', `a/${key}`, '-v'],
    ['diff', `a/${key}`],
    ['get', `a/${key}x`],
  ]) {
    const { stdout, stderr } = kdelta(args, { cwd });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stdout + stderr, args.join(' ')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  }
  expect(JSON.parse(lines(done(['list', 'a', '--json'], { cwd }))[0] ?? '').key).toBe(key);
});
