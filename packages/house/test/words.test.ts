import { expect, test } from 'vitest';
import { readTree } from '../src/tree.js';
import { bannedWords } from '../src/words.js';

const found = (text: string) => bannedWords([{ path: 'a.ts', text }]);

test.each([
  'cd /work/main',
  "'/root/.cargo'",
  'https://registry.npmjs.org/x',
  'https://crates.io/api/v1',
  '// TODO later',
  'FIXME: this',
  'todo!()',
  'unimplemented! { }',
])('banned: %s', (text) => {
  expect(found(`\n${text}`)).toEqual([expect.stringMatching(/^a\.ts:2: /)]);
});

test.each(['packages/root/a', 'https://crates.io/crates/koru-delta', 'todos', '*/root/*'])('allowed: %s', (text) => {
  expect(found(text)).toEqual([]);
});

test('the tree is free of banned words', () => {
  expect(bannedWords(readTree())).toEqual([]);
});
