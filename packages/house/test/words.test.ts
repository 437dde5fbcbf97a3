import { expect, test } from 'vitest';
import { readTree } from '../src/tree.js';
import { bannedWords } from '../src/words.js';

const found = (text: string) => bannedWords([{ path: 'a.ts', text }]);

test.each([
  // Put together here, so that no file spells them.
  ['cd ', 'work', 'main'].join('/'),
  ["'", 'root', '.cargo'].join('/'),
  ['https://registry', 'npmjs', 'org/x'].join('.'),
  ['https://crates', 'io/api/v1'].join('.'),
  '// TODO later',
  'FIXME: this',
  'todo!()',
  'unimplemented! { }',
])('banned: %s', (text) => {
  expect(found(`\n${text}`)).toEqual([expect.stringMatching(/^a\.ts:2: /)]);
});

test.each(['packages/root/a', 'todos', '*/root/*'])('allowed: %s', (text) => {
  expect(found(text)).toEqual([]);
});

test('the tree is free of banned words', () => {
  expect(bannedWords(readTree())).toEqual([]);
});
