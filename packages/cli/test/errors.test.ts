import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { done, folder, kdelta, steady } from './kdelta.js';

let cwd: string;
beforeEach(() => {
  cwd = folder();
});

const set = (address: string, value: string, ...more: string[]) => done(['set', address, value, ...more], { cwd });

/** How a failing command line ends: its exit code and what it draws. */
function drawn(...args: string[]): { code: number | null; stderr: string } {
  const { code, stdout, stderr } = kdelta(args, { cwd });
  expect(stdout).toBe('');
  return { code, stderr: steady(stderr) };
}

test('a key that is not there, as the design draws it', () => {
  set('users/alice', '{"name": "Alice"}');
  expect(drawn('get', 'users/alic')).toEqual({
    code: 3,
    stderr: `Error: Key 'users/alic' not found.

Did you mean:
  - users/alice (different spelling)

To see all keys:
  kdelta list users

To create this key:
  kdelta set users/alic '{"name": "Alice"}'
`,
  });
});

test.each(['log', 'diff', 'delete', 'revert'])('%s of a key that is not there suggests the same', (command) => {
  set('users/alice', '1');
  const { code, stderr } = drawn(command, 'users/alic');
  expect(code).toBe(3);
  expect(stderr).toContain(
    "Error: Key 'users/alic' not found.\n\nDid you mean:\n  - users/alice (different spelling)\n",
  );
});

test('a namespace that is not there', () => {
  set('users/alice', '1');
  expect(drawn('list', 'user')).toEqual({
    code: 3,
    stderr: `Error: Namespace 'user' has no keys.

Did you mean:
  - users (different spelling)

To see all namespaces:
  kdelta list

To create a key in this one:
  kdelta set user/alice '{"name": "Alice"}'
`,
  });
});

test('a deleted key knows when, by whom and why, and the way back', () => {
  set('users/alice', '1');
  done(['delete', 'users/alice', '--actor', 'ann', '--reason', 'left'], { cwd });
  expect(drawn('get', 'users/alice', '--db', '.kdelta')).toEqual({
    code: 3,
    stderr: `Error: Key 'users/alice' was deleted at <time> by ann (left).

To bring it back:
  kdelta revert users/alice --db .kdelta

To see what it was:
  kdelta get users/alice --at <version> --db .kdelta

To see its whole history:
  kdelta log users/alice --db .kdelta
`,
  });
});

test('the commands that an error shows work where they are typed', () => {
  set("us'ers/al ice", '1');
  done(['delete', "us'ers/al ice"], { cwd });
  const { stderr } = kdelta(['get', "us'ers/al ice"], { cwd });
  const command = /To bring it back:\n {2}kdelta (.*)/.exec(stderr)?.[1];
  expect(command).toBe(`revert 'us'\\''ers/al ice'`);
  done(['revert', "us'ers/al ice"], { cwd });
});

test('a key that did not exist yet', () => {
  set('users/bob', '1');
  set('users/alice', '1');
  expect(drawn('get', 'users/alice', '--at', 'seq:1')).toEqual({
    code: 3,
    stderr: `Error: Key 'users/alice' did not exist yet: it was first written at <time>.

To see its first version:
  kdelta get users/alice --at <version>

To see its whole history:
  kdelta log users/alice
`,
  });
});

test('a conflict', () => {
  set('users/alice', '1');
  const { code, stderr } = drawn('set', 'users/alice', '2', '--if-version', 'none');
  expect(code).toBe(4);
  expect(stderr).toMatch(/^Error: .*users\/alice/);
  expect(stderr).toContain('<version>');
});

test('nothing to revert', () => {
  set('users/alice', '1');
  const { code, stderr } = drawn('revert', 'users/alice', '--at', 'now');
  expect(code).toBe(4);
  expect(stderr).toMatch(/^Error: .*users\/alice/);
});

const refusals: [what: string, args: string[], code: number, stderr: RegExp][] = [
  ['a moment that is none', ['get', 'a/k', '--at', 'yesterdya'], 2, /^Error: .*yesterdya/],
  ['an empty moment', ['get', 'a/k', '--at', ''], 2, /^Error: ./],
  ['a version that is none', ['set', 'a/k', '1', '--if-version', 'abc'], 2, /^Error: .*abc/],
  ['a reserved namespace', ['set', '_a/k', '1'], 2, /^Error: .*_a/],
  ['an empty namespace', ['set', '/k', '1'], 2, /^Error: The namespace/],
  ['an empty key', ['set', 'a/', '1'], 2, /^Error: The key is empty\./],
  ['a key that is too long', ['set', `a/${'k'.repeat(1025)}`, '1'], 2, /^Error: The key is 1025 bytes/],
  ['a namespace that is too long', ['list', 'n'.repeat(129)], 2, /^Error: The namespace .*129/],
];

test.each(refusals)('%s', (_, args, code, stderr) => {
  set('a/k', '1');
  const run = drawn(...args);
  expect(run.code, run.stderr).toBe(code);
  expect(run.stderr).toMatch(stderr);
});

test('no database', () => {
  const { code, stderr } = drawn('get', 'users/alice', '--db', 'nowhere');
  expect(code).toBe(3);
  expect(stderr).toMatch(/^Error: .*nowhere/);
  expect(stderr).toContain('kdelta set');
});

test('a folder of another program is refused and left as it is', () => {
  mkdirSync(join(cwd, 'other'));
  writeFileSync(join(cwd, 'other', 'notes.txt'), 'mine');
  for (const args of [['set', 'a/k', '1'], ['get', 'a/k'], ['status']]) {
    const { code, stderr } = drawn(...args, '--db', 'other');
    expect(code, stderr).toBe(args[0] === 'set' ? 5 : code);
    expect([3, 5]).toContain(code);
    expect(stderr).toMatch(/^Error: .*other/);
  }
});

test('a path through a file, which nobody may make a folder of', () => {
  writeFileSync(join(cwd, 'file'), '');
  for (const db of ['file', 'file/data']) {
    const { code, stderr } = drawn('set', 'a/k', '1', '--db', db);
    expect(code).toBeGreaterThan(1);
    expect(stderr).toMatch(/^Error: ./);
  }
});

test('with --json the record of the engine comes whole', () => {
  set('users/alice', '1');
  const { stderr } = kdelta(['get', 'users/alic', '--json'], { cwd });
  expect(JSON.parse(stderr).error).toMatchObject({
    code: 'key_not_found',
    exitCode: 3,
    retryable: false,
    docs: 'https://korudelta.io/errors/key_not_found',
    suggestions: [{ text: 'users/alice', why: 'different spelling' }],
  });
});
