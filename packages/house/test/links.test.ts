import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../../scripts/child.mjs';
import { brokenLinks } from '../src/links.js';
import { readTree } from '../src/tree.js';

const other = { path: 'docs/b.md', text: '# A `code` Title, twice!\n\n## Same\n\n## Same\n\n```\n# no heading\n```\n' };
const found = (text: string) =>
  brokenLinks([{ path: 'docs/a.md', text }, other], (path) =>
    ['docs/a.md', 'docs/b.md', 'docs', 'x.rs'].includes(path),
  );

test.each([
  '[a](b.md)',
  '[a](./b.md#a-code-title-twice)',
  '[a](b.md#same-1)',
  '[a](../x.rs "title")',
  '[a](https://example.com/none)',
  '[a](mailto:a@example.com)',
  '`[a](none.md)`',
  '```\n[a](none.md)\n```',
  '# Here\n\n[a](#here)',
  '[a]: b.md',
])('a link that leads somewhere: %s', (text) => {
  expect(found(text)).toEqual([]);
});

test.each(['[a](none.md)', '![a](none.png)', '[a](b.md#none)', '[a](b.md#no-heading)', '[a](#none)', '[a]: none.md'])(
  'a link that leads nowhere: %s',
  (text) => {
    expect(found(`\n${text}`)).toEqual([expect.stringMatching(/^docs\/a\.md:2: /)]);
  },
);

test('every relative link of the tree leads somewhere', () => {
  expect(brokenLinks(readTree(), (path) => existsSync(join(root, path)))).toEqual([]);
});
