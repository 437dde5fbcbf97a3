import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { emptyNames, type LongFile, longFiles } from '../src/files.js';
import { readTree } from '../src/tree.js';

const ledger: LongFile[] = JSON.parse(readFileSync(new URL('../long-files.json', import.meta.url), 'utf8'));

test.each(['src/utils.ts', 'src/utils/a.ts', 'tests/common/mod.rs', 'a/helpers.test.ts', 'a/helper.py', 'misc.go'])(
  'a name that says nothing is found: %s',
  (path) => {
    expect(emptyNames([{ path, text: '' }])).toEqual([path]);
  },
);

test.each(['src/commons-law.ts', 'src/common-prefix.rs', 'src/clock.rs'])('a name that says something: %s', (path) => {
  expect(emptyNames([{ path, text: '' }])).toEqual([]);
});

test('long files need a reason, and reasons need a long file', () => {
  const long = { path: 'a.rs', text: '\n'.repeat(601) };
  const short = { path: 'b.ts', text: '\n'.repeat(600) };
  const prose = { path: 'c.md', text: '\n'.repeat(5000) };
  expect(longFiles([long, short, prose], [])).toEqual(['a.rs has 601 lines']);
  expect(longFiles([long], [{ file: 'a.rs', reason: '' }])).toEqual(['a.rs has 601 lines']);
  expect(longFiles([long], [{ file: 'a.rs', reason: 'one table' }])).toEqual([]);
  expect(longFiles([short], [{ file: 'b.ts', reason: 'one table' }])).toEqual(['b.ts needs no place in the ledger']);
});

test('the tree has no names that say nothing', () => {
  expect(emptyNames(readTree())).toEqual([]);
});

test('the tree has no long files beside the ledger', () => {
  expect(longFiles(readTree(), ledger)).toEqual([]);
});
