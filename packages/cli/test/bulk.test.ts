import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import { done, folder, kdelta, lines, steady } from './kdelta.js';

let cwd: string;
beforeEach(() => {
  cwd = folder();
});

const run = (...args: string[]) => done(args, { cwd });
const rows = (many: number) =>
  Array.from({ length: many }, (_, i) => `${JSON.stringify({ key: `n/${i}`, value: { i } })}\n`).join('');
const versions = () => JSON.parse(run('status', '--json')).versions as number;

test('a batch writes all lines of a file, and says what it wrote', () => {
  writeFileSync(join(cwd, 'data.jsonl'), rows(1000));
  expect(steady(run('batch', '--file', 'data.jsonl'))).toBe(
    'Wrote 1,000 versions as seq:1 to seq:1000, durability sync\n',
  );
  expect(run('get', 'n/999')).toBe('{"i":999}\n');
  const receipt = JSON.parse(run('batch', '--file', 'data.jsonl', '--json'));
  expect(receipt).toMatchObject({
    count: 1000,
    batches: 1,
    rejected: 0,
    firstSeq: 1001,
    lastSeq: 2000,
    durability: 'sync',
  });
  expect(receipt.perSecond).toBeGreaterThan(0);
});

const forms: [what: string, input: string | Uint8Array, args: string[]][] = [
  ['namespace and key in one', '{"key":"users/alice","value":1}', []],
  ['namespace and key apart', '{"namespace":"users","key":"alice","value":1}', []],
  ['a namespace for lines that name none', '{"key":"alice","value":1}', ['--namespace', 'users']],
  [
    'a byte order mark, blank lines and carriage returns',
    '\ufeff{"key":"users/alice","value":0}\r\n\r\n\n{"key":"users/alice","value":1}\r\n',
    [],
  ],
  ['gzip', gzipSync('{"key":"users/alice","value":1}\n'), []],
  ['gzip in two members', Buffer.concat([gzipSync('{"key":"users/alice",'), gzipSync('"value":1}\n')]), []],
];

test.each(forms)('a batch takes %s', (_, input, args) => {
  done(['batch', '--file', '-', ...args], { cwd, input });
  expect(run('get', 'users/alice')).toBe('1\n');
});

test('a batch takes plain documents with their key inside', () => {
  const input = '{"id":"alice","n":1}\n{"n":2,"id":7}\n';
  done(['batch', '--file', '-', '--namespace', 'users', '--key-field', 'id'], { cwd, input });
  expect(run('list', 'users')).toBe('users/7      {"n":2,"id":7}\nusers/alice  {"id":"alice","n":1}\n');
});

test('a batch deletes, and null is a value', () => {
  const input = '{"key":"a/k","value":1}\n{"key":"a/k","delete":true}\n{"key":"a/null","value":null}\n';
  done(['batch', '--file', '-', '--actor', 'ann', '--reason', 'load'], { cwd, input });
  expect(run('list', 'a')).toBe('a/null  null\n');
  expect(lines(run('log', 'a/k', '--json')).map((line) => JSON.parse(line))).toMatchObject([
    { deleted: true, actor: 'ann', reason: 'load' },
    { value: 1, actor: 'ann', reason: 'load' },
  ]);
});

test('a packed file is unpacked by its content, whatever its name', () => {
  writeFileSync(join(cwd, 'data.jsonl.gz'), gzipSync(rows(10)));
  writeFileSync(join(cwd, 'packed'), gzipSync(rows(10)));
  run('batch', '--file', 'data.jsonl.gz');
  run('batch', '--file', 'packed');
  expect(versions()).toBe(20);
});

test('an empty input writes nothing', () => {
  expect(done(['batch', '--file', '-'], { cwd, input: '' })).toBe('There was nothing to write.\n');
  expect(done(['batch', '--file', '-'], { cwd, input: '\n\r\n' })).toBe('There was nothing to write.\n');
  expect(versions()).toBe(0);
});

