import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { done, folder, kdelta } from './kdelta.js';

const key = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';
let cwd: string;
beforeEach(() => {
  cwd = folder();
  writeFileSync(join(cwd, 'key'), `${key}\n`);
});

const ways: [what: string, args: string[], env: Record<string, string>][] = [
  ['--key-file', ['--key-file', 'key'], {}],
  ['KDELTA_KEY_FILE', [], { KDELTA_KEY_FILE: 'key' }],
  ['KDELTA_KEY', [], { KDELTA_KEY: key }],
  ['KDELTA_PASSPHRASE', [], { KDELTA_PASSPHRASE: 'correct horse battery staple' }],
  ['--passphrase with KDELTA_PASSPHRASE', ['--passphrase'], { KDELTA_PASSPHRASE: 'correct horse battery staple' }],
];

test.each(ways)('%s seals a new database and opens it again', (_, args, env) => {
  done(['set', 'users/alice', '"secret text"', ...args], { cwd, env });
  expect(done(['get', 'users/alice', ...args], { cwd, env })).toBe('"secret text"\n');
  expect(JSON.parse(done(['status', '--json', ...args], { cwd, env })).sealed).toBe(true);
  const data = join(cwd, '.kdelta');
  for (const name of readdirSync(data)) {
    const bytes = readFileSync(join(data, name));
    expect([bytes.includes('secret text'), bytes.includes('alice')], name).toEqual([false, false]);
  }
  expect(kdelta(['get', 'users/alice'], { cwd }).code).toBe(7);
  expect(kdelta(['get', 'users/alice'], { cwd, env: { KDELTA_PASSPHRASE: 'another' } }).code).toBe(7);
});

test('a key for a database that is not sealed', () => {
  done(['set', 'a/k', '1'], { cwd });
  const { code, stderr } = kdelta(['get', 'a/k', '--key-file', 'key'], { cwd });
  expect([code, stderr.split('\n')[0]]).toEqual([7, expect.stringMatching(/^Error: .*not sealed/)]);
});

test('a key file that is not there, and one that holds no key', () => {
  const missing = kdelta(['set', 'a/k', '1', '--key-file', 'nowhere'], { cwd });
  expect([missing.code, missing.stderr]).toEqual([
    7,
    'Error: Cannot read the key file nowhere: there is no such file or folder.\n',
  ]);
  writeFileSync(join(cwd, 'short'), 'abc');
  const short = kdelta(['set', 'a/k', '1', '--key-file', 'short'], { cwd });
  expect(short.code, short.stderr).toBe(7);
  expect(short.stderr).not.toContain('abc');
  expect(readdirSync(cwd).sort()).toEqual(['key', 'short']);
});

test('two keys in the environment are refused', () => {
  const { code, stderr } = kdelta(['set', 'a/k', '1'], { cwd, env: { KDELTA_KEY: key, KDELTA_PASSPHRASE: 'x' } });
  expect([code, stderr]).toEqual([
    2,
    'Error: KDELTA_KEY and KDELTA_PASSPHRASE are both set. Keep the one that opens this database.\n',
  ]);
});

test('without a terminal nobody can be asked', () => {
  const { code, stderr } = kdelta(['set', 'a/k', '1', '--passphrase'], { cwd });
  expect([code, stderr]).toEqual([
    2,
    `Error: There is no terminal to ask for the passphrase.

Set KDELTA_PASSPHRASE, or give the key with --key-file.
`,
  ]);
});
