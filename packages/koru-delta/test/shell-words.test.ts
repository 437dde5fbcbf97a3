import { expect, test } from 'vitest';
import { shellWords } from '../src/shell-words.js';

test.each([
  ['', []],
  ['  \t\n', []],
  ['kdelta', ['kdelta']],
  ['node /opt/kdelta.js', ['node', '/opt/kdelta.js']],
  ['"/opt/my tools/kdelta"  --x', ['/opt/my tools/kdelta', '--x']],
  ["'a\\b' c\\ d", ['a\\b', 'c d']],
  ['a"b c"d', ['ab cd']],
  ['"" x', ['', 'x']],
  ['"it\'s"', ["it's"]],
])('%j', (line, words) => {
  expect(shellWords(line)).toEqual(words);
});