const badLines: [what: string, line: string, reason: RegExp][] = [
  ['no JSON', '{"key":', /EOF|end/],
  ['no object', '[1]', /./],
  ['no value', '{"key":"a/k"}', /no value/],
  ['value and delete', '{"key":"a/k","value":1,"delete":true}', /delete/],
  ['no namespace', '{"key":"k","value":1}', /NAMESPACE\/KEY/],
  ['an unknown member', '{"key":"a/k","vlaue":1}', /vlaue/],
  ['a reserved namespace', '{"key":"_a/k","value":1}', /_/],
  ['duplicate members', '{"key":"a/k","value":{"x":1,"x":2}}', /x/],
  ['too deep', `{"key":"a/k","value":${'['.repeat(129)}${']'.repeat(129)}}`, /128/],
];

test.each(badLines)('a line with %s stops the batch, is named, and nothing is written', (_, bad, reason) => {
  writeFileSync(join(cwd, 'my data.jsonl'), `${rows(2)}${bad}\n${rows(2)}`);
  const { code, stdout, stderr } = kdelta(['batch', '--file', 'my data.jsonl'], { cwd });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^Error: Line 3 .*Nothing was written\.\n/);
  expect(stderr).toMatch(reason);
  expect(stderr).toContain("  kdelta batch --file 'my data.jsonl' --skip-bad --rejects rejects.jsonl\n");
  expect(versions()).toBe(0);
});

test('invalid UTF-8 is a bad line', () => {
  const input = Buffer.concat([
    Buffer.from(rows(1)),
    Buffer.from('{"key":"a/k","value":"'),
    Buffer.from([0xff, 0xc0, 0x80]),
    Buffer.from('"}\n'),
  ]);
  const { code, stderr } = kdelta(['batch', '--file', '-', '--json'], { cwd, input });
  expect([code, JSON.parse(stderr).error.line]).toEqual([2, 2]);
  expect(versions()).toBe(0);
});

test('--skip-bad writes the good lines and names the others', () => {
  const input = `nonsense\n${rows(3)}{"key":"a/k"}\n${rows(1)}{"key`;
  const { code, stderr } = kdelta(['batch', '--file', '-', '--skip-bad'], { cwd, input });
  expect(code).toBe(0);
  expect(stderr.replace(/(line \d+): .*/g, '$1')).toBe('3 lines left out:\n  line 1\n  line 5\n  line 7\n');
  expect(versions()).toBe(4);
});

test('--skip-bad names ten lines and counts the rest', () => {
  const { stderr } = kdelta(['batch', '--file', '-', '--skip-bad'], { cwd, input: 'x\n'.repeat(25) });
  expect(lines(stderr)).toHaveLength(12);
  expect(stderr).toMatch(/^ {2}and 15 more; --rejects FILE keeps them all$/m);
});

test('--rejects keeps the lines that were left out', () => {
  const { code, stderr } = kdelta(['batch', '--file', '-', '--skip-bad', '--rejects', 'bad.jsonl'], {
    cwd,
    input: `x\n${rows(1)}{"a":1}\n`,
  });
  expect([code, stderr]).toEqual([0, '2 lines left out, kept in bad.jsonl\n']);
  const rejects = lines(readFileSync(join(cwd, 'bad.jsonl'), 'utf8')).map((line) => JSON.parse(line));
  expect(rejects.map(({ line, text }) => [line, text])).toEqual([
    [1, 'x'],
    [3, '{"a":1}'],
  ]);
  for (const { reason } of rejects) expect(reason).toMatch(/./);
});

test('--batch-size writes a batch for every so many lines, and those stay', () => {
  const receipt = JSON.parse(done(['batch', '--file', '-', '--batch-size', '10', '--json'], { cwd, input: rows(25) }));
  expect(receipt).toMatchObject({ count: 25, batches: 3, firstSeq: 1, lastSeq: 25 });
  const { code, stderr } = kdelta(['batch', '--file', '-', '--batch-size', '10'], { cwd, input: `${rows(25)}bad\n` });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Error: Line 26 .*What was written before stays: 2 batches with 20 versions\.\n$/);
  expect(versions()).toBe(45);
});

