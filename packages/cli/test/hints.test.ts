import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import { done, ended, environment, folder, kdelta, lines, program, start } from './kdelta.js';

let cwd: string;
beforeEach(() => {
  cwd = folder();
});

/** The commands that a failure shows, as a person would copy them; with `--json` they must be the same. */
function shown(args: string[], env: Record<string, string> = {}): string[] {
  const drawn = kdelta(args, { cwd, env });
  const { error } = JSON.parse(kdelta([...args, '--json'], { cwd, env }).stderr);
  const commands = lines(drawn.stderr).flatMap((line) => /^ {2}((?:kdelta|ps|env) .*)/.exec(line)?.[1] ?? []);
  const told = error.hints.flatMap(({ command }: { command?: string }) => command ?? []);
  expect(told.map((command: string) => command.replace(' --json', ''))).toEqual(commands);
  expect(drawn.code).toBe(error.exitCode);
  return commands;
}

/** Runs a command in a shell in which `kdelta` is the program. */
function shell(command: string, env: Record<string, string> = {}): { status: number | null; printed: string } {
  const bin = folder();
  writeFileSync(join(bin, 'kdelta'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(join(bin, 'kdelta'), 0o755);
  const all = environment({ PATH: `${bin}:${process.env.PATH}`, ...env });
  const { status, stdout } = spawnSync('bash', ['-c', `exec 2>&1; ${command}`], { cwd, env: all, encoding: 'utf8' });
  return { status, printed: stdout };
}

test('a hint names the database that the user named, and not one of the environment', () => {
  done(['set', 'users/alice', '1', '--db', 'my data'], { cwd });
  const after = (...more: string[]) => shown(['get', 'users/alic', ...more]);
  expect(after('--db', 'my data')).toEqual([
    "kdelta list users --db 'my data'",
    `kdelta set users/alic '{"name": "Alice"}' --db 'my data'`,
  ]);
  expect(shown(['--db=my data', 'get', 'users/alic'])).toEqual(after('--db', 'my data'));
  expect(shown(['get', 'users/alic'], { KDELTA_DB: 'my data' })[0]).toBe('kdelta list users');
  expect(after('--memory')[0]).toBe('kdelta list --memory');
  for (const command of after('--db', 'my data')) expect(shell(command), command).toMatchObject({ status: 0 });
});

test('a hint of a batch carries its file and all its options', () => {
  writeFileSync(join(cwd, 'my people.jsonl'), '{"id":1}\nnonsense\n');
  const typed = ['batch', '--file', 'my people.jsonl', '--namespace', 'users', '--key-field', 'id', '--db', 'data'];
  const [command = ''] = shown(typed);
  expect(command).toBe(
    "kdelta batch --file 'my people.jsonl' --namespace users --key-field id --db data --skip-bad --rejects rejects.jsonl",
  );
  expect(shell(command).printed).toBe(
    'Wrote 1 version as seq:1, durability sync\n1 line left out, kept in rejects.jsonl\n',
  );
  const [both = ''] = shown(['batch', '--file', 'my people.jsonl', '--key-field', 'id', '--skip-bad']);
  expect(both).toBe("kdelta batch --file 'my people.jsonl' --key-field id --skip-bad --namespace users");
  expect(shell(both)).toMatchObject({ status: 0 });
});

test('a hint of an import carries its file', () => {
  done(['set', 'a/k', '1', '--db', 'data'], { cwd });
  writeFileSync(join(cwd, 'old.jsonl'), '{"key":"a/k","timestamp":"2008-08-01","value":0}\n');
  const [command = ''] = shown(['import', 'old.jsonl', '--db', 'data']);
  expect(command).toBe('kdelta import old.jsonl --db data --restamp');
  expect(shell(command)).toMatchObject({ status: 0 });
});

test('a hint of a damaged export makes none of the database that it should come into', () => {
  writeFileSync(join(cwd, 'cut.jsonl'), '{"korudelta":"export","format":1}\n');
  expect(shown(['import', 'cut.jsonl', '--db', 'data'])).toEqual([]);
});

test('a hint on a moment leads to the history of the key that was asked for', () => {
  done(['set', 'a/k', '1', '--db', 'data'], { cwd });
  const [command = ''] = shown(['get', 'a/k', '--at', 'yesterday', '--db', 'data']);
  expect(command).toBe('kdelta log a/k --db data');
  expect(shell(command)).toMatchObject({ status: 0 });
  expect(shown(['list', 'a', '--at', 'yesterday', '--db', 'data'])).toEqual([]);
});

test('a sealed database shows the same command with a key', () => {
  writeFileSync(join(cwd, 'my key'), '01'.repeat(32));
  done(['set', 'a/k', '1', '--db', 'data', '--key-file', 'my key'], { cwd });
  const [withFile = '', withPassphrase] = shown(['get', 'a/k', '--db', 'data']);
  expect(withFile).toBe('kdelta get a/k --db data --key-file FILE');
  expect(withPassphrase).toBe('kdelta get a/k --db data --passphrase');
  expect(shell(withFile.replace('FILE', "'my key'")).printed).toBe('1\n');
  // What an error behind the seal shows opens the seal too.
  const [list = ''] = shown(['get', 'a/kk', '--db', 'data', '--key-file', 'my key']);
  expect(list).toBe("kdelta list a --db data --key-file 'my key'");
  expect(shell(list).printed).toBe('a/k  1\n');
});

test('a key for a database without a seal is taken away again', () => {
  writeFileSync(join(cwd, 'key'), '01'.repeat(32));
  done(['set', 'a/k', '1'], { cwd });
  const cases: [args: string[], env: Record<string, string>, command: string][] = [
    [['--key-file', 'key'], {}, 'kdelta get a/k'],
    [['--key-file=key'], {}, 'kdelta get a/k'],
    [['--key-file', 'key'], { KDELTA_KEY: 'k' }, 'env -u KDELTA_KEY kdelta get a/k'],
    [['--passphrase'], { KDELTA_PASSPHRASE: 'open' }, 'env -u KDELTA_PASSPHRASE kdelta get a/k'],
    [
      ['--passphrase'],
      { KDELTA_PASSPHRASE: 'open', KDELTA_KEY_FILE: 'key' },
      'env -u KDELTA_KEY_FILE -u KDELTA_PASSPHRASE kdelta get a/k',
    ],
    [[], { KDELTA_KEY_FILE: 'key' }, 'env -u KDELTA_KEY_FILE kdelta get a/k'],
  ];
  for (const [more, env, command] of cases) {
    expect(shown(['get', 'a/k', ...more], env)).toEqual([command]);
    expect(shell(command, env).printed).toBe('1\n');
  }
});

test('a key file that cannot be read says where its name came from', () => {
  const flag = kdelta(['get', 'a/k', '--key-file', 'nowhere'], { cwd });
  expect([flag.code, flag.stderr.split('\n')[0]]).toEqual([
    7,
    'Error: Cannot read the key file nowhere: there is no such file or folder.',
  ]);
  const variable = kdelta(['get', 'a/k'], { cwd, env: { KDELTA_KEY_FILE: 'nowhere' } });
  expect(variable.stderr.split('\n')[0]).toBe(
    'Error: Cannot read the key file nowhere, which KDELTA_KEY_FILE names: there is no such file or folder.',
  );
});

test('where there is no database, those around are named', () => {
  done(['set', 'a/k', '1', '--db', 'data'], { cwd });
  done(['set', 'a/k', '1'], { cwd });
  mkdirSync(join(cwd, 'below'));
  const from = (folder: string, ...args: string[]) =>
    JSON.parse(kdelta(['get', 'a/k', '--json', ...args], { cwd: folder }).stderr).error.suggestions;
  expect(from(cwd, '--db', 'dat')).toEqual([
    { text: '--db data', why: 'a database' },
    { text: '--db .kdelta', why: 'a database' },
  ]);
  expect(from(join(cwd, 'below'))).toEqual([{ text: '--db ../.kdelta', why: 'a database' }]);
});

test('a folder around is named as the shell takes it', () => {
  done(['set', 'a/k', '1', '--db', "my data's"], { cwd });
  const { suggestions } = JSON.parse(kdelta(['get', 'a/k', '--json', '--db', 'my data'], { cwd }).stderr).error;
  expect(suggestions[0].text).toBe(`--db 'my data'\\''s'`);
  expect(shell(`kdelta get a/k ${suggestions[0].text}`).printed).toBe('1\n');
  // The working folder itself.
  const inside = kdelta(['get', 'a/k', '--json', '--db', '../my data'], { cwd: join(cwd, "my data's") });
  expect(JSON.parse(inside.stderr).error.suggestions).toEqual([{ text: '--db .', why: 'a database' }]);
});

test('a database that another process writes shows how to read it, who writes, and the same command again', async () => {
  const writer = start(['batch', '--file', '-', '--batch-size', '1'], { cwd });
  writer.stdin?.write('{"key":"a/k","value":1}\n');
  while (kdelta(['get', 'a/k'], { cwd }).code !== 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const commands = shown(['set', 'a/k', '2']);
  expect(commands).toEqual(['kdelta list', `ps -fp ${writer.pid}`, 'kdelta set a/k 2']);
  expect(shell('kdelta list').printed).toBe('a  1 key\n');
  writer.stdin?.end();
  await ended(writer);
  expect(shell(commands[2] ?? '')).toMatchObject({ status: 0 });
});

test('a file of another kind is known by its first line', () => {
  done(['set', 'a/k', '1'], { cwd });
  done(['export', '--output', 'export.jsonl', '--db', '.kdelta'], { cwd });
  writeFileSync(join(cwd, 'docs.jsonl'), '{"id":"x","n":1}\n');
  writeFileSync(join(cwd, 'array.json'), '[{"key":"b/k","value":1}]');
  writeFileSync(join(cwd, 'pretty.json'), '{\n"key":"b/k",\n"value":1}\n');
  const advice = (file: string) => {
    const { stderr } = kdelta(['batch', '--file', file, '--db', 'other'], { cwd });
    return /^ {2}(.*)/m.exec(stderr)?.[1];
  };
  expect(advice('export.jsonl')).toBe('kdelta import export.jsonl --db other');
  expect(advice('docs.jsonl')).toBe('kdelta batch --file docs.jsonl --db other --namespace users --key-field id');
  expect(advice('array.json')).toBe("jq -c '.[]' array.json | kdelta batch --file - --db other");
  expect(advice('pretty.json')).toBe('jq -c . pretty.json | kdelta batch --file - --db other');
});

test('documents of a namespace that was named are written to it', () => {
  writeFileSync(join(cwd, 'docs.jsonl'), '{"id":"x","n":1}\n');
  const [command = ''] = shown(['batch', '--file', 'docs.jsonl', '--namespace', 'people']);
  expect(command).toBe('kdelta batch --file docs.jsonl --namespace people --key-field id');
  expect(shell(`${command} && kdelta get people/x`).printed).toMatch(/\n\{"id":"x","n":1\}\n$/);
});

test.skipIf(spawnSync('jq', ['--version']).status !== 0)('an array becomes lines, packed or not', () => {
  const packed = gzipSync('[{"key":"b/k","value":1}]');
  writeFileSync(join(cwd, 'arr.json'), '[{"key":"b/k","value":1}]');
  for (const name of ['arr.json.gz', 'packed', '-odd.gz']) writeFileSync(join(cwd, name), packed);
  const cases: [args: string[], command: string][] = [
    [['--file=arr.json'], "jq -c '.[]' arr.json | kdelta batch --file - --db arr.json.db"],
    [['--file', 'arr.json.gz'], "gzip -dc arr.json.gz | jq -c '.[]' | kdelta batch --file - --db arr.json.db"],
    [['--file=packed'], "gzip -dc < packed | jq -c '.[]' | kdelta batch --file - --db arr.json.db"],
    [['--file', '-odd.gz'], "gzip -dc ./-odd.gz | jq -c '.[]' | kdelta batch --file - --db arr.json.db"],
  ];
  for (const [args, command] of cases) {
    const { error } = JSON.parse(kdelta(['batch', ...args, '--db', 'arr.json.db', '--json'], { cwd }).stderr);
    expect(error.hints[0].command.replace(' --json', '')).toBe(command);
    expect(shell(command).printed).toMatch(/^Wrote 1 version as/);
  }
});

test('a word that is mended is the operand, where it was', () => {
  done(['set', 'users/alice', '1', '--db', 'users'], { cwd });
  const [example = ''] = shown(['get', '--db', 'users', 'users']);
  expect(example).toBe('kdelta get --db users users/alice');
  expect(shell(example).printed).toBe('1\n');
  const [dashes = ''] = shown(['set', '-a/b', '5', '--reason', 'why']);
  expect(dashes).toBe('kdelta set --reason why -- -a/b 5');
  expect(shell(`${dashes} && kdelta get -- -a/b`).printed).toMatch(/\n5\n$/);
});

test('a command that names a key of control characters leads to that key', () => {
  const key = "k\u001b[2J\t\n'\\\u202e";
  const input = JSON.stringify({ namespace: 'a', key, value: 1 });
  done(['batch', '--file', '-'], { cwd, input });
  const moment = shown(['get', `a/${key}`, '--at', 'yesterday'])[0] ?? '';
  const create = shown(['get', `a/${key}x`]).find((command) => command.startsWith('kdelta set')) ?? '';
  for (const command of [moment, create]) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(command).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(shell(command), command).toMatchObject({ status: 0 });
  }
  const keys = lines(done(['list', 'a', '--json'], { cwd })).map((line) => JSON.parse(line).key);
  expect(keys).toEqual([key, `${key}x`]);
});

test('what belongs behind an option, or is another command, is put there', () => {
  done(['set', 'users/alice', '1'], { cwd });
  writeFileSync(join(cwd, 'n.jsonl'), '{"key":"a/k","value":1}\n');
  expect(shown(['batch', 'n.jsonl'])[0]).toBe('kdelta batch --file n.jsonl');
  expect(shown(['export', 'out.jsonl'])[0]).toBe('kdelta export --output out.jsonl');
  expect(shown(['list', 'users/al'])).toEqual(['kdelta get users/al', 'kdelta list users --prefix al']);
  expect(shown(['set', 'users/bob'])[0]).toBe(`kdelta set users/bob '{"name": "Alice"}'`);
  expect(shown(['set', 'users/bob', '{name:', 'Bob}', '--db', 'd'])[0]).toBe(
    `kdelta set users/bob '{"name": "Bob"}' --db d`,
  );
});

test('a namespace that is not there is not one without changes', () => {
  done(['set', 'users/alice', '1'], { cwd });
  for (const args of [
    ['changes', 'user'],
    ['diff', 'user', '--from', '-1d'],
  ]) {
    const { code, stderr } = kdelta(args, { cwd });
    expect([code, stderr.split('\n')[3]]).toEqual([3, '  - users (different spelling)']);
  }
});
