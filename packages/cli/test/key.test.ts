import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { done, folder, kdelta, lines } from './kdelta.js';

const FORM = /^kdelta_([0-9A-Za-z]{12})_[0-9A-Za-z]{49}$/;

test('a key is shown once, listed without it and revoked', () => {
  const cwd = folder();
  const created = kdelta(
    ['key', 'create', 'app', '--read', '*', '--write', 'users', '--write', 'logs-*', '--db', 'data'],
    { cwd },
  );
  const [, id = ''] = FORM.exec(created.stdout.trim()) ?? [];
  expect(id).not.toBe('');
  expect(created.stderr).toContain('This is the only time that it is shown');
  expect(created.stderr).toContain(`kdelta key revoke ${id} --db data`);
  const file = join(cwd, 'data.keys.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).not.toContain(created.stdout.trim().slice(20));

  const listed = lines(done(['key', 'list', '--db', 'data'], { cwd }));
  expect(listed[0]).toMatch(/^ID +NAME +STATE +EXPIRES +MAY$/);
  expect(listed[1]).toMatch(new RegExp(`^${id}  app +good +read \\*, write users logs-\\*$`));

  expect(kdelta(['key', 'revoke', id, '--db', 'data'], { cwd }).stderr).toContain(`(${id}) is revoked`);
  expect(done(['key', 'list', '--db', 'data'], { cwd })).toMatch(/revoked/);
});

test('programs get JSON, in which no hash stands', () => {
  const cwd = folder();
  const made = JSON.parse(
    done(['key', 'create', 'a', '--admin', '--expires', '90d', '--keys', 'k.json', '--json'], { cwd }),
  );
  expect(made).toMatchObject({ name: 'a', scopes: { read: [], write: [], admin: true } });
  expect(made.key).toMatch(FORM);
  const days = (Date.parse(made.expires) - Date.parse(made.created)) / 86_400_000;
  expect(days).toBeCloseTo(90, 1);
  const { key: _, ...rest } = made;
  const listed = lines(done(['key', 'list', '--keys', 'k.json', '--json'], { cwd }));
  expect(listed.map((line) => JSON.parse(line))).toEqual([rest]);
  const revoked = JSON.parse(done(['key', 'revoke', made.id, '--keys', 'k.json', '--json'], { cwd }));
  expect(Object.keys(revoked)).toEqual(['id', 'name', 'scopes', 'created', 'expires', 'revoked']);
  expect(existsSync(join(cwd, '.kdelta.keys.json'))).toBe(false);
});

test('a key of which nothing is said may read', () => {
  const cwd = folder();
  const { scopes } = JSON.parse(done(['key', 'create', 'reports', '--json'], { cwd }));
  expect(scopes).toEqual({ read: ['*'], write: [], admin: false });
  expect(existsSync(join(cwd, '.kdelta.keys.json'))).toBe(true);
});

test('where there are no keys, that is said', () => {
  const { code, stdout, stderr } = kdelta(['key', 'list'], { cwd: folder() });
  expect([code, stdout, stderr]).toEqual([0, '', 'There are no keys.\n']);
});

test.each<[string[], string]>([
  [['creat', 'a'], 'kdelta key takes create, list, revoke'],
  [['create'], 'A key needs a name'],
  [['create', 'a', '--expires', 'soon'], '--expires takes a time to come'],
  [['create', 'a', '--expires', '2001-01-01'], '--expires takes a time to come'],
  [['create', 'a', '--expires', '0d'], '--expires takes a time to come'],
  [['revoke'], 'The id of the key is missing'],
  [['revoke', 'nobody'], "There is no API key with the id 'nobody'"],
  [['list', '--memory'], 'A database in memory has no file of keys'],
])('kdelta key %j is refused and leaves nothing behind', (args, words) => {
  const cwd = folder();
  const { code, stdout, stderr } = kdelta(['key', ...args], { cwd });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(words);
  expect(existsSync(join(cwd, '.kdelta.keys.json'))).toBe(false);
  expect(existsSync(join(cwd, '.kdelta.keys.json.new'))).toBe(false);
});