test('--batch-size numbers rejects by the whole input', () => {
  const input = `${rows(5)}bad\n${rows(5)}bad`;
  kdelta(['batch', '--file', '-', '--batch-size', '3', '--skip-bad', '--rejects', 'bad.jsonl'], { cwd, input });
  expect(lines(readFileSync(join(cwd, 'bad.jsonl'), 'utf8')).map((line) => JSON.parse(line).line)).toEqual([6, 12]);
  expect(versions()).toBe(10);
});

test('lines longer than a chunk, and chunks that end within a line, come through', () => {
  const long = 'é'.repeat(300_000);
  const input = Array.from({ length: 5 }, (_, i) => JSON.stringify({ key: `n/${i}`, value: long + i })).join('\n');
  done(['batch', '--file', '-', '--batch-size', '2'], { cwd, input });
  expect(JSON.parse(run('get', 'n/4'))).toBe(`${long}4`);
});

test('a file that cannot be read leaves no database behind', () => {
  for (const [file, code] of [
    ['nowhere.jsonl', 3],
    ['.', 2],
  ] as const) {
    expect(kdelta(['batch', '--file', file], { cwd }).code).toBe(code);
  }
  expect(readdirSync(cwd)).toEqual([]);
});

test('a cut or damaged gzip file writes nothing', () => {
  const packed = gzipSync(rows(5000));
  const flipped = Buffer.from(packed);
  flipped[packed.length >> 1] = (flipped[packed.length >> 1] ?? 0) ^ 0xff;
  for (const bytes of [packed.subarray(0, packed.length - 20), flipped]) {
    writeFileSync(join(cwd, 'data.jsonl.gz'), bytes);
    const { code, stderr } = kdelta(['batch', '--file', 'data.jsonl.gz'], { cwd });
    expect(stderr).toMatch(/^Error: (data\.jsonl\.gz is a damaged or cut gzip file|Line \d+)/);
    expect(stderr).toContain('Nothing was written.');
    expect([2, 5]).toContain(code);
  }
  expect(versions()).toBe(0);
});

test('an archive that was made to fill memory is refused', () => {
  writeFileSync(join(cwd, 'bomb.gz'), gzipSync(Buffer.alloc(100 << 20, '\n')));
  const { code, stderr } = kdelta(['batch', '--file', 'bomb.gz'], { cwd });
  expect([code, stderr]).toEqual([
    2,
    `Error: bomb.gz unpacks to more than 200 times its size. No file of records does, so it was not read on. Nothing was written.

If you trust it, unpack it first and give the plain file.
`,
  ]);
});

test('progress is shown where it is asked for, beside the data', () => {
  const quiet = kdelta(['batch', '--file', '-', '--json'], { cwd, input: rows(100) });
  const shown = kdelta(['batch', '--file', '-', '--json', '--progress'], { cwd, input: rows(100) });
  expect(quiet.stderr).toBe('');
  expect(shown.stderr).toMatch(/^([\d.]+ K?B, \d+ lines.*\n)*3\.2 KB, 100 lines.*\n$/);
  expect(JSON.parse(shown.stdout).count).toBe(100);
});

test('an export is imported into a copy that answers the same', () => {
  run('set', 'users/alice', '{"n":1}', '--actor', 'ann');
  run('set', 'users/alice', '{"n":1e400}');
  run('set', 'users/bob', 'null', '--reason', 'why');
  run('delete', 'users/bob');
  expect(run('export', '--format', 'jsonl', '--output', 'data.jsonl')).toBe('');
  expect(run('import', 'data.jsonl', '--db', 'copy')).toBe('Imported 4 versions in 4 commits\n');
  for (const args of [
    ['log', 'users/alice', '--json'],
    ['log', 'users/bob', '--json'],
    ['list', 'users', '--json'],
  ]) {
    expect(run(...args, '--db', 'copy')).toBe(run(...args));
  }
  expect(readdirSync(cwd).sort()).toEqual(['.kdelta', 'copy', 'data.jsonl']);
});

test('an export goes to stdout, and packed to a name with .gz', () => {
  done(['batch', '--file', '-'], { cwd, input: rows(100) });
  const { stdout, stderr } = kdelta(['export'], { cwd });
  const [first, ...rest] = lines(stdout).map((line) => JSON.parse(line));
  expect([first.korudelta, rest.at(-1).korudelta, rest.length, stderr]).toEqual(['export', 'end', 101, '']);
  const packed = kdelta(['export', '--output', 'data.jsonl.gz'], { cwd });
  expect(packed.stderr).toMatch(/^Wrote 100 versions to data\.jsonl\.gz \([\d.]+ K?B\)\n$/);
  expect(lines(gunzipSync(readFileSync(join(cwd, 'data.jsonl.gz'))).toString()).slice(1, -1)).toEqual(
    lines(stdout).slice(1, -1),
  );
  expect(JSON.parse(run('export', '--output', 'x.jsonl', '--json'))).toMatchObject({ file: 'x.jsonl', versions: 100 });
  expect(
    done(['import', '-', '--db', 'copy', '--json'], { cwd, input: readFileSync(join(cwd, 'data.jsonl.gz')) }),
  ).toContain('"versions":100');
});

test('an export of the past holds what was written until then', () => {
  run('set', 'a/k', '1');
  run('set', 'a/k', '2');
  expect(lines(run('export', '--at', 'seq:1'))).toHaveLength(3);
});

test('an export replaces a file only when it is whole', () => {
  run('set', 'a/k', '1');
  writeFileSync(join(cwd, 'data.jsonl'), 'precious');
  expect(kdelta(['export', '--output', 'data.jsonl', '--db', 'nowhere'], { cwd }).code).toBe(3);
  expect(readFileSync(join(cwd, 'data.jsonl'), 'utf8')).toBe('precious');
  run('export', '--output', 'data.jsonl');
  expect(readFileSync(join(cwd, 'data.jsonl'), 'utf8')).toContain('"korudelta":"export"');
  expect(readdirSync(cwd).sort()).toEqual(['.kdelta', 'data.jsonl']);
});

test('an export to a folder, into one that is not there, and to a device', () => {
  run('set', 'a/k', '1');
  expect(kdelta(['export', '--output', '.'], { cwd }).stderr).toBe('Error: Cannot write .: it is a folder.\n');
  expect(kdelta(['export', '--output', 'no/where.jsonl'], { cwd }).stderr).toBe(
    'Error: Cannot write no/where.jsonl: there is no folder no.\n',
  );
  run('export', '--output', '/dev/null');
  expect(existsSync('/dev/null')).toBe(true);
});

test('an import is refused where it does not fit, and --restamp adds it', () => {
  run('set', 'a/k', '1');
  run('export', '--output', 'data.jsonl');
  run('set', 'a/k', '2');
  const refused = kdelta(['import', 'data.jsonl'], { cwd });
  expect(refused.code).toBe(4);
  expect(refused.stderr).toMatch(/^Error: .*Nothing was imported\./);
  expect(refused.stderr).toContain('--restamp');
  run('import', 'data.jsonl', '--restamp');
  expect(JSON.parse(run('get', 'a/k', '--json'))).toMatchObject({
    value: 1,
    seq: 3,
    origin: { timestamp: expect.any(String) },
  });
});

test('a cut or altered export is refused whole', () => {
  done(['batch', '--file', '-'], { cwd, input: rows(50) });
  const whole = run('export');
  for (const input of [
    whole.slice(0, -30),
    lines(whole).slice(0, -1).join('\n'),
    whole.replace('"i":7', '"i":8'),
    `${whole}{"x":1}\n`,
  ]) {
    const { code, stderr } = kdelta(['import', '-', '--db', 'copy'], { cwd, input });
    expect([2, 5], stderr).toContain(code);
    expect(stderr).toContain('Nothing was imported.');
  }
  expect(JSON.parse(run('status', '--json', '--db', 'copy')).versions).toBe(0);
});

test('a history made by hand is imported with its times', () => {
  const input =
    '{"key":"stocks/AAPL","timestamp":"2008-10-01","value":109.12}\n{"key":"stocks/AAPL","timestamp":"2008-10-02","value":100.1}\n';
  expect(done(['import', '-'], { cwd, input })).toBe('Imported 2 versions in 2 commits\n');
  expect(run('get', 'stocks/AAPL', '--at', '2008-10-01')).toBe('109.12\n');
  expect(run('get', 'stocks/AAPL')).toBe('100.1\n');
});
